"""Lists the occurrences of many reminders within a span of time, in order."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import chain, islice, takewhile
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.overview import has_rule
from wechat_scheduler.reminders.planning import rule_of
from wechat_scheduler.reminders.ports import FoundReminders, ReminderLists, ReminderSearch, RingSpan
from wechat_scheduler.reminders.recurrence.series import following

# Reminders that one page looks at: those that are due within the span, and those that recur and are due before it,
# whose times are sought by their rules.
LOOKED_AT: Final = 1000
MOST_RECURRING: Final = 3000

# Reminders whose next occurrences are sought in one go, in a thread. Nearly all rules take a tenth of a
# millisecond.
SLICE: Final = 64

# The longest search for the next occurrences, in seconds: a rule may take 50 ms.
LONGEST: Final = 2

_TINY = timedelta(microseconds=1)


class Ring(NamedTuple):
    """A reminder is sent at that instant (UTC)."""

    at: datetime
    reminder: Reminder


class AgendaPlace(NamedTuple):
    """A place in an agenda: behind the reminder `id` at that instant."""

    at: datetime
    id: str = ""


class Agenda(NamedTuple):
    """`rings` are ordered by time and id. The agenda continues behind `after`; None at its end. It `is_whole`
    unless there are more reminders than are looked at."""

    rings: Sequence[Ring]
    after: AgendaPlace | None
    is_whole: bool


class AgendaDesk:
    """Lists reminders, and tells what is sent in a span of time. Methods may raise StorageError."""

    def __init__(self, store: ReminderLists, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def find(self, wanted: ReminderSearch) -> FoundReminders:
        """In the order that is wanted."""
        return await self._store.find(wanted)

    async def page(self, span: RingSpan, *, after: AgendaPlace, limit: int) -> Agenda:
        """At most `limit` rings, from the one behind `after` on."""
        span = span._replace(since=max(span.since, after.at))
        due = await self._store.due(span, limit=LOOKED_AT)
        recurring = await self._store.recurring(span, limit=MOST_RECURRING)
        end = _end(due, span)
        each, was_cut = await self._each({one.id: one for one in (*due, *recurring)}, span.since)
        found = await asyncio.to_thread(_in_order, each, after, end, limit + 1)
        is_whole = not was_cut and len(recurring) < MOST_RECURRING and end > span.since + _TINY
        if len(found) > limit:
            return Agenda(found[:limit], _place(found[limit - 1]), is_whole)
        return Agenda(found, AgendaPlace(end) if end < span.until else None, is_whole)

    async def _each(
        self, reminders: dict[str, Reminder], since: datetime
    ) -> tuple[list[Iterator[Ring]], bool]:
        """The rings of each reminder from `since` on, and whether some were left out as it took too long."""
        started, left = self._clock.boottime(), iter(reminders.values())
        found: list[Iterator[Ring]] = []
        while some := list(islice(left, SLICE)):
            if self._clock.boottime() - started > LONGEST:
                return found, True
            found += await asyncio.to_thread(_begun, some, since)
        return found, False


def rings(reminder: Reminder, since: datetime) -> Iterator[Ring]:
    """When it is sent from `since` on: at its stored occurrence, and by its rule. A rule that cannot be evaluated
    ends it."""
    defer = reminder.defer
    if reminder.start + defer >= since:
        yield Ring(reminder.start + defer, reminder)
    if reminder.rule and has_rule(reminder):
        after = max(reminder.start, since - defer - _TINY)
        for at in _following(reminder, after):
            yield Ring(at + defer, reminder)


def _following(reminder: Reminder, after: datetime) -> Iterator[datetime]:
    """The occurrences of its rule after that."""
    start, rule, zone = reminder.start, rule_of(reminder.rule), ZoneInfo(reminder.zone)
    try:
        while found := following(rule, start=start, after=after, zone=zone):
            yield found.at
            start, after, rule = found.at, found.at, found.rule
    except InvalidRequestError:
        return


def _end(due: Sequence[Reminder], span: RingSpan) -> datetime:
    """Until when `due` has all that is due within the span. It goes on behind `since` at least."""
    if len(due) < LOOKED_AT:
        return span.until
    last = due[-1].start + due[-1].defer
    return min(span.until, max(last, span.since + _TINY))


def _begun(reminders: Sequence[Reminder], since: datetime) -> list[Iterator[Ring]]:
    """The rings of those that have any, the first of each found already."""
    every = (rings(one, since) for one in reminders)
    return [chain((first,), rest) for rest in every if (first := next(rest, None))]


def _in_order(
    each: Sequence[Iterator[Ring]], after: AgendaPlace, end: datetime, most: int
) -> list[Ring]:
    within = takewhile(lambda ring: ring.at < end, merge(*each, key=_place))
    return list(islice((ring for ring in within if _place(ring) > after), most))


def _place(ring: Ring) -> AgendaPlace:
    return AgendaPlace(ring.at, ring.reminder.id)
