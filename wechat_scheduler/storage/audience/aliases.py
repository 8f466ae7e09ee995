"""`audience.ports.Aliases` on a database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain

from wechat_scheduler.audience.ids import name_taken
from wechat_scheduler.audience.model import Alias, App, Bindings, Found, Subscription
from wechat_scheduler.engine.batches import Batches
from wechat_scheduler.storage.audience import subscribers, subscriptions
from wechat_scheduler.storage.audience.subscribers import subscriber_of
from wechat_scheduler.storage.audience.subscriptions import subscribe
from wechat_scheduler.storage.database import (
    IDS,
    Database,
    Row,
    Script,
    Statement,
    rows_of,
    with_ids,
)
from wechat_scheduler.storage.locking import lock_person
from wechat_scheduler.storage.recent import RecentRows
from wechat_scheduler.storage.rows import columns, micros, record, stored
from wechat_scheduler.storage.unreadable import only, readable

ONE = "SELECT * FROM aliases WHERE app_id = $1 AND name = $2"
OF_PERSON = "SELECT * FROM aliases WHERE uid = $2 AND app_id = $1"
KEPT = ("app_id", "name", "uid", "openkey_hash", "openkey_until", "consented")
PUT = f"""
    INSERT INTO aliases ({", ".join(KEPT)})
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (app_id, name) DO UPDATE
    SET uid = excluded.uid, openkey_hash = excluded.openkey_hash,
        openkey_until = excluded.openkey_until, consented = excluded.consented
"""  # noqa: S608 - our own names
# A name that moves to another user loses the openkey and the consent of the former one.
BIND = """
    INSERT INTO aliases (app_id, name, uid) VALUES ($1, $2, $3)
    ON CONFLICT (app_id, name) DO UPDATE
    SET uid = excluded.uid, openkey_hash = '', openkey_until = NULL, consented = 0
    WHERE aliases.uid <> excluded.uid
"""
# A name that there is stays its user's; the update changes nothing and makes RETURNING work.
BIND_FREE = """
    INSERT INTO aliases (app_id, name, uid) VALUES ($1, $2, $3)
    ON CONFLICT (app_id, name) DO UPDATE SET uid = aliases.uid RETURNING uid
"""
# A known subscriber keeps all fields; the update changes nothing and makes RETURNING work.
KNOWN = """
    INSERT INTO subscribers (uid, appid, openid, follows, created_at) VALUES ($1, $2, $3, 1, $4)
    ON CONFLICT (appid, openid) DO UPDATE SET openid = excluded.openid RETURNING uid
"""
# Without the openids of signed calls. The `+` keeps SQLite from reading all names of the app to find these few.
NAMES = "SELECT uid, name FROM aliases WHERE uid IN ({places}) AND +app_id = $1 AND openkey_hash = '' ORDER BY name"
NAMES_OF_ALL = (
    f"SELECT uid, name FROM aliases WHERE uid IN ({IDS}) AND openkey_hash = '' ORDER BY name"  # noqa: S608 - our own text
)
REMOVE = "DELETE FROM aliases WHERE app_id = $1 AND name = $2 RETURNING name"
# The numbers of names that one FIND takes: few, since each text is prepared once.
SIZES = (1, 8, 64, 200)
# `|| ''` keeps SQLite from reading all subscribers of the account to find these few.
FIND = """
    SELECT {name} AS name, {subscriber}, {subscription}
    FROM {tables} LEFT JOIN subscriptions n
        ON n.uid = s.uid AND n.app_id = $1 AND n.topic_id = 0
    WHERE s.appid || '' = $2 AND {name} IN ({places})
"""


# For names that are neither: most are, and so this is asked of few.
OPENIDS = """
    SELECT s.openid AS name, 0 AS rank, {subscriber}, {subscription}
    FROM subscribers s LEFT JOIN subscriptions n
        ON n.uid = s.uid AND n.app_id = $1 AND n.topic_id = 0
    WHERE s.appid = $2 AND s.openid IN ({places})
