"""`reminders.ports.ReminderLists` on a database."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.ports import FoundReminders, ReminderScope, ReminderSearch, RingSpan
from wechat_scheduler.storage.conditions import containing
from wechat_scheduler.storage.database import IDS, Database, Row, with_ids
from wechat_scheduler.storage.reminders.reminders import COLUMNS, reminders_of
from wechat_scheduler.storage.rows import micros

# Reminders among which one page looks for those of a state or a text: some milliseconds.
SEARCHED: Final = 5000

# Behind every id, whose digits are hexadecimal, in each collation: of some, `~` comes before all digits. And behind
# every time.
_LAST: Final = "g"
_NEVER: Final = 2**62

# `few` keeps SQLite from the index of what is due, which may have a million where a user has few; `whose_by_due`
# keeps it from those of apps, where few of a million recur.
DUE = """
    SELECT {columns} FROM reminders
    WHERE state = 'active' AND due_at{few} >= $1 AND due_at{few} < $2 AND {whose}
    ORDER BY due_at LIMIT {limit}
"""
RECURRING = """
    SELECT {columns} FROM reminders
    WHERE state = 'active' AND rule <> '' AND due_at{few} < $1 AND {whose_by_due}
    ORDER BY due_at LIMIT {limit}
"""
FOUND = """
    SELECT {columns} FROM reminders
    WHERE id > $1 AND id <= $2 AND ($3 = '' OR state = $3)
        AND ($4 = '' OR lower(title) LIKE $4 ESCAPE '!') AND {whose}
    ORDER BY id LIMIT {limit}
"""
WITH_IDS = f"SELECT {COLUMNS} FROM reminders WHERE id IN ({IDS})"  # noqa: S608 - our own names
# The last id in which one page looks for a text.
SEARCH_END = f"""
    SELECT id FROM reminders WHERE id > $1 AND {{whose}} ORDER BY id LIMIT 1 OFFSET {SEARCHED - 1}
"""  # noqa: S608 - our own number
# The same of the active ones by the time at which they are sent next.
SENT_NEXT = """
    SELECT {columns} FROM reminders
    WHERE state = 'active' AND due_at{few} >= $1 AND (due_at > $1 OR id > $2) AND due_at{few} <= $3
        AND ($4 = '' OR lower(title) LIKE $4 ESCAPE '!') AND {whose}
    ORDER BY due_at, id LIMIT {limit}
"""
SENT_NEXT_END = f"""
    SELECT due_at FROM reminders
    WHERE state = 'active' AND due_at{{few}} >= $1 AND (due_at > $1 OR id > $2) AND {{whose}}
    ORDER BY due_at LIMIT 1 OFFSET {SEARCHED - 1}
