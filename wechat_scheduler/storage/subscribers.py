"""Who follows an account, and by which names an app knows them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache

from wechat_scheduler.audience.model import App, Found, Quiet, Subscriber
from wechat_scheduler.storage.cancelling import cancel_for_person
from wechat_scheduler.storage.database import Database, Row, Script, Statement
from wechat_scheduler.storage.people_rows import (
    SUBSCRIBER,
    SUBSCRIPTION,
    columns,
    quiet_text,
    subscriber_of,
    subscription_of,
)
from wechat_scheduler.storage.rows import micros

ONE = f"SELECT {columns('s', SUBSCRIBER)} FROM subscribers s WHERE uid = $1"  # noqa: S608 - our own names
ONE_OF = f"SELECT {columns('s', SUBSCRIBER)} FROM subscribers s WHERE appid = $1 AND openid = $2"  # noqa: S608 - our own names
# What WeChat repeats late is older than what it said meanwhile.
HEARD = """
    INSERT INTO subscribers (uid, appid, openid, follows, heard_at, created_at)
    VALUES ($1, $2, $3, 1, $4, $4)
    ON CONFLICT (appid, openid) DO UPDATE
    SET follows = 1, trouble = '', heard_at = CASE
        WHEN subscribers.heard_at > excluded.heard_at THEN subscribers.heard_at
        ELSE excluded.heard_at END
    RETURNING *
"""
UNFOLLOW = """
    UPDATE subscribers SET follows = 0, heard_at = NULL
    WHERE appid = $1 AND openid = $2 AND (heard_at IS NULL OR heard_at <= $3) RETURNING *
"""
CHANGE = """
    UPDATE subscribers SET zone = coalesce($2, zone), quiet = coalesce($3, quiet),
        nickname = coalesce($4, nickname), avatar = coalesce($5, avatar),
        morning = coalesce($6, morning), hears_joins = coalesce($7, hears_joins)
    WHERE uid = $1 RETURNING *
"""
# How many names one statement looks up. Few sizes make few texts: each is prepared once.
SIZES = (1, 20, 200)
# `|| ''` keeps SQLite from reading all subscribers of the account to find these few.
FIND = """
    SELECT {name} AS name, {subscriber}, {subscription}
    FROM {tables} LEFT JOIN subscriptions n
        ON n.uid = s.uid AND n.app_id = $1 AND n.topic_id = 0
    WHERE s.appid || '' = $2 AND {name} IN ({places})
"""


async def find(database: Database, app: App, names: Sequence[str]) -> Mapping[str, Found]:
    """A uid goes before an alias that is spelled like it."""
    found: dict[str, Found] = {}
    for chunk in _chunks(list(dict.fromkeys(names))):
        rows = await database.read(_find_sql(len(chunk)), app.id, app.appid, *chunk)
        found |= {row["name"]: _found(row) for row in rows}
    return found


async def one(database: Database, sql: str, *params: object) -> Subscriber | None:
    rows = await database.read(sql, *params)
    return subscriber_of(rows[0]) if rows else None


def heard(appid: str, openid: str, uid: str, now: datetime) -> Script[Subscriber]:
    rows = yield Statement(HEARD, (uid, appid, openid, micros(now)))
    return subscriber_of(rows[0])


def unfollow(appid: str, openid: str, now: datetime) -> Script[Subscriber | None]:
    rows = yield Statement(UNFOLLOW, (appid, openid, micros(now)))
    if not rows:
        return None
    yield cancel_for_person(rows[0]["uid"], "the user unfollowed the account", now)
    return subscriber_of(rows[0])


def change(
    uid: str,
    *,
    zone: str | None,
    quiet: Quiet | None,
    no_quiet: bool,
    nickname: str | None,
    avatar: str | None,
    morning: str | None,
    hears_joins: bool | None,
) -> Script[Subscriber | None]:
    hours = "" if no_quiet else quiet_text(quiet) if quiet else None
    joins = None if hears_joins is None else int(hears_joins)
    rows = yield Statement(CHANGE, (uid, zone, hours, nickname, avatar, morning, joins))
    return subscriber_of(rows[0]) if rows else None


def _chunks(names: list[str]) -> Iterator[list[str]]:
    """Each of one of the SIZES, filled up with its last name."""
    for start in range(0, len(names), SIZES[-1]):
        chunk = names[start : start + SIZES[-1]]
        size = next(size for size in SIZES if len(chunk) <= size)
        yield chunk + chunk[-1:] * (size - len(chunk))


@cache
def _find_sql(size: int) -> str:
    """Aliases come first, so that uids replace them."""
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
                subscriber=f"{rank} AS rank, {columns('s', SUBSCRIBER)}",
                subscription=columns("n", SUBSCRIPTION, "n_"),
            )
            for name, tables, rank in parts
        )
        + " ORDER BY rank"
    )


def _found(row: Row) -> Found:
    takes = None if row["n_id"] is None else subscription_of(row, "n_")
    return Found(subscriber=subscriber_of(row), subscription=takes)
