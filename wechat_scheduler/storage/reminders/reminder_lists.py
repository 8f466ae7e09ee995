"""`reminders.ports.ReminderLists` on a database."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.ports import FoundReminders, ReminderScope, ReminderSearch, RingSpan
from wechat_scheduler.storage.database import Database, Row
from wechat_scheduler.storage.reminders.reminders import COLUMNS, reminders_of
from wechat_scheduler.storage.rows import micros

# Reminders of an app in which one page of a search looks for a text: some milliseconds.
SEARCHED: Final = 5000

# Behind every id.
_LAST: Final = "~"

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
# The last id in which one page looks for a text.
SEARCH_END = f"""
    SELECT id FROM reminders WHERE id > $1 AND {{whose}} ORDER BY id LIMIT 1 OFFSET {SEARCHED - 1}
"""  # noqa: S608 - our own number


class ListCondition(NamedTuple):
    """ListCondition reminders a statement reads: a condition, and its value if it has one."""

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
        state, text = wanted.state or "", f"%{_escaped(wanted.text)}%" if wanted.text else ""
        rows: list[Row] = []
        last = _LAST
        for whose in whose_of(wanted.scope):
            end = await self._search_end(whose, wanted) if text else _LAST
            params = (wanted.after, end, state, text, *whose.values, wanted.limit)
            rows += await self._database.read(whose.sql(FOUND, 4), *params)
            last = min(last, end)
        return _page(rows, last, wanted)

    async def _search_end(self, whose: ListCondition, wanted: ReminderSearch) -> str:
        sql = whose.sql(SEARCH_END, 1)
        rows = await self._database.read(sql, wanted.after, *whose.values)
        return rows[0]["id"] if rows else _LAST

    async def _next(
        self, sql: str, span: RingSpan, given: tuple[int, ...], limit: int
    ) -> Sequence[Reminder]:
        rows: list[Row] = []
        for whose in whose_of(span.scope):
            params = (*given, *whose.values, limit)
            rows += await self._database.read(whose.sql(sql, len(given)), *params)
        found = _within(reminders_of(rows), span.scope)
        return sorted(found, key=lambda one: one.start + one.defer)[:limit]


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


def _page(rows: Sequence[Row], last: str, wanted: ReminderSearch) -> FoundReminders:
    """`last` is the id up to which all was searched."""
    in_order = sorted(rows, key=lambda row: row["id"])
    page = [row for row in in_order if row["id"] <= last][: wanted.limit]
    after = page[-1]["id"] if len(page) == wanted.limit else last.replace(_LAST, "")
    return FoundReminders(_within(reminders_of(page), wanted.scope), after)


def _escaped(text: str) -> str:
    """As LIKE reads it."""
    return "".join(f"!{one}" if one in "!%_" else one for one in text.lower())
