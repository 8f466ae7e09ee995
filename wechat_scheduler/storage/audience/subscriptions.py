"""`audience.ports.Subscriptions` on a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Unpack

from wechat_scheduler.audience.filters import ReceiverCount, SubscriptionFilter
from wechat_scheduler.audience.model import Subscriber, Subscription
from wechat_scheduler.storage.audience import subscribers
from wechat_scheduler.storage.audience.called import called_by
from wechat_scheduler.storage.audience.subscribers import subscriber_of
from wechat_scheduler.storage.conditions import SqlConditions
from wechat_scheduler.storage.database import (
    IDS,
    Database,
    Row,
    Script,
    Statement,
    rows_of,
    with_ids,
)
from wechat_scheduler.storage.rows import columns, micros, record, stored
from wechat_scheduler.storage.unreadable import only, readable

COLUMNS = "id app_id topic_id uid blocked muted created_at"
PUT = f"""
    INSERT INTO subscriptions ({", ".join(COLUMNS.split())})
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (app_id, topic_id, uid) DO NOTHING RETURNING *
"""  # noqa: S608 - our own names
SAME = "SELECT * FROM subscriptions WHERE app_id = $1 AND topic_id = $2 AND uid = $3"
# A row that cannot be read: the user may have muted it, so the rest of it stays.
MEND = """
    UPDATE subscriptions SET id = $4, created_at = $5
    WHERE app_id = $1 AND topic_id = $2 AND uid = $3 RETURNING *
"""
ONE = "SELECT * FROM subscriptions WHERE id = $1"
OF_PERSON = "SELECT * FROM subscriptions WHERE uid = $1 ORDER BY id"
APPS = (
    f"SELECT id, uid, app_id FROM subscriptions WHERE topic_id = 0 AND uid IN ({IDS}) ORDER BY id"  # noqa: S608 - our own names
)
LIST = f"""
    SELECT {columns("s", subscribers.COLUMNS)}, {columns("n", COLUMNS, "n_")}
    FROM {{before}}subscriptions n JOIN subscribers s ON s.uid = n.uid
"""  # noqa: S608 - our own names
COUNT = "SELECT count(*) AS size FROM subscriptions n"
SET_BLOCKED = "UPDATE subscriptions SET blocked = $2 WHERE id = $1 RETURNING id"
SET_MUTED = "UPDATE subscriptions SET muted = $2 WHERE id = $1 RETURNING id"
REMOVE = "DELETE FROM subscriptions WHERE id = $1 RETURNING id"
_RECEIVING = """
    FROM subscriptions n JOIN subscribers s ON s.uid = n.uid
    WHERE n.app_id = $1 AND n.topic_id = $2 AND n.blocked = 0 AND n.muted = 0
        AND s.follows = 1 AND s.trouble = ''
"""
RECEIVERS = f"SELECT n.uid {_RECEIVING} AND n.uid > $3 ORDER BY n.uid LIMIT $4"
TEXTS_END = subscribers.TEXTS_END.replace("subscribers.", "s.")
COUNT_RECEIVERS = f"""
    SELECT count(*) AS people, count(CASE WHEN texts_end > $3 THEN 1 END) AS heard
    FROM (SELECT {TEXTS_END} AS texts_end {_RECEIVING} LIMIT $4) few
