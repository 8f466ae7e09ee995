"""The bot reminds again of what fired last: 推迟半小时, 10分钟后再提醒."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.audience.app_events import BotDeedKind
from wechat_scheduler.delivery.model import Way
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.reminders import texts
from wechat_scheduler.reminders.bot.acts import BotActs, BotTurn
from wechat_scheduler.reminders.bot.commands import AgainCommand
from wechat_scheduler.reminders.bot.replies import BotReply, asked, told
from wechat_scheduler.reminders.conversation import UNDO, BotQuestion
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.policy import Policy
from wechat_scheduler.reminders.model import Reminder, said_again
from wechat_scheduler.reminders.overview import MOST

# Marks the reminders that people make by writing to the account.
SOURCE: Final = "bot"

# What fired longer ago is not put off.
FIRED_LATELY: Final = timedelta(days=1)
# 过10分钟叫我 is a new alarm if the last one fired longer ago.
JUST_FIRED: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeDesk:
    """Repeats reminders that fired, or postpones new ones. Methods raise LanguageError, and as those of BotActs."""

    acts: BotActs
    policy: Policy

    async def again(self, command: AgainCommand, turn: BotTurn) -> BotReply | None:
        fired = await self._fired_lately(turn)
        if not command.sure and not (fired and turn.teller.now - _last(fired[0]) <= JUST_FIRED):
            return None
        if not fired:
            return await self._put_off_the_new_one(command, turn)
        if not command.when:
            return asked(texts.HOW_LONG)
        return await self._repeat(fired[:1], command.when, turn)

    async def all_again(self, when: str, turn: BotTurn) -> BotReply | None:
        """Repeats all reminders that fired together last; None if nothing fired lately."""
        fired = await self._fired_lately(turn)
        together = [each for each in fired if _last(fired[0]) - _last(each) <= UNDO]
        return await self._repeat(together, when, turn) if together else None

    async def _repeat(self, fired: Sequence[Reminder], when: str, turn: BotTurn) -> BotReply:
        at = self._time(when, turn)
        pending = {each.mark: each for each in await self.acts.own(turn)}
        fresh = [each for each in fired if _mark(each) not in pending]
        if not fresh:
            waiting = [pending[_mark(each)] for each in fired]
            moved = [replace(each, start=at, defer=timedelta(0)) for each in waiting]
            return told(await self.acts.move(waiting, moved, turn), turn.teller)
        copies = [_copy(each, at, turn, place) for place, each in enumerate(fresh)]
        return told(await self.acts.repeat(copies, turn), turn.teller)

    async def _put_off_the_new_one(self, command: AgainCommand, turn: BotTurn) -> BotReply | None:
        """If none fired, the reminder that was just made or moved is meant."""
        act = turn.conversation.act
        fresh = (
            act is not None
            and turn.teller.now - act.at <= UNDO
            and act.did is not BotDeedKind.CANCELLED
        )
        ids = [edit.after.id for edit in act.edits] if act and fresh else []
        own = [each for each in await self.acts.own(turn) if each.id in ids and not each.rule]
        if not own or not command.when.endswith("后"):
            return asked(texts.NOTHING_FIRED) if command.named or turn.unclaimed else None
        if len(own) > 1:
            return await self._ask_which(own, f"提醒推迟{command.when.removesuffix('后')}", turn)
        span = self._time(command.when, turn) - turn.teller.now.replace(microsecond=0)
        moved = replace(own[0], start=own[0].start + span)
        return told(await self.acts.move(own, [moved], turn), turn.teller)

    async def _ask_which(self, own: Sequence[Reminder], move: str, turn: BotTurn) -> BotReply:
        ids = tuple(each.id for each in own)
        question = BotQuestion(at=turn.teller.now, command=move, ids=ids)
        await self.acts.keep(turn, replace(turn.conversation, question=question))
        return asked(turn.teller.which("改", own))

    async def _fired_lately(self, turn: BotTurn) -> Sequence[Reminder]:
        """The last one first. Also those that another user owns and this one joined: they are copied, and stay as
        they are."""
        uid, now = turn.teller.uid, turn.teller.now
        found = await self.acts.desk.of_person(uid, newest_first=True, limit=MOST)
        lately = [
            each
            for each in found
            if each.last_at and now - each.last_at <= FIRED_LATELY and each.way is not Way.WEBHOOK
        ]
        return sorted(lately, key=_last, reverse=True)

    def _time(self, when: str, turn: BotTurn) -> datetime:
        teller = turn.teller
        sentence = f"{when}提醒我"
        return parse(sentence, now=teller.now, zone=teller.zone, policy=self.policy).time


def _last(reminder: Reminder) -> datetime:
    return reminder.last_at or reminder.start


def _copy(fired: Reminder, at: datetime, turn: BotTurn, place: int) -> Reminder:
    """The user's own, also where another user owns the reminder."""
    return said_again(
        fired,
        copy_id=hashlib.sha256(
            f"again/{turn.event}{f'/{place}' * (place > 0)}".encode()
        ).hexdigest()[:32],
        source=SOURCE,
        owner=turn.teller.uid,
        at=at,
        zone=str(turn.teller.zone),
        now=turn.teller.now,
        mark=_mark(fired),
    )


def _mark(fired: Reminder) -> str:
    return f"again/{fired.id}"