"""  # noqa: S608 - our own number


class ListCondition(NamedTuple):
    """Says whose reminders a statement reads. `values` are those of the condition."""

    condition: str
    values: tuple[object, ...] = ()
    few: str = ""

    def sql(self, text: str, given: int) -> str:
        """`given` values come before those of the condition."""
        place = f"${given + 1}"
        return text.format(
            columns=COLUMNS,
            few=self.few,
            whose=self.condition.format(place=place, by=""),
            whose_by_due=self.condition.format(place=place, by=" + 0"),
            limit=f"${given + len(self.values) + 1}",
        )


EACH: Final = ListCondition("1 = 1")
_OF_PERSON: Final = (
    "id IN (SELECT id FROM reminders WHERE owner = {place}"
    " UNION ALL SELECT reminder_id FROM joined WHERE uid = {place})"
)


class SqlReminderLists:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, span: RingSpan, *, limit: int) -> Sequence[Reminder]:
        return await self._next(DUE, span, (micros(span.since), micros(span.until)), limit)

    async def recurring(self, span: RingSpan, *, limit: int) -> Sequence[Reminder]:
        return await self._next(RECURRING, span, (micros(span.since),), limit)

    async def find(self, wanted: ReminderSearch) -> FoundReminders:
        if wanted.ids:
            return await self._of_ids(wanted)
        return await (self._by_due(wanted) if wanted.by_due else self._by_id(wanted))

    async def _of_ids(self, wanted: ReminderSearch) -> FoundReminders:
        rows: list[Row] = []
        for statement in with_ids(WITH_IDS, sorted({*wanted.ids})):
            rows += await self._database.read(statement.sql, *statement.params)
        page = sorted((row for row in rows if row["id"] > wanted.after), key=lambda row: row["id"])
        return _page(page, "", wanted, lambda row: str(row["id"]))

    async def _by_id(self, wanted: ReminderSearch) -> FoundReminders:
        state, text = wanted.state or "", _pattern(wanted.text)
        rows: list[Row] = []
        last = _LAST
        first, behind = _span_of(wanted)
        for whose in whose_of(wanted.scope):
            end = behind
            if (state or text) and not wanted.beginning:
                last = min(last, end := await self._end(whose, SEARCH_END, first) or _LAST)
            params = (first, end, state, text, *whose.values, wanted.limit)
            rows += await self._database.read(whose.sql(FOUND, 4), *params)
        page = sorted((row for row in rows if row["id"] <= last), key=lambda row: row["id"])
        end_text = "" if last == _LAST else last
        return _page(page, end_text, wanted, lambda row: str(row["id"]))

    async def _by_due(self, wanted: ReminderSearch) -> FoundReminders:
        due, after_id = _place_in(wanted.after)
        text = _pattern(wanted.text)
        rows: list[Row] = []
        last = _NEVER
        for whose in whose_of(wanted.scope):
            end = (await self._end(whose, SENT_NEXT_END, due, after_id) if text else 0) or _NEVER
            params = (due, after_id, end, text, *whose.values, wanted.limit)
            rows += await self._database.read(whose.sql(SENT_NEXT, 4), *params)
            last = min(last, end)
        page = sorted((row for row in rows if row["due_at"] <= last), key=_due_and_id)
        end_text = "" if last == _NEVER else f"{last}_{_LAST}"
        return _page(page, end_text, wanted, lambda row: f"{row['due_at']}_{row['id']}")

    async def _end(self, whose: ListCondition, sql: str, *after: object) -> Any:
        """Up to which id or time one page looks; None if that is the end."""
        rows = await self._database.read(whose.sql(sql, len(after)), *after, *whose.values)
        return next(iter(rows[0])) if rows else None

    async def _next(
        self, sql: str, span: RingSpan, given: tuple[int, ...], limit: int
    ) -> Sequence[Reminder]:
        rows: list[Row] = []
        for whose in whose_of(span.scope):
            params = (*given, *whose.values, limit)
            rows += await self._database.read(whose.sql(sql, len(given)), *params)
        # Thousands of reminders take 50 ms.
        return await asyncio.to_thread(_in_order, rows, span.scope, limit)


def _span_of(wanted: ReminderSearch) -> tuple[str, str]:
    """Ids are sought behind the first text and before the second. In each collation all digits come before `g`."""
    begins = wanted.beginning
    if not begins:
        return wanted.after, _LAST
    before = int(begins, 16) - 1
    first = "" if before < 0 else f"{before:0{len(begins)}x}g"
    return max(wanted.after, first), f"{begins}g"


def whose_of(scope: ReminderScope) -> Sequence[ListCondition]:
    """The statements that find the reminders of the scope, or more."""
    if scope.uid:
        return (of_person(scope.uid),)
    return (EACH,) if scope.app_ids is None else tuple(map(of_app, scope.app_ids))


def of_app(app_id: int) -> ListCondition:
    return ListCondition("app_id{by} = {place}", (app_id,))


def of_person(uid: str) -> ListCondition:
    return ListCondition(_OF_PERSON, (uid,), " + 0")


def _within(reminders: Iterable[Reminder], scope: ReminderScope) -> list[Reminder]:
    apps = scope.app_ids
    return [one for one in reminders if apps is None or one.app_id in apps]


def _page(
    rows: Sequence[Row], end: str, wanted: ReminderSearch, place: Callable[[Row], str]
) -> FoundReminders:
    """`rows` are in order; `end` is the place up to which all was searched, empty for the whole."""
    page = rows[: wanted.limit]
    after = place(page[-1]) if len(page) == wanted.limit else end
    return FoundReminders(_within(reminders_of(page), wanted.scope), after)


def _place_in(after: str) -> tuple[int, str]:
    due, _, reminder_id = after.partition("_")
    return int(due or -_NEVER), reminder_id


def _in_order(rows: Sequence[Row], scope: ReminderScope, limit: int) -> list[Reminder]:
    found = _within(reminders_of(rows), scope)
    return sorted(found, key=lambda one: one.start + one.defer)[:limit]


def _due_and_id(row: Row) -> tuple[int, str]:
    return row["due_at"], row["id"]


def _pattern(text: str) -> str:
    return containing(text) if text else ""
