"""Finds the reminders that a user describes, and when one of them is moved to. Pure."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.bot.commands import CancelCommand, MoveCommand
from wechat_scheduler.reminders.language.normalise import normalise
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.policy import Policy
from wechat_scheduler.reminders.language.refused_sentences import LanguageError, nothing, unread
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.overview import Period, chosen, first_in, has_rule
from wechat_scheduler.reminders.planning import moved_once, rule_of
from wechat_scheduler.reminders.recurrence.rule import MOVED, usual_time
from wechat_scheduler.reminders.recurrence.series import upcoming
from wechat_scheduler.reminders.refused_reminders import ReminderError

if TYPE_CHECKING:
    from wechat_scheduler.reminders.language.mentions import Mention

_DAY = timedelta(days=1)
_HALF_DAY = timedelta(hours=12)
_WEEK = timedelta(days=7)
_SECOND = timedelta(seconds=1)
_ITS_DAY = re.compile(r"(?:周|星期|礼拜)[一二三四五六日天末]|\d{1,2}[号日]")

# Occurrences in which a repetition that is described and one that is stored agree.
_COMPARED = 4


class RecurringError(InvalidRequestError):
    """A recurring reminder cannot be moved to one day, as the others would be meant or not."""


def starting_at(reminder: Reminder, at: datetime, *, dated: bool = False) -> Reminder:
    """The reminder at another time. One that repeats keeps its days, and changes its time of the day only. Raises
    RecurringError if another day is meant, or if its rule has times of the day of its own."""
    zone = ZoneInfo(reminder.zone)
    same_day = at.astimezone(zone).date() == reminder.start.astimezone(zone).date()
    plain = not any(
        word in reminder.rule for word in ("BYHOUR", "BYMINUTE", "HOURLY", "MINUTELY", MOVED)
    )
    if reminder.rule and (dated or not same_day or not plain):
        raise RecurringError("it repeats")
    return replace(reminder, start=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Reads what a user writes at `now` in `zone`. Methods raise LanguageError."""

    now: datetime
    zone: ZoneInfo
    policy: Policy

    def mention(self, what: str) -> "Mention":
        """The grammar is loaded with the first sentence."""
        from wechat_scheduler.reminders.language.mentions import mention

        return mention(what, now=self.now, zone=self.zone, policy=self.policy)

    def matching(
        self, reminders: Sequence[Reminder], what: str, *, named: bool
    ) -> Sequence[Reminder]:
        """The reminders that are meant, by number or title, else by time. A part of a title counts only if
        the user `named` reminders or wrote a time. 周六的提醒 is one of that day alone, if there is one, and not
        one of every day."""
        if not what:
            return reminders if named else ()
        if exact := chosen(reminders, what):
            return exact
        said = self.mention(what)
        if said.repeats:
            return [each for each in reminders if each.rule and self._repeats(each, what, said)]
        if said.begins is None:
            return [each for each in reminders if named and _called(each, said.title)]
        timely = [each for each in reminders if self._is_at(each, said)]
        timely = timely or [each for each in reminders if self._is_in_part(each, said)]
        found = [each for each in timely if _called(each, said.title)]
        return [each for each in found if not each.rule] or found

    def called_in_part(
        self, reminders: Sequence[Reminder], command: CancelCommand | MoveCommand
    ) -> Sequence[Reminder]:
        """The reminders with `what` in their title: 面试取消了. 预约改成大份的 names no time, and is for the app."""
        wanted = normalise(command.what)
        if len(wanted) < 2 or (isinstance(command, MoveCommand) and not self._is_a_time(command)):
            return ()
        return [each for each in reminders if wanted in normalise(each.title)]

    def moves_again(self, command: CancelCommand | MoveCommand) -> bool:
        """Whether it gives a new repetition, as no order to a shop does: 周报改成每周四下午4点."""
        if not isinstance(command, MoveCommand) or command.is_length:
            return False
        said = self.mention(command.to)
        return said.repeats and not said.title

    def _is_a_time(self, command: MoveCommand) -> bool:
        said = None if command.is_length else self.mention(command.to)
        return said is None or (said.begins is not None and not said.title)

    def after(self, length: str) -> timedelta:
        """The length of 半小时."""
        parsed = parse(f"{length}后提醒我", now=self.now, zone=self.zone, policy=self.policy)
        return parsed.time - self.now.replace(microsecond=0)

    def moved(self, reminder: Reminder, command: MoveCommand) -> Reminder:
        """The reminder at its new time. Raises RecurringError too."""
        if self._names_a_day(reminder, command):
            command = replace(command, once=True)
        if command.once and not self._is_next(reminder, command.what):
            raise RecurringError("another occurrence is meant")
        if command.is_length:
            span = replace(self, now=reminder.start).after(command.to)
            at = reminder.start + command.by * span
            return self._once(reminder, at) if command.once else starting_at(reminder, at)
        try:
            return self._moved_to(reminder, command)
        except (LanguageError, ReminderError):
            if command.by <= 0 or reminder.start <= self.now:
                raise
        # 推迟到周三 is a Wednesday after the reminder.
        return replace(self, now=reminder.start)._moved_to(reminder, command)

    def _names_a_day(self, reminder: Reminder, command: MoveCommand) -> bool:
        """Whether one day of a repetition is meant: 明天的吃药. 周三的会 of each Wednesday names all."""
        what = command.what
        if not (reminder.rule and what) or command.every or chosen([reminder], what):
            return False
        one_day = re.search(r"WEEKLY|MONTHLY", reminder.rule) and "," not in reminder.rule
        return self.mention(what).dated and not (one_day and _ITS_DAY.match(what))

    def _is_next(self, reminder: Reminder, what: str) -> bool:
        """Whether `what` names its next occurrence, or no day: 周六的吃药 of one that is daily names another."""
        if not (reminder.rule and what) or chosen([reminder], what):
            return True
        said = self.mention(what)
        if said.repeats or not said.dated or said.begins is None or said.ends is None:
            return True
        one = said.ends - said.begins <= _DAY
        return one and said.begins <= reminder.start < said.ends

    def _moved_to(self, reminder: Reminder, command: MoveCommand) -> Reminder:
        said = self.mention(command.to)
        if said.title:
            raise unread(said.title)
        if said.repeats and command.once and reminder.rule:
            raise RecurringError("it repeats")
        if said.repeats:
            return self._repeated(reminder, command.to)
        target = self._target(reminder, command.to, said)
        if command.by * (target - reminder.start) < timedelta(0):
            raise ReminderError("提前到 names a time before, 推迟到 one after", field="time")
        if command.once:
            return self._once(reminder, target)
        return starting_at(reminder, target, dated=said.dated)

    def _repeated(self, reminder: Reminder, to: str) -> Reminder:
        """At its own hour, unless another is named: 改成每天."""
        parsed = parse(to, now=self.now, zone=self.zone, policy=self.policy)
        if parsed.hour_assumed:
            usual = usual_time(reminder.rule, reminder.start.astimezone(self.zone))
            at = f"{to} {usual:%H:%M}"
            with suppress(LanguageError):  # 每天早上 of one in the afternoon
                parsed = parse(at, now=self.now, zone=self.zone, policy=self.policy)
        return replace(reminder, start=parsed.time, rule=parsed.rule)

    def _target(self, reminder: Reminder, to: str, said: "Mention") -> datetime:
        if said.begins is None or said.ends is None:
            raise nothing()
        start = reminder.start.astimezone(self.zone)
        length = said.ends - said.begins
        if said.timed or length < _DAY:
            if not said.dated and start.date() != self.now.astimezone(self.zone).date():
                to = f"{start:%Y年%m月%d日}{to}"
            at = parse(to, now=self.now, zone=self.zone, policy=self.policy).time
            return self._nearest(at, start) if said.bare else at
        if length == _WEEK:  # 改到下周: on the same weekday
            return self._on(said.begins.date() + start.weekday() * _DAY, start)
        if length > _DAY:
            raise nothing()
        return self._on(said.begins.date(), start)

    def _nearest(self, at: datetime, start: datetime) -> datetime:
        """Of the two readings of a bare hour on that day, the one nearer to the time of the day before."""
        readings = [at + shift for shift in (timedelta(0), _HALF_DAY, -_HALF_DAY)]
        ahead = [each for each in readings if each.date() == at.date() and each > self.now]
        return min(ahead, key=lambda each: abs(_of_day(each) - _of_day(start)), default=at)

    def _on(self, day: date, start: datetime) -> datetime:
        return datetime.combine(day, start.time(), self.zone)

    def _once(self, reminder: Reminder, at: datetime) -> Reminder:
        return moved_once(reminder, at, now=self.now)

    def _is_at(self, reminder: Reminder, said: "Mention") -> bool:
        if said.begins is None or said.ends is None:
            return False
        shifts = (timedelta(0), _HALF_DAY, -_HALF_DAY) if said.bare else (timedelta(0),)
        if not said.dated and said.timed:
            at = reminder.start.astimezone(self.zone)
            return any((said.begins + shift).time() == at.time() for shift in shifts)
        periods = (Period(begins=said.begins + s, ends=said.ends + s) for s in shifts)
        return any(first_in(period, reminder) is not None for period in periods)

    def _is_in_part(self, reminder: Reminder, said: "Mention") -> bool:
        """早上的闹钟, on any day."""
        if said.dated or said.timed or said.begins is None or said.ends is None:
            return False
        start = reminder.start.astimezone(self.zone)
        days = (start.date() - said.begins.date()).days
        return any(said.begins <= start - (days + more) * _DAY < said.ends for more in (0, -1))

    def _repeats(self, reminder: Reminder, what: str, said: "Mention") -> bool:
        """Whether the next days are the same, and the time of the day if one is written."""
        if not _called(reminder, said.title) or not has_rule(reminder):
            return False
        parsed = parse(what, now=self.now, zone=self.zone, policy=self.policy)
        zone = ZoneInfo(reminder.zone)
        later = max(parsed.time, reminder.start).astimezone(zone)
        after = later.replace(hour=0, minute=0, second=0) - _SECOND
        wanted = upcoming(
            rule_of(parsed.rule), start=parsed.time, after=after, zone=zone, most=_COMPARED
        )
        stored = upcoming(
            rule_of(reminder.rule), start=reminder.start, after=after, zone=zone, most=_COMPARED
        )
        if said.timed:
            return wanted == stored
        days = [[at.astimezone(zone).date() for at in times] for times in (wanted, stored)]
        return days[0] == days[1]


def _of_day(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)


def _called(reminder: Reminder, title: str) -> bool:
    wanted, title_of = normalise(title), normalise(reminder.title)
    return not wanted or wanted in title_of or (len(title_of) > 1 and title_of in wanted)