"""  # noqa: S608 - our own text


class SqlSubscriptions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def subscribe(self, subscription: Subscription) -> tuple[Subscription, bool]:
        return await self._database.write(lambda: subscribe(subscription))

    async def get(self, subscription_id: int) -> Subscription | None:
        rows = await self._database.read(ONE, subscription_id)
        return only(rows, _subscription, table="subscriptions")

    async def of_app(
        self, app_id: int, **wanted: Unpack[SubscriptionFilter]
    ) -> Sequence[tuple[Subscription, Subscriber]]:
        if "\0" in wanted.get("called", ""):
            return ()
        before, where = _conditions(app_id, wanted)
        sql = f"{LIST.format(before=before)} WHERE {where} ORDER BY n.id"
        part = [where.place(one) for one in (wanted["limit"], wanted.get("offset", 0))]
        rows = await self._database.read(f"{sql} LIMIT {part[0]} OFFSET {part[1]}", *where.values)
        return readable(rows, _listed, table="subscribers", key="uid")

    async def count(
        self, app_id: int, *, topic_id: int | None, uid: str = "", blocked: bool | None = None
    ) -> int:
        wanted = SubscriptionFilter(topic_id=topic_id, uid=uid, blocked=blocked, limit=0)
        _, where = _conditions(app_id, wanted)
        rows = await self._database.read(f"{COUNT} WHERE {where}", *where.values)
        size: int = rows[0]["size"]
        return size

    async def count_receivers(
        self, app_id: int, topic_id: int, now: datetime, *, most: int
    ) -> ReceiverCount:
        params = app_id, topic_id, micros(now), most + 1
        (row,) = await self._database.read(COUNT_RECEIVERS, *params)
        people, heard = (min(row[name], most) for name in ("people", "heard"))
        return ReceiverCount(people=people, heard=heard, more=row["people"] > most)

    async def of_person(self, uid: str) -> Sequence[Subscription]:
        rows = await self._database.read(OF_PERSON, uid)
        return readable(rows, _subscription, table="subscriptions")

    async def apps_of(self, uids: Sequence[str]) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = {}
        for statement in with_ids(APPS, uids):
            rows = await self._database.read(statement.sql, *statement.params)
            for uid, app_id in readable(rows, _app_of, table="subscriptions"):
                found.setdefault(uid, []).append(app_id)
        return found

    async def set_blocked(self, subscription_id: int, *, blocked: bool) -> bool:
        return await self._changed(SET_BLOCKED, subscription_id, int(blocked))

    async def set_muted(self, subscription_id: int, *, muted: bool) -> bool:
        return await self._changed(SET_MUTED, subscription_id, int(muted))

    async def remove(self, subscription_id: int) -> bool:
        return await self._changed(REMOVE, subscription_id)

    async def receivers(
        self, app_id: int, topic_id: int, *, after: str, limit: int
    ) -> Sequence[str]:
        rows = await self._database.read(RECEIVERS, app_id, topic_id, after, limit)
        return [row["uid"] for row in rows]

    async def _changed(self, sql: str, *params: object) -> bool:
        return bool(await self._database.write(lambda: rows_of(Statement(sql, params))))


def subscribe(subscription: Subscription) -> Script[tuple[Subscription, bool]]:
    if new := (yield Statement(PUT, stored(subscription, COLUMNS.split()))):
        return record(Subscription, new[0]), True
    place = (subscription.app_id, subscription.topic_id, subscription.uid)
    known = yield Statement(SAME, place)
    for found in readable(known, _subscription, table="subscriptions"):
        return found, False
    mended = yield Statement(MEND, (*place, *stored(subscription, ("id", "created_at"))))
    return record(Subscription, mended[0]), False


def _subscription(row: Row) -> Subscription:
    return record(Subscription, row)


def _listed(row: Row) -> tuple[Subscription, Subscriber]:
    return record(Subscription, row, "n_"), subscriber_of(row)


def _app_of(row: Row) -> tuple[str, int]:
    return row["uid"], int(row["app_id"])


def _conditions(app_id: int, wanted: SubscriptionFilter) -> tuple[str, SqlConditions]:
    """What is read in front of the subscriptions, and which of them."""
    topic_id, blocked = wanted.get("topic_id", 0), wanted.get("blocked")
    where, before = SqlConditions(), ""
    if called := wanted.get("called"):  # the few that it finds are looked up
        before = f"({called_by(called, where, (app_id,))}) few CROSS JOIN "
        where.add("n.uid = few.uid")
    where.add("n.app_id = {}", app_id)
    where.add("n.topic_id > {}" if topic_id is None else "n.topic_id = {}", topic_id or 0)
    if uid := wanted.get("uid"):
        where.add("n.uid = {}", uid)
    if blocked is not None:
        where.add("n.blocked = {}", int(blocked))
    if after := wanted.get("after"):
        where.add("n.id > {}", after)
    return before, where
