"""The bot does what a command says, with reminders that the user owns."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from wechat_scheduler.audience.app_events import BotDeedKind
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.reminders import texts
from wechat_scheduler.reminders.bot.acts import ENDED, BotActs, BotTurn
from wechat_scheduler.reminders.bot.commands import (
    AgainCommand,
    CancelCommand,
    Command,
    ListCommand,
    MoveCommand,
    PickCommand,
    UndoCommand,
    is_the_last,
    read_command,
)
from wechat_scheduler.reminders.bot.described import Description, RecurringError
from wechat_scheduler.reminders.bot.replies import BotReply, asked, listed, refused, taken, told
from wechat_scheduler.reminders.bot.snoozing import SnoozeDesk
from wechat_scheduler.reminders.conversation import UNDO, BotQuestion
from wechat_scheduler.reminders.language.normalise import normalise
from wechat_scheduler.reminders.language.policy import Policy
from wechat_scheduler.reminders.language.refused_sentences import LanguageError
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.overview import Listed, Period, chosen, standing, within
from wechat_scheduler.reminders.refused_reminders import OnlyNextError, PastError, ReminderError

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDesk:
    """Carries out commands to the bot. Each method returns None if the message is not for the bot: 取消订单 is
    for an app."""

    acts: BotActs
    policy: Policy

    async def obey(self, command: Command, turn: BotTurn) -> BotReply | None:
        try:
            return await self._obey(command, turn)
        except LanguageError as error:
            return refused(f"/:no{error.sentence}") if _names_one(command) else None
        except PastError as error:
            return refused(turn.teller.past(error.at))
        except ENDED:
            return refused(texts.OVER)
        except ReminderError as error:
            return refused(texts.BEYOND if isinstance(error, OnlyNextError) else texts.REFUSED)

    async def _obey(self, command: Command, turn: BotTurn) -> BotReply | None:
        match command:
            case CancelCommand() | MoveCommand():
                return await self._all_again(command, turn) or await self._change(command, turn)
            case AgainCommand():
                return await SnoozeDesk(acts=self.acts, policy=self.policy).again(command, turn)
            case ListCommand():
                return await self._list(command, turn)
            case UndoCommand():
                return await self._undo(turn)
            case PickCommand():
                return await self._picked(command, turn)

    async def _all_again(
        self, command: CancelCommand | MoveCommand, turn: BotTurn
    ) -> BotReply | None:
        """都推迟十分钟 of what fired together; None if nothing fired."""
        if isinstance(command, CancelCommand) or not (command.every and command.is_length):
            return None
        if command.what or command.named or command.by < 1:
            return None
        desk = SnoozeDesk(acts=self.acts, policy=self.policy)
        return await desk.all_again(f"{command.to}后", turn)

    async def _change(self, command: CancelCommand | MoveCommand, turn: BotTurn) -> BotReply | None:
        here = self._here(turn)
        own = await self.acts.own(turn)
        found = _last(own, turn) if is_the_last(command) else ()
        whole = command.what or isinstance(command, MoveCommand)
        found = found or here.matching(
            own, command.what, named=command.named or command.every or not whole
        )
        partly = () if found else here.called_in_part(own, command)
        if not (found or partly):
            none = texts.NONE if own else texts.NONE_AT_ALL
            return asked(none) if command.named or here.moves_again(command) else None
        if partly and (len(partly) > 1 or _is_half_meant(command, partly[0])):
            return await self._ask(command, partly, turn)
        found = found or partly
        if len(found) > 1 or _is_unsure(command, found[0], here):
            return await self._ask(command, found, turn)
        return await self._do(command, found, turn)

    async def _do(
        self, command: CancelCommand | MoveCommand, found: Sequence[Reminder], turn: BotTurn
    ) -> BotReply:
        if isinstance(command, CancelCommand):
            return told(await self.acts.cancel(found, turn), turn.teller)
        moved: list[Reminder] = []
        try:
            moved.extend(self._here(turn).moved(each, command) for each in found)
        except RecurringError:
            return refused(turn.teller.recurring(found[len(moved)]))
        except LanguageError as error:
            if not command.what:  # 改成大份的 is for the app
                raise
            return refused(f"/:no{error.sentence}")
        return told(await self.acts.move(found, moved, turn), turn.teller)

    async def _ask(
        self, command: CancelCommand | MoveCommand, found: Sequence[Reminder], turn: BotTurn
    ) -> BotReply:
        ids = tuple(each.id for each in found)
        before = turn.conversation.question
        again = before is not None and before.ids == ids
        text = before.command if before and again else turn.text
        question = BotQuestion(at=turn.teller.now, command=text, ids=ids)
        await self.acts.keep(turn, replace(turn.conversation, question=question))
        verb = "取消" if isinstance(command, CancelCommand) else "改"
        return asked(turn.teller.which(verb, found, every=command.every))

    async def _picked(self, pick: PickCommand, turn: BotTurn) -> BotReply | None:
        question = turn.conversation.question
        if question is None or turn.teller.now - question.at > UNDO:
            return await self._ask_about_the_last(pick, turn)
        command = read_command(question.command)
        own = {each.id: each for each in await self.acts.own(turn)}
        if not isinstance(command, CancelCommand | MoveCommand):
            return None
        if _is_unclear(pick, command, len(question.ids)):
            left = [own[each] for each in question.ids if each in own]
            return await self._ask(command, left, turn) if left else asked(texts.OVER)
        if not (pick.numbers or pick.every):
            await self.acts.keep(turn, replace(turn.conversation, question=None))
            return asked(texts.LEFT_ALONE)
        ids = question.ids if pick.every else _at(question.ids, pick.numbers)
        picked = [own[each] for each in ids if each in own]
        if len(picked) != len(ids) or not picked:
            return asked(texts.OVER if ids else _in_range(len(question.ids)))
        if pick.cancels:
            command = CancelCommand(what=command.what, named=command.named)
        return await self._do(command, picked, turn)

    async def _ask_about_the_last(self, pick: PickCommand, turn: BotTurn) -> BotReply | None:
        """都删了吧 to what the bot made together, else to all, while the last act can be undone."""
        own = await self.acts.own(turn)
        last = _last(own, turn)
        if not (pick.every and pick.cancels and last):
            return None
        command = CancelCommand(what="", named=False, every=True)
        found = last if len(last) > 1 else own
        return await self._ask(command, found, replace(turn, text="取消所有提醒"))

    async def _list(self, command: ListCommand, turn: BotTurn) -> BotReply | None:
        teller, desk = turn.teller, self.acts.desk
        all_of_them = await standing(desk, teller.uid)
        if not command.what:
            return listed(teller.all(all_of_them)) if command.named or all_of_them else None
        said = self._here(turn).mention(command.what)
        if said.begins is None or said.ends is None or said.title:
            own = [each.reminder for each in all_of_them]
            found = self._here(turn).matching(own, command.what, named=True)
            some = [Listed(each.start, each) for each in found]
            return listed(teller.all(some)) if some and command.named else None
        period = Period(begins=teller.now if said.elapses else said.begins, ends=said.ends)
        found_then = await within(desk, teller.uid, period, now=teller.now)
        if not (found_then or command.named or (command.more and await self._has_any(turn))):
            return None
        dated = period.ends - period.begins > _DAY
        return listed(teller.day(command.what, found_then, dated=dated))

    async def _has_any(self, turn: BotTurn) -> bool:
        """Whether the user has a reminder, or had one. 今天还有什么事 of others is for the app."""
        return turn.unclaimed or bool(await self.acts.desk.of_person(turn.teller.uid, limit=1))

    async def _undo(self, turn: BotTurn) -> BotReply | None:
        act = turn.conversation.act
        if act is None:
            return None
        if turn.teller.now - act.at > UNDO:
            return refused(texts.NOTHING_TO_UNDO)
        try:
            await self.acts.undo(turn, act)
        except ENDED:
            return refused(texts.CHANGED)
        now = [edit.before or edit.after for edit in act.edits]
        return BotReply(text=turn.teller.undone(act.did, now), taken=taken(BotDeedKind.UNDONE, now))

    def _here(self, turn: BotTurn) -> Description:
        return Description(now=turn.teller.now, zone=turn.teller.zone, policy=self.policy)


def _last(own: Sequence[Reminder], turn: BotTurn) -> Sequence[Reminder]:
    """Those that the bot made or moved last, while that can be undone."""
    act = turn.conversation.act
    if act is None or turn.teller.now - act.at > UNDO:
        return ()
    ids = [edit.after.id for edit in act.edits]
    return [each for each in own if each.id in ids]


def _is_unsure(command: CancelCommand | MoveCommand, found: Reminder, here: Description) -> bool:
    """取消明天的提醒 may mean tomorrow only, if the reminder repeats; 吃药这次不用提醒 does."""
    if isinstance(command, MoveCommand) or not (found.rule and command.what):
        return False
    dated = not chosen([found], command.what) and here.mention(command.what).dated
    return command.once or dated


def _is_half_meant(command: CancelCommand | MoveCommand, found: Reminder) -> bool:
    """取消复查 names 复查牙齿 by its first words. 取消疫苗 may mean another than 去打疫苗带疫苗本."""
    if isinstance(command, MoveCommand):
        return False
    wanted, title = normalise(command.what), normalise(found.title)
    return bool(found.rule) or not (command.ordered and title.startswith(wanted))


def _is_unclear(pick: PickCommand, command: CancelCommand | MoveCommand, count: int) -> bool:
    """Whether an answer about `count` reminders leaves open what to do: 都改 of what is to be cancelled, 好 to which one."""
    if pick.every and pick.numbers and pick.numbers != (count,):
        return True
    if pick.moves and isinstance(command, CancelCommand):
        return True
    return pick.agrees and count > 1 and not command.every


def _names_one(command: Command) -> bool:
    """Whether the command can only be for the bot, so that its mistake is told."""
    match command:
        case CancelCommand() | MoveCommand():
            return command.named
        case AgainCommand():
            return True
    return False


def _at(ids: Sequence[str], numbers: Sequence[int]) -> tuple[str, ...]:
    """Empty if a number is none of a reminder that was listed."""
    known = all(0 < number <= min(len(ids), texts.MOST_LISTED) for number in numbers)
    return tuple(dict.fromkeys(ids[number - 1] for number in numbers)) if known else ()


def _in_range(count: int) -> str:
    most = min(count, texts.MOST_LISTED)
    return "请回复 1，或“算了”" if most == 1 else f"请回复 1 到 {most} 的数字，或“算了”"
