"""Users join a reminder by scanning its QR code, leave it by a command, and can undo both."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from wechat_scheduler.audience.app_events import BotDeed, BotDeedKind
from wechat_scheduler.audience.model import App, Purpose, Subscriber
from wechat_scheduler.audience.ports import Subscribers
from wechat_scheduler.audience.text_windows import takes_texts
from wechat_scheduler.audience.user_acts import UserAct, UserActKind
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reminders import texts
from wechat_scheduler.reminders.conversation import UNDO, BotAct, BotEdit
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.overview import STANDING, chosen, standing
from wechat_scheduler.reminders.ports import Conversations
from wechat_scheduler.reminders.replies import Replies
from wechat_scheduler.reminders.texts import NO_NICKNAME, Teller

log = structlog.get_logger(__name__)

_LEAVE: Final = pattern(r"退出(?:提醒)?\s*(\S.*)")
_UNDONE: Final = (BotDeedKind.JOINED, BotDeedKind.LEFT)


class Participants:
    """Listens for users who join and leave reminders. Tells owners who joins and who leaves, unless they
    turned that off or WeChat does not allow it."""

    def __init__(
        self,
        desk: ReminderDesk,
        subscribers: Subscribers,
        conversations: Conversations,
        replies: Replies,
    ) -> None:
        self._desk = desk
        self._subscribers = subscribers
        self._conversations = conversations
        self._replies = replies

    async def take(self, act: UserAct, subscriber: Subscriber) -> BotDeed | None:
        from wechat_scheduler.reminders.bot.commands import UndoCommand, read_command

        if act.kind is UserActKind.UNFOLLOW:
            if stopped := await self._desk.stop_for(subscriber.uid):
                log.info("reminder.stopped", uid=subscriber.uid, count=stopped)
            return None  # other listeners get it, too
        if act.code is not None:
            return await self._scanned(act, subscriber)
        command = _LEAVE.fullmatch(act.text.strip())
        if command:
            return await self._leave(command[1].strip(), act, subscriber)
        is_undo = isinstance(read_command(act.text), UndoCommand)
        return await self._take_back(act, subscriber) if is_undo else None

    async def _scanned(self, act: UserAct, subscriber: Subscriber) -> BotDeed | None:
        code = act.code
        if code is None or code.purpose is not Purpose.REMINDER:
            return None
        app = self._replies.app(code.app_id)
        try:
            reminder = await self._desk.reminder(code.target)
            reply = await self._join(reminder, act, subscriber, app)
        except NotFoundError:
            reply = texts.GONE
        await self._send(act, subscriber, reply, app)
        return BotDeed(did=BotDeedKind.JOINED, reminders=(code.target,))

    async def _join(
        self, reminder: Reminder, act: UserAct, subscriber: Subscriber, app: App | None
    ) -> str:
        """Raises NotFoundError."""
        teller = self._replies.teller(subscriber, app)
        if reminder.state not in STANDING:
            return texts.OVER
        if reminder.owner == subscriber.uid:
            return teller.own(reminder)
        is_new = await self._desk.join(reminder.id, subscriber.uid)
        if is_new:
            log.info("reminder.joined", reminder=reminder.id, uid=subscriber.uid)
            await self._remember(BotDeedKind.JOINED, reminder, act, subscriber)
            name = subscriber.nickname or NO_NICKNAME
            await self._tell_owner(reminder, act, lambda owner: owner.someone_came(name, reminder))
        return teller.joined(reminder, is_new=is_new)

    async def _leave(self, name: str, act: UserAct, subscriber: Subscriber) -> BotDeed | None:
        """The reply; None if the user joined no such reminder: the message is then for an app."""
        if done := await self._done_before(act, subscriber):
            return await self._left(done, act, subscriber)
        listed = await standing(self._desk, subscriber.uid)
        joined = [one.reminder for one in listed if one.reminder.owner != subscriber.uid]
        called = chosen(joined, name)
        if len(called) > 1:
            teller = self._replies.teller(subscriber, None)
            await self._send(act, subscriber, teller.several(called), None)
            return BotDeed(did=BotDeedKind.ASKED)
        if not called:
            return None
        await self._remember(BotDeedKind.LEFT, called[0], act, subscriber)
        return await self._left(called[0], act, subscriber)

    async def _done_before(self, act: UserAct, subscriber: Subscriber) -> Reminder | None:
        """What an event that WeChat repeats is about: the rest of it is done."""
        last = (await self._conversations.read(subscriber.uid)).act
        is_same = last is not None and last.event == act.event_id and last.did is BotDeedKind.LEFT
        return last.edits[0].after if last and is_same else None

    async def _left(self, reminder: Reminder, act: UserAct, subscriber: Subscriber) -> BotDeed:
        if await self._desk.leave(reminder.id, subscriber.uid):
            log.info("reminder.left", reminder=reminder.id, uid=subscriber.uid)
        app = self._replies.app(reminder.app_id)
        await self._send(act, subscriber, self._replies.teller(subscriber, app).left(reminder), app)
        who = subscriber.nickname or NO_NICKNAME
        await self._tell_owner(reminder, act, lambda owner: owner.someone_left(who, reminder))
        return BotDeed(did=BotDeedKind.LEFT, reminders=(reminder.id,))

    async def _remember(
        self, did: BotDeedKind, reminder: Reminder, act: UserAct, subscriber: Subscriber
    ) -> None:
        """So that it can be taken back."""
        now = self._replies.teller(subscriber, None).now
        edits = (BotEdit(before=reminder, after=reminder),)
        done = BotAct(event=act.event_id, at=now, did=did, edits=edits)
        conversation = await self._conversations.read(subscriber.uid)
        kept = replace(conversation, act=done, question=None)
        await self._conversations.write(subscriber.uid, kept, now=now)

    async def _take_back(self, act: UserAct, subscriber: Subscriber) -> BotDeed | None:
        """The reply; None unless the user joined or left within the last ten minutes, and did nothing since."""
        conversation = await self._conversations.read(subscriber.uid)
        last, teller = conversation.act, self._replies.teller(subscriber, None)
        if last is None or last.did not in _UNDONE or teller.now - last.at > UNDO:
            return None
        reminder = last.edits[0].after
        app = self._replies.app(reminder.app_id)
        if refusal := await self._reverse(last.did, reminder.id, act, subscriber):
            await self._send(act, subscriber, refusal, app)
            return BotDeed(did=BotDeedKind.REFUSED)
        await self._send(act, subscriber, teller.undone(last.did, [reminder]), app)
        now = replace(conversation, act=None)
        await self._conversations.write(subscriber.uid, now, now=teller.now)
        return BotDeed(did=BotDeedKind.UNDONE, reminders=(reminder.id,))

    async def _reverse(
        self, did: BotDeedKind, reminder_id: str, act: UserAct, subscriber: Subscriber
    ) -> str:
        """Why not; empty if it is done."""
        try:
            reminder = await self._desk.reminder(reminder_id)
        except NotFoundError:
            return texts.GONE
        if reminder.state not in STANDING:
            return texts.OVER
        name = subscriber.nickname or NO_NICKNAME
        if did is BotDeedKind.JOINED:
            await self._desk.leave(reminder_id, subscriber.uid)
            await self._tell_owner(reminder, act, lambda owner: owner.someone_left(name, reminder))
        else:
            await self._desk.join(reminder_id, subscriber.uid)
            await self._tell_owner(reminder, act, lambda owner: owner.someone_came(name, reminder))
        return ""

    async def _tell_owner(
        self, reminder: Reminder, act: UserAct, text: Callable[[Teller], str]
    ) -> None:
        owner = await self._subscribers.by_uid(reminder.owner) if reminder.owner else None
        if owner is None or not _may_be_told(owner, act.at):
            return
        app = self._replies.app(reminder.app_id)
        told = text(self._replies.teller(owner, app))
        await self._replies.send(owner, told, event_id=f"{act.event_id}/owner", app=app)

    async def _send(self, act: UserAct, subscriber: Subscriber, text: str, app: App | None) -> None:
        event_id = f"{act.event_id}/participant"
        await self._replies.send(subscriber, text, event_id=event_id, app=app)


def _may_be_told(owner: Subscriber, now: datetime) -> bool:
    return owner.follows and owner.hears_joins and takes_texts(owner, now)
