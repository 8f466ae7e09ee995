"""People who want to be reminded too: they scan a reminder's QR code, and may leave it again."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.heard import Heard, HeardKind, Post
from wechat_scheduler.audience.model import WINDOW, App, Purpose, Subscriber
from wechat_scheduler.audience.ports import Subscribers
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reminders import sentences
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.overview import STANDING, chosen, standing
from wechat_scheduler.reminders.sentences import SOMEBODY, Pages, Teller

log = structlog.get_logger(__name__)

_LEAVE: Final = re.compile(r"退出(?:提醒)?\s*(\S.*)")


class Participants:
    """An `audience.heard.Listener`. Owners hear of who comes and goes while they may be written to."""

    def __init__(
        self,
        desk: ReminderDesk,
        subscribers: Subscribers,
        directory: Directory,
        *,
        post: Post,
        pages: Pages,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._subscribers = subscribers
        self._directory = directory
        self._post = post
        self._pages = pages
        self._clock = clock

    async def take(self, heard: Heard, subscriber: Subscriber) -> bool:
        if heard.kind is HeardKind.UNFOLLOW:
            if stopped := await self._desk.stop_for(subscriber.uid):
                log.info("reminder.stopped", uid=subscriber.uid, count=stopped)
            return False  # others may have something to let go of
        if heard.code is not None:
            return await self._scanned(heard, subscriber)
        command = _LEAVE.fullmatch(heard.text.strip())
        return command is not None and await self._leave(command[1].strip(), heard, subscriber)

    async def _scanned(self, heard: Heard, subscriber: Subscriber) -> bool:
        code = heard.code
        if code is None or code.purpose is not Purpose.REMINDER:
            return False
        app = self._directory.app(code.app_id)
        try:
            reminder = await self._desk.reminder(code.target)
            answer = await self._join(reminder, heard, subscriber, app)
        except NotFoundError:
            answer = sentences.GONE
        await self._say(heard, subscriber, answer, app)
        return True

    async def _join(
        self, reminder: Reminder, heard: Heard, subscriber: Subscriber, app: App | None
    ) -> str:
        """Raises NotFoundError."""
        teller = self._teller(subscriber, app)
        if reminder.state not in STANDING:
            return sentences.OVER
        if reminder.owner == subscriber.uid:
            return teller.own(reminder)
        is_new = await self._desk.join(reminder.id, subscriber.uid)
        if is_new:
            log.info("reminder.joined", reminder=reminder.id, uid=subscriber.uid)
            name = subscriber.nickname or SOMEBODY
            await self._tell_owner(
                reminder, heard, lambda owner: owner.someone_came(name, reminder)
            )
        return teller.joined(reminder, is_new=is_new)

    async def _leave(self, name: str, heard: Heard, subscriber: Subscriber) -> bool:
        """Only what they joined: else it is for somebody else."""
        listed = await standing(self._desk, subscriber.uid)
        joined = [one.reminder for one in listed if one.reminder.owner != subscriber.uid]
        called = chosen(joined, name)
        if len(called) > 1:
            teller = self._teller(subscriber, None)
            await self._say(heard, subscriber, teller.several(called), None)
            return True
        if not called or not await self._desk.leave(called[0].id, subscriber.uid):
            return False
        reminder = called[0]
        log.info("reminder.left", reminder=reminder.id, uid=subscriber.uid)
        app = self._directory.app(reminder.app_id)
        await self._say(heard, subscriber, self._teller(subscriber, app).left(reminder), app)
        who = subscriber.nickname or SOMEBODY
        await self._tell_owner(reminder, heard, lambda owner: owner.someone_left(who, reminder))
        return True

    async def _tell_owner(
        self, reminder: Reminder, heard: Heard, text: Callable[[Teller], str]
    ) -> None:
        owner = await self._subscribers.by_uid(reminder.owner) if reminder.owner else None
        if owner is None or not _may_be_told(owner, heard.at):
            return
        app = self._directory.app(reminder.app_id)
        event_id = f"{heard.event_id}/owner"
        await self._post.say(owner, text(self._teller(owner, app)), event_id=event_id, app=app)

    async def _say(self, heard: Heard, subscriber: Subscriber, text: str, app: App | None) -> None:
        event_id = f"{heard.event_id}/participant"
        await self._post.say(subscriber, text, event_id=event_id, app=app)

    def _teller(self, subscriber: Subscriber, app: App | None) -> Teller:
        return Teller.of(subscriber, app, pages=self._pages, now=self._clock.now())


def _may_be_told(owner: Subscriber, now: datetime) -> bool:
    if not (owner.follows and owner.hears_joins):
        return False
    return owner.heard_at is not None and now - owner.heard_at < WINDOW
