"""The people who joined reminders: those whom a request named, and those who came by themselves.

A reminder may have a hundred thousand of them. They are joined and left one by one, counted, and read
in pages; nothing loads or replaces all of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from wechat_scheduler.reminders.model import JoinedPeople, PeopleChange
from wechat_scheduler.storage.checks import checked
from wechat_scheduler.storage.database import (
    CHUNK,
    IDS,
    Database,
    Row,
    Script,
    Statement,
    each,
    inserts,
    with_ids,
)
from wechat_scheduler.storage.unreadable import readable

# The `at` of those whom a request named is their number in it, and below this. That of those who came by
# themselves is an instant.
NAMED: Final = 1_000_000

PEOPLE = f"""
    SELECT reminder_id, uid FROM joined WHERE reminder_id IN ({IDS}) ORDER BY reminder_id, at, uid
"""  # noqa: S608 - our own text
NUMBERS = f"""
    SELECT reminder_id, count(*) AS number FROM joined WHERE reminder_id IN ({IDS})
    GROUP BY reminder_id
"""  # noqa: S608 - our own text
# Stops counting at the first that is too many. Ordered, or PostgreSQL would read the table.
FEW = f"""
    SELECT id, (SELECT count(*) FROM (
        SELECT 1 FROM joined j WHERE j.reminder_id = r.id ORDER BY j.uid LIMIT ${CHUNK + 1}
    ) few) AS number
    FROM reminders r WHERE id IN ({IDS})
"""  # noqa: S608 - our own text
FIRST = "SELECT uid FROM joined WHERE reminder_id = $1 ORDER BY at, uid LIMIT $2"
IS_NAMED = f"SELECT uid FROM joined WHERE reminder_id = $1 AND at < {NAMED} ORDER BY at, uid"  # noqa: S608 - our own text
PAGE = "SELECT uid FROM joined WHERE reminder_id = $1 AND uid > $2 ORDER BY uid LIMIT $3"
HAS_JOINED = "SELECT uid FROM joined WHERE reminder_id = $1 AND uid = $2"
PUT = "INSERT INTO joined (reminder_id, uid, at)"
RENUMBER = f"""
    ON CONFLICT (reminder_id, uid) DO UPDATE SET at = excluded.at WHERE joined.at < {NAMED}
"""
JOIN = """
    INSERT INTO joined (reminder_id, uid, at)
    SELECT id, CAST($2 AS TEXT), CAST($3 AS BIGINT) FROM reminders WHERE id = $1 AND owner <> $2
    ON CONFLICT DO NOTHING RETURNING uid
"""
LEAVE = "DELETE FROM joined WHERE reminder_id = $1 AND uid = $2 RETURNING uid"
LEAVE_EACH = f"DELETE FROM joined WHERE uid IN ({IDS}) AND reminder_id = ${CHUNK + 1}"  # noqa: S608 - our own text
LEAVE_ALL = "DELETE FROM joined WHERE uid = $1"
# Removed reminders whose people are still stored: a deletion can be taken back, and what was due is spread.
REMOVED = """
    INSERT INTO removed_reminders (id, removed_at)
    SELECT r.id, CAST($2 AS BIGINT) FROM {reminders} r
    WHERE EXISTS (SELECT 1 FROM joined WHERE reminder_id = r.id)
    ON CONFLICT (id) DO UPDATE SET removed_at = excluded.removed_at
"""
ONE_REMOVED, SLOTS_REMOVED, SOME_OF_APP_REMOVED = (
    REMOVED.format(reminders=f"(SELECT id FROM reminders WHERE {whose})")  # noqa: S608 - our own text
    for whose in (
        "id = $1",
        "app_id + 0 = $1 AND owner = $3 AND source = $4",
        "app_id = $1 ORDER BY id LIMIT $3",
    )
)
# It is taken before its name is read, so that a damaged name comes no second time.
TAKE = """
    DELETE FROM removed_reminders WHERE id IN (
        SELECT id FROM removed_reminders WHERE removed_at < $1 AND NOT EXISTS (
            SELECT 1 FROM deliveries d WHERE d.state = 'pending'
                AND d.target = removed_reminders.id AND d.channel = 'participants'
        ) ORDER BY removed_at LIMIT 1
    ) RETURNING id, removed_at
