"""`pushes.ports.PushHistory` on a database: the rows from which pushes are handled, read as one list."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Final, NamedTuple

from wechat_scheduler.pushes.history import Fate, PastPush, Place, PushFilter, PushKind
from wechat_scheduler.pushes.model import TICKET
from wechat_scheduler.storage.checks import MOST_COUNTED
from wechat_scheduler.storage.conditions import SqlConditions
from wechat_scheduler.storage.database import Database, Row, Statement, rows_of
from wechat_scheduler.storage.rows import instant, micros, record
from wechat_scheduler.storage.unreadable import readable

# As long as the events of platforms.
KEPT: Final = timedelta(days=7)
_HOUR: Final = timedelta(hours=1) // timedelta(microseconds=1)

NOTE = f"""
    INSERT INTO refused_pushes (appid, fate, hour, at, reason, count)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (appid, fate, hour) DO UPDATE
    SET at = excluded.at, reason = excluded.reason, count = excluded.count +
        CASE WHEN refused_pushes.count BETWEEN 0 AND {MOST_COUNTED} THEN refused_pushes.count ELSE 0 END
"""  # noqa: S608 - our own number

_FATES: Final[Mapping[str, Fate]] = {
    "pending": Fate.WAITING,
    "done": Fate.HANDLED,
    "noted": Fate.IGNORED,
    "superseded": Fate.SUPERSEDED,
    "dead": Fate.DEAD,
}


class PushTable(NamedTuple):
    """A table with pushes. `at` is the column by which it has an index, `key` what tells those of one instant
    apart, and `of` finds those of an account."""

    name: str
    columns: str
    at: str
    key: str
    read: Callable[[Row], PastPush]
    of: str = "appid = {}"
    where: str = "1 = 1"

    def sql(self, conditions: str, limit: str) -> str:
        return (
            f"SELECT {self.columns} FROM {self.name} WHERE {self.where} AND {conditions} "  # noqa: S608 - our own names
            f"ORDER BY {self.at} DESC, {self.key} LIMIT {limit}"
        )


class SqlPushHistory:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, appid: str, fate: Fate, reason: str, *, count: int, now: datetime) -> None:
        at = micros(now)
        values = (appid, fate.value, at // _HOUR, at, reason, count)
        await self._database.write(partial(rows_of, Statement(NOTE, values)))

    async def find(self, wanted: PushFilter) -> Sequence[PastPush]:
        kinds = {*wanted.kinds} & {PushKind.ACT} if wanted.openid else wanted.kinds
        tables = [TABLES[kind] for kind in TABLES if kind in kinds]
        found = [push for table in tables for push in await self._read(table, wanted)]
        # Stable: those of one instant are in the order of the tables, and so have their places.
        found.sort(key=attrgetter("at"), reverse=True)
        before = wanted.before
        skip = min(before.skip, _at_begin(found, before)) if before else 0
        return found[skip : skip + wanted.limit]

    async def _read(self, table: PushTable, wanted: PushFilter) -> Sequence[PastPush]:
        statement = selecting(table, wanted)
        rows = await self._database.read(statement.sql, *statement.params)
        return readable(rows, table.read, table=table.name, key="appid")


def selecting(table: PushTable, wanted: PushFilter) -> Statement:
    where, before = SqlConditions(), wanted.before
    where.add(f"{table.at} <= {{}}", micros(before.at) if before else MOST_COUNTED)
    if wanted.appid:
        where.add(f"({table.of})", wanted.appid)
    if wanted.openid:
        where.add("openid = {}", wanted.openid)
    if wanted.within is not None:
        # `|| ''` keeps the planner from sorting all of these accounts' rows to find the newest few.
        where.add_any("appid || ''", wanted.within)
    limit = where.place(wanted.limit + (before.skip if before else 0))
    return Statement(table.sql(str(where), limit), tuple(where.values))


def _at_begin(found: Sequence[PastPush], before: Place) -> int:
    """How many are of the instant at which the page begins."""
    return sum(push.at == before.at for push in found)


def _event(row: Row) -> PastPush:
    return record(
        PastPush,
        row,
        kind=PushKind.EVENT,
        fate=_FATES[row["state"]],
        **_none("openid uid nickname effect"),
    )


def _act(row: Row) -> PastPush:
    fate = Fate.IGNORED if row["effect"] == "none" else Fate.HANDLED
    user = {name: row[name] if isinstance(row[name], str) else "" for name in ("uid", "nickname")}
    return record(PastPush, row, kind=PushKind.ACT, fate=fate, **user, **_none("account reason"))


def _ticket(row: Row) -> PastPush:
    return PastPush(
        at=instant(row["at"]),
        appid=row["appid"],
        kind=PushKind.TICKET,
        name=TICKET,
        fate=Fate.HANDLED,
    )


def _refused(row: Row) -> PastPush:
    return record(
        PastPush, row, kind=PushKind.REFUSED, name="", **_none("account openid uid nickname effect")
    )


def _none(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "")


# A user of whom nothing else is known has none of these.
_USER: Final = ", ".join(
    f"(SELECT s.{name} FROM subscribers s WHERE s.appid = heard.appid AND s.openid = heard.openid) AS {name}"  # noqa: S608 - our own names
    for name in ("uid", "nickname")
)
TABLES: Final[Mapping[PushKind, PushTable]] = {
    PushKind.REFUSED: PushTable(
        "refused_pushes", "appid, fate, at, reason, count", "at", "appid, fate", _refused
    ),
    PushKind.TICKET: PushTable(
        "pushes", "appid, received_at AS at", "received_at", "appid", _ticket,
        where=f"name = '{TICKET}'",
    ),
    PushKind.EVENT: PushTable(
        "events", "received_at AS at, appid, name, authorizer AS account, state, note AS reason, 1 AS count",
        "received_at", "id", _event, of="appid = {0} OR authorizer = {0}", where="name <> 'watch'",
    ),
    PushKind.ACT: PushTable(
        "heard", f"at, appid, name, openid, effect, 1 AS count, {_USER}", "at", "event", _act,
        where="appid IS NOT NULL",
    ),
}  # fmt: skip