"""


class SqlAliases:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent: RecentRows[tuple[int, str, str], Found] = RecentRows(
            database, "aliases", "subscribers", "subscriptions"
        )
        self._finding: Batches[tuple[int, str], Sequence[str], Sequence[Row]] = Batches(self._rows)

    async def find(self, app: App, names: Sequence[str]) -> Mapping[str, Found]:
        """A uid has precedence over an alias of the same spelling, and both over an openid."""
        # PostgreSQL takes no NUL, and so no user has a name with one.
        keys = [(app.id, app.appid, name) for name in dict.fromkeys(names) if "\0" not in name]
        known = self._recent.known(keys)
        if unknown := [name for *of_app, name in keys if (*of_app, name) not in known]:
            version = self._recent.version()
            rows = await self._finding.do((app.id, app.appid), unknown)
            read = readable(rows, _named, table="subscribers", key="uid")
            found = {(app.id, app.appid, name): one for name, one in read}
            self._recent.keep(version, found)
            known |= found
        return {name: found for (*_, name), found in known.items()}

    async def _rows(
        self, app: tuple[int, str], wanted: Sequence[Sequence[str]]
    ) -> Sequence[Sequence[Row]]:
        """The rows of each list of names. Aliases come first."""
        found: dict[str, list[Row]] = {}
        names = list(dict.fromkeys(chain.from_iterable(wanted)))
        for sql in (find_sql, openids_sql):
            for chunk in _chunks([name for name in names if name not in found]):
                for row in await self._database.read(sql(len(chunk)), *app, *chunk):
                    found.setdefault(row["name"], []).append(row)
        return [[row for name in names for row in found.get(name, ())] for names in wanted]

    async def bind(
        self, app: App, names: Bindings, *, now: datetime, moves: bool = True
    ) -> Mapping[str, str]:
        bind = _move if moves else _take
        return await self._database.write(lambda: _bind(app, names, now, bind))

    async def remove(self, app_id: int, name: str) -> bool:
        statement = Statement(REMOVE, (app_id, name))
        return bool(await self._database.write(lambda: rows_of(statement)))

    async def get(self, app_id: int, name: str) -> Alias | None:
        rows = await self._database.read(ONE, app_id, name)
        return only(rows, _alias, table="aliases", key="name")

    async def of_person(self, app_id: int, uid: str) -> Sequence[Alias]:
        return _by_name(await self._database.read(OF_PERSON, app_id, uid))

    async def names_of(self, app_id: int, uids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for chunk in _chunks(list(dict.fromkeys(uids))):
            for row in await self._database.read(names_sql(len(chunk)), app_id, *chunk):
                found.setdefault(row["uid"], []).append(row["name"])
        return found

    async def names_of_all(self, uids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for statement in with_ids(NAMES_OF_ALL, uids):
            for row in await self._database.read(statement.sql, *statement.params):
                found.setdefault(row["uid"], []).append(row["name"])
        return {uid: list(dict.fromkeys(names)) for uid, names in found.items()}

    async def change(
        self, app_id: int, uid: str, edit: Callable[[Sequence[Alias]], Alias]
    ) -> Alias:
        return await self._database.write(lambda: _change(app_id, uid, edit))


def _by_name(rows: Sequence[Row]) -> Sequence[Alias]:
    aliases = readable(rows, _alias, table="aliases", key="name")
    return sorted(aliases, key=lambda alias: alias.name)


def _alias(row: Row) -> Alias:
    return record(Alias, row)


def _change(app_id: int, uid: str, edit: Callable[[Sequence[Alias]], Alias]) -> Script[Alias]:
    yield lock_person(uid)
    alias = edit(_by_name((yield Statement(OF_PERSON, (app_id, uid)))))
    yield Statement(PUT, stored(alias, KEPT))
    return alias


def _chunks(names: list[str]) -> Iterator[list[str]]:
    """Each has one of the SIZES; its last name is repeated to fill it."""
    for start in range(0, len(names), SIZES[-1]):
        chunk = names[start : start + SIZES[-1]]
        size = next(size for size in SIZES if len(chunk) <= size)
        yield chunk + chunk[-1:] * (size - len(chunk))


@cache
def names_sql(size: int) -> str:
    """NAMES of `size` users."""
    return NAMES.format(places=", ".join(f"${number + 2}" for number in range(size)))


@cache
def openids_sql(size: int) -> str:
    """OPENIDS for `size` names."""
    return OPENIDS.format(
        places=", ".join(f"${number + 3}" for number in range(size)),
        subscriber=columns("s", subscribers.COLUMNS),
        subscription=columns("n", subscriptions.COLUMNS, "n_"),
    )


@cache
def find_sql(size: int) -> str:
    """FIND for `size` names. Aliases come first, so that uids replace them."""
    places = ", ".join(f"${number + 3}" for number in range(size))
    parts = (
        ("a.name", "aliases a JOIN subscribers s ON s.uid = a.uid AND a.app_id = $1", 0),
        ("s.uid", "subscribers s", 1),
    )
    return (
        " UNION ALL ".join(
            FIND.format(
                name=name,
                tables=tables,
                places=places,
                subscriber=f"{rank} AS rank, {columns('s', subscribers.COLUMNS)}",
                subscription=columns("n", subscriptions.COLUMNS, "n_"),
            )
            for name, tables, rank in parts
        )
        + " ORDER BY rank"
    )


def _named(row: Row) -> tuple[str, Found]:
    return row["name"], _found(row)


def _found(row: Row) -> Found:
    takes = None if row["n_id"] is None else record(Subscription, row, "n_")
    return Found(subscriber=subscriber_of(row), subscription=takes)


def _bind(
    app: App, names: Bindings, now: datetime, bind: Callable[[int, str, str], Script[None]]
) -> Script[Mapping[str, str]]:
    """In the order of the openids: two that bind the same users do not deadlock."""
    bound: dict[str, str] = {}
    for name, (openid, uid, subscription_id) in sorted(names.items(), key=lambda item: item[1][0]):
        rows = yield Statement(KNOWN, (uid, app.appid, openid, micros(now)))
        bound[name] = rows[0]["uid"]
        wanted = Subscription(
            id=subscription_id, app_id=app.id, topic_id=0, uid=bound[name], created_at=now
        )
        yield from subscribe(wanted)
        yield from bind(app.id, name, bound[name])
    return bound


def _move(app_id: int, name: str, uid: str) -> Script[None]:
    yield Statement(BIND, (app_id, name, uid))


def _take(app_id: int, name: str, uid: str) -> Script[None]:
    """Raises ConflictError for the name of another user."""
    rows = yield Statement(BIND_FREE, (app_id, name, uid))
    if (owner := rows[0]["uid"]) != uid:
        raise name_taken(name, owner)