"""
PUT_BACK = """
    INSERT INTO removed_reminders (id, removed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
# The reminder may be there again.
FORGET_SOME = """
    DELETE FROM joined WHERE reminder_id = $1 AND uid IN (
        SELECT uid FROM joined WHERE reminder_id = $1 AND NOT EXISTS (
            SELECT 1 FROM reminders WHERE id = $1
        ) ORDER BY uid LIMIT $2
    ) RETURNING uid
"""


async def read_people(
    database: Database, reminder_ids: Sequence[str], most: int
) -> dict[str, JoinedPeople]:
    """How many joined each reminder, and the first `most` of them."""
    numbers: dict[str, int] = {}
    for query in with_ids(NUMBERS, reminder_ids):
        for row in await database.read(query.sql, *query.params):
            numbers[row["reminder_id"]] = row["number"]
    people: dict[str, tuple[str, ...]] = {}
    for query in people_queries([one for one, number in numbers.items() if number <= most]):
        people |= people_in(await database.read(query.sql, *query.params))
    for one, number in numbers.items():
        if number > most:
            people[one] = tuple(uids_in(await database.read(FIRST, one, most)))
    return {one: JoinedPeople(people.get(one, ()), number) for one, number in numbers.items()}


def people_queries(reminder_ids: Sequence[str]) -> Iterator[Statement]:
    """Queries for rows that `people_in` takes."""
    return with_ids(PEOPLE, reminder_ids)


def people_in(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    by_reminder = groupby(rows, key=lambda row: row["reminder_id"])
    return {one: tuple(uids_in(some)) for one, some in by_reminder}


def uids_in(rows: Iterable[Row]) -> list[str]:
    """The names, without those that are not text."""
    return readable(rows, _uid, table="joined", key="uid")


def _uid(row: Row) -> str:
    return str(checked("uid", str, row["uid"]))


def few_people(reminder_ids: Sequence[str], most: int) -> Script[dict[str, tuple[str, ...] | None]]:
    """For `yield from`: who joined each reminder; None if those are more than `most`."""
    numbers: dict[str, int] = {}
    for query in with_ids(FEW, reminder_ids):
        for row in (yield Statement(query.sql, (*query.params, most + 1))):
            numbers[row["id"]] = row["number"]
    found: dict[str, tuple[str, ...] | None] = dict.fromkeys(
        one for one, number in numbers.items() if number > most
    )
    for query in people_queries([one for one, number in numbers.items() if 0 < number <= most]):
        found |= people_in((yield query))
    return found


def named(reminder_id: str, owner: str, change: PeopleChange) -> Script[None]:
    """For `yield from`: a request named those who join; they are in this order."""
    yield from each(_left(reminder_id, change))
    yield from each(inserts(PUT, _rows(reminder_id, owner, change, 0), RENUMBER))


def came(reminder_id: str, owner: str, change: PeopleChange, now: int) -> Script[None]:
    """For `yield from`: those who join come by themselves."""
    yield from each(_left(reminder_id, change))
    rows = _rows(reminder_id, owner, change, now)
    yield from each(inserts(PUT, rows, "ON CONFLICT DO NOTHING"))


def _left(reminder_id: str, change: PeopleChange) -> Iterator[Statement]:
    for statement in with_ids(LEAVE_EACH, change.leave):
        yield Statement(statement.sql, (*statement.params, reminder_id))


def _rows(
    reminder_id: str, owner: str, change: PeopleChange, first: int
) -> list[tuple[object, ...]]:
    others = dict.fromkeys(uid for uid in change.join if uid != owner)
    return [(reminder_id, uid, first + number) for number, uid in enumerate(others)]


def of_removed(before: int, limit: int) -> Script[int]:
    """Forget people of reminders that were removed before that and are not being sent."""
    gone = 0
    while gone < limit and (removed := (yield Statement(TAKE, (before,)))):
        reminder_id, most = removed[0]["id"], limit - gone
        some = len((yield Statement(FORGET_SOME, (reminder_id, most))))
        gone += some
        if some < most:
            gone += 1
        else:
            yield Statement(PUT_BACK, tuple(removed[0]))
    return gone
