"""`audience.ports.Subscribers` on a database."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from wechat_scheduler.audience.filters import SubscriberFilter
from wechat_scheduler.audience.model import Quiet, Subscriber, SubscriberChange
from wechat_scheduler.audience.text_windows import WINDOW
from wechat_scheduler.engine.batches import Batches
from wechat_scheduler.storage.audience.called import called_by
from wechat_scheduler.storage.audience.cancelling import cancel_waiting
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
from wechat_scheduler.storage.recent import RecentRows
from wechat_scheduler.storage.rows import MICROSECOND, columns, micros, record
from wechat_scheduler.storage.unreadable import only, readable

COLUMNS = (
    "uid appid openid follows trouble heard_at texts_until zone quiet nickname avatar morning hears_joins"
    " created_at"
)
BY_UID = f"SELECT {columns('s', COLUMNS)} FROM subscribers s WHERE uid IN ({IDS})"  # noqa: S608 - our own names
LIST = f"SELECT {columns('s', COLUMNS)}"
# WeChat may repeat an event after a newer one: the newest time stays.
# As `text_windows.texts_end`: rows of earlier releases have no end, or one before the last act.
TEXTS_END = f"""(CASE WHEN subscribers.texts_until >= subscribers.heard_at THEN subscribers.texts_until
        ELSE subscribers.heard_at + {WINDOW // MICROSECOND} END)"""
FOLLOW = f"""
    INSERT INTO subscribers (uid, appid, openid, follows, heard_at, texts_until, created_at)
    VALUES ($1, $2, $3, 1, $4, $5, $4)
    ON CONFLICT (appid, openid) DO UPDATE
    SET follows = 1, trouble = '', heard_at = CASE
        WHEN subscribers.heard_at > excluded.heard_at THEN subscribers.heard_at
        ELSE excluded.heard_at END,
    texts_until = CASE WHEN {TEXTS_END} > excluded.texts_until THEN {TEXTS_END}
        ELSE excluded.texts_until END
    RETURNING *
"""  # noqa: S608 - our own text
UNFOLLOW = """
    UPDATE subscribers SET follows = 0, heard_at = NULL, texts_until = NULL
    WHERE appid = $1 AND openid = $2 AND (heard_at IS NULL OR heard_at <= $3) RETURNING *
"""
UNFOLLOWED = "the user unfollowed the account"
CHANGE = """
    UPDATE subscribers SET zone = coalesce($2, zone), quiet = coalesce($3, quiet),
        nickname = coalesce($4, nickname), avatar = coalesce($5, avatar),
        morning = coalesce($6, morning), hears_joins = coalesce($7, hears_joins)
    WHERE uid = $1 RETURNING *
"""


class SqlSubscribers:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent: RecentRows[str, Subscriber] = RecentRows(database, "subscribers")
        self._finding: Batches[str, str, Sequence[Row]] = Batches(self._rows)

    async def by_uid(self, uid: str) -> Subscriber | None:
        if known := self._recent.known([uid]):
            return known[uid]
        version = self._recent.version()
        found = _only(await self._finding.do("", uid))
        if found:
            self._recent.keep(version, {uid: found})
        return found

    async def select(self, wanted: SubscriberFilter) -> Sequence[Subscriber]:
        if "\0" in f"{wanted.openid}{wanted.called}":
            return ()
        statement = listing(wanted)
        rows = await self._database.read(statement.sql, *statement.params)
        return readable(rows, subscriber_of, table="subscribers", key="uid")

    async def follow(
        self, appid: str, openid: str, *, uid: str, now: datetime, window: timedelta = WINDOW
    ) -> Subscriber:
        return await self._database.write(lambda: _follow(appid, openid, uid, now, window))

    async def unfollow(self, appid: str, openid: str, *, now: datetime) -> Subscriber | None:
        unfollow = Statement(UNFOLLOW, (appid, openid, micros(now)))
        rows = await self._database.write(lambda: rows_of(unfollow))
        await cancel_waiting(self._database, {row["uid"]: UNFOLLOWED for row in rows}, now)
        # The user has left, even if the row cannot be read.
        return next(iter(readable(rows, subscriber_of, table="subscribers", key="uid")), None)

    async def change(self, uid: str, change: SubscriberChange) -> Subscriber | None:
        return await self._database.write(lambda: _change(uid, change))

    async def _rows(self, _: str, uids: Sequence[str]) -> Sequence[Sequence[Row]]:
        """The rows of each uid: one or none."""
        found: dict[str, Row] = {}
        for statement in with_ids(BY_UID, uids):
            rows = await self._database.read(statement.sql, *statement.params)
            found |= {row["uid"]: row for row in rows}
        return [[found[uid]] if uid in found else () for uid in uids]


def listing(wanted: SubscriberFilter) -> Statement:
    where, tables = SqlConditions(), "subscribers s"
    if wanted.called:  # the few that it finds are looked up
        found = called_by(wanted.called, where, wanted.apps)
        tables = f"({found}) few CROSS JOIN subscribers s"
        where.add("s.uid = few.uid")
    where.add("(appid, openid) > ({}, {})", *wanted.after)
    if wanted.appid:
        where.add("appid = {}", wanted.appid)
    if wanted.openid:
        where.add("openid = {}", wanted.openid)
    if wanted.within is not None:
        where.add_any("appid", wanted.within)
    sql = f"{LIST} FROM {tables} WHERE {where} ORDER BY appid, openid LIMIT {where.place(wanted.limit)}"
    return Statement(sql, tuple(where.values))


def _only(rows: Sequence[Row]) -> Subscriber | None:
    return only(rows, subscriber_of, table="subscribers", key="uid")


def subscriber_of(row: Row) -> Subscriber:
    """Raises an error of UNREADABLE."""
    if row["zone"]:
        ZoneInfo(row["zone"])
    return record(Subscriber, row, quiet=_quiet(row["quiet"]))


def _quiet_text(quiet: Quiet | None) -> str | None:
    return f"{quiet.begins:%H:%M}-{quiet.ends:%H:%M}" if quiet else None


def _quiet(text: str) -> Quiet | None:
    begins, _, ends = text.partition("-")
    return Quiet(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends)) if ends else None


def _follow(
    appid: str, openid: str, uid: str, now: datetime, window: timedelta
) -> Script[Subscriber]:
    rows = yield Statement(FOLLOW, (uid, appid, openid, micros(now), micros(now + window)))
    found = _only(rows)
    assert found is not None  # noqa: S101 - it returns a row
    return found


def _change(uid: str, change: SubscriberChange) -> Script[Subscriber | None]:
    quiet = "" if change.no_quiet else _quiet_text(change.quiet)
    joins = None if change.hears_joins is None else int(change.hears_joins)
    names = (change.nickname, change.avatar, change.morning)
    rows = yield Statement(CHANGE, (uid, change.zone, quiet, *names, joins))
    return _only(rows)
