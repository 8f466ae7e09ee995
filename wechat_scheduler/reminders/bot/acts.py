"""Acts of the bot on reminders: they can be undone, and a repeated event does not do them twice."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from wechat_scheduler.audience.app_events import BotDeedKind
from wechat_scheduler.audience.model import App
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.conversation import BotAct, BotEdit, Conversation
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import Reminder, ReminderState
from wechat_scheduler.reminders.overview import STANDING, standing
from wechat_scheduler.reminders.ports import Conversations
from wechat_scheduler.reminders.texts import Teller

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotTurn:
    """One message to the bot: its event, who writes, the app that new reminders are sent by, and what was
    said before. `unclaimed` means that nothing else takes it."""

    event: str
    text: str
    at: datetime
    unclaimed: bool
    teller: Teller
    app: App | None
    conversation: Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class BotActs:
    """Acts on the reminders that a user owns. Methods raise as those of ReminderDesk.

    An act is stored before it is done: if the process dies in between, the repeated event does the rest.
    """

    desk: ReminderDesk
    conversations: Conversations

    async def own(self, turn: BotTurn) -> Sequence[Reminder]:
        """The reminders of the user that are not over, ordered by time, but none that another owns."""
        listed = await standing(self.desk, turn.teller.uid)
        return [one.reminder for one in listed if one.reminder.owner == turn.teller.uid]

    async def create(
        self, reminders: Sequence[Reminder], turn: BotTurn, *, half_assumed: bool
    ) -> BotAct:
        """Create all or none: each is planned before the first is stored."""
        planned = [BotEdit(before=None, after=self.desk.plan(each)) for each in reminders]
        return await self._do(turn, BotDeedKind.CREATED, planned, half_assumed=half_assumed)

    async def repeat(self, copies: Sequence[Reminder], turn: BotTurn) -> BotAct:
        """Like `create`, of reminders that fired."""
        planned = [BotEdit(before=None, after=self.desk.plan(each)) for each in copies]
        return await self._do(turn, BotDeedKind.REPEATED, planned)

    async def cancel(self, reminders: Sequence[Reminder], turn: BotTurn) -> BotAct:
        edits = [
            BotEdit(before=each, after=replace(each, state=ReminderState.CANCELLED, due_at=None))
            for each in reminders
        ]
        return await self._do(turn, BotDeedKind.CANCELLED, edits)

    async def move(
        self, before: Sequence[Reminder], moved: Sequence[Reminder], turn: BotTurn
    ) -> BotAct:
        """Move all or none: each of `before` to the one of `moved` at its place."""
        planned = [
            BotEdit(before=old, after=self.desk.plan(new))
            for old, new in zip(before, moved, strict=True)
        ]
        return await self._do(turn, BotDeedKind.MOVED, planned)

    async def keep(self, turn: BotTurn, conversation: Conversation) -> None:
        """Stores what is remembered of the conversation."""
        now = turn.teller.now
        await self.conversations.write(turn.teller.uid, conversation, now=now)

    async def again(self, act: BotAct) -> None:
        """The rest of an act whose event is repeated."""
        for edit in act.edits:
            await self._apply(edit)

    async def undo(self, turn: BotTurn, act: BotAct) -> None:
        """Raises ConflictError if a reminder fired or was changed since, PastError if its time is past."""
        for edit in act.edits:
            await self._take_back(edit)
        log.info("bot.undone", uid=turn.teller.uid, did=act.did)
        await self.keep(turn, replace(turn.conversation, act=None, question=None))

    async def _do(
        self,
        turn: BotTurn,
        did: BotDeedKind,
        edits: Sequence[BotEdit],
        *,
        half_assumed: bool = False,
    ) -> BotAct:
        act = BotAct(
            event=turn.event,
            at=turn.teller.now,
            did=did,
            edits=tuple(edits),
            half_assumed=half_assumed,
        )
        kept = replace(turn.conversation, act=act, question=None)
        await self.keep(turn, kept)
        await self.again(act)
        return act

    async def _apply(self, edit: BotEdit) -> None:
        before, after = edit.before, edit.after
        if before is None:
            await self.desk.create(after)
        elif after.state is ReminderState.CANCELLED:
            await self.desk.cancel(after.id)
        else:
            await self.desk.change(after.id, lambda stored: _retimed(stored, before, after))

    async def _take_back(self, edit: BotEdit) -> None:
        before, after = edit.before, edit.after
        if before is None:
            await self.desk.cancel(after.id)
        elif after.state is ReminderState.CANCELLED:
            await self.desk.change(after.id, lambda stored: _revived(stored, before))
        else:
            await self.desk.change(after.id, lambda stored: _retimed(stored, after, before))


def _retimed(stored: Reminder, from_: Reminder, to: Reminder) -> Reminder:
    """Raises ConflictError if it was changed, fired or ended since."""
    if stored.timing == to.timing:
        return stored
    if stored.timing != from_.timing or stored.state not in STANDING:
        raise _changed()
    return replace(stored, start=to.start, rule=to.rule, defer=to.defer)


def _revived(stored: Reminder, before: Reminder) -> Reminder:
    """What fell due in between is sent."""
    if stored.state is before.state:
        return stored
    if stored.state is not ReminderState.CANCELLED:
        raise _changed()
    return replace(stored, state=before.state, due_at=before.due_at, ended_at=None)


def _changed() -> ConflictError:
    return ConflictError("the reminder was changed meanwhile", reason=Reason.REMINDER_STATE)


ENDED = (NotFoundError, ConflictError)
"""The errors of a reminder that fired, was changed or removed meanwhile."""
