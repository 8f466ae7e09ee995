"""Who takes what an app, or a topic of it, sends."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wechat_scheduler.audience.model import Subscriber, Subscription
from wechat_scheduler.storage.database import Database, Script, Statement
from wechat_scheduler.storage.people_rows import (
    SUBSCRIBER,
    SUBSCRIPTION,
    columns,
    subscriber_of,
    subscription_of,
)
from wechat_scheduler.storage.rows import micros

PUT = """
    INSERT INTO subscriptions (id, app_id, topic_id, uid, blocked, muted, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (app_id, topic_id, uid) DO NOTHING RETURNING *
"""
SAME = "SELECT * FROM subscriptions WHERE app_id = $1 AND topic_id = $2 AND uid = $3"
ONE = "SELECT * FROM subscriptions WHERE id = $1"
OF = "SELECT * FROM subscriptions WHERE uid = $1 ORDER BY id"
LIST = f"""
    SELECT {columns("s", SUBSCRIBER)}, {columns("n", SUBSCRIPTION, "n_")}
    FROM subscriptions n JOIN subscribers s ON s.uid = n.uid
"""  # noqa: S608 - our own names
COUNT = "SELECT count(*) AS size FROM subscriptions n"
SET_BLOCKED = "UPDATE subscriptions SET blocked = $2 WHERE id = $1 RETURNING id"
SET_MUTED = "UPDATE subscriptions SET muted = $2 WHERE id = $1 RETURNING id"
REMOVE = "DELETE FROM subscriptions WHERE id = $1 RETURNING id"
PAGE = """
    SELECT n.uid FROM subscriptions n JOIN subscribers s ON s.uid = n.uid
    WHERE n.app_id = $1 AND n.topic_id = $2 AND n.uid > $3 AND n.blocked = 0 AND n.muted = 0
        AND s.follows = 1 AND s.trouble = ''
    ORDER BY n.uid LIMIT $4
"""


class Wanted(NamedTuple):
    """Which subscriptions of an app; `topic_id` 0 is the app itself, None all of its topics."""

    app_id: int
    topic_id: int | None
    uid: str
    blocked: bool | None
    after: int = 0


async def listed(
    database: Database, wanted: Wanted, *, offset: int, limit: int
) -> Sequence[tuple[Subscription, Subscriber]]:
    where, params = _where(wanted)
    size = len(params)
    sql = f"{LIST} WHERE {where} ORDER BY n.id LIMIT ${size + 1} OFFSET ${size + 2}"
    rows = await database.read(sql, *params, limit, offset)
    return [(subscription_of(row, "n_"), subscriber_of(row)) for row in rows]


async def count(database: Database, wanted: Wanted) -> int:
    where, params = _where(wanted)
    size: int = (await database.read(f"{COUNT} WHERE {where}", *params))[0]["size"]
    return size


def subscribe(subscription: Subscription) -> Script[tuple[Subscription, bool]]:
    place = (subscription.app_id, subscription.topic_id, subscription.uid)
    flags = (int(subscription.blocked), int(subscription.muted))
    values = (subscription.id, *place, *flags, micros(subscription.created_at))
    if new := (yield Statement(PUT, values)):
        return subscription_of(new[0]), True
    known = yield Statement(SAME, place)
    return subscription_of(known[0]), False


def _where(wanted: Wanted) -> tuple[str, tuple[object, ...]]:
    conditions, params = zip(*_conditions(wanted), strict=True)
    numbered = (f"{text} ${number}" for number, text in enumerate(conditions, start=1))
    return " AND ".join(numbered), params


def _conditions(wanted: Wanted) -> Iterator[tuple[str, object]]:
    yield "n.app_id =", wanted.app_id
    yield ("n.topic_id >", 0) if wanted.topic_id is None else ("n.topic_id =", wanted.topic_id)
    if wanted.uid:
        yield "n.uid =", wanted.uid
    if wanted.blocked is not None:
        yield "n.blocked =", int(wanted.blocked)
    if wanted.after:
        yield "n.id >", wanted.after
