"""`alerts.ports.AlertStore` on a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from wechat_scheduler.alerts.model import Alert, AlertKey, AlertState
from wechat_scheduler.alerts.ports import AlertFilter
from wechat_scheduler.delivery.model import Message, Target
from wechat_scheduler.feed.model import FeedEntry, FeedKind
from wechat_scheduler.storage.conditions import SqlConditions
from wechat_scheduler.storage.database import Database, Row, Script, Statement, each
from wechat_scheduler.storage.delivery.messages import put_messages
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.rows import (
    micros,
    record,
    stored,
)
from wechat_scheduler.storage.unreadable import only, readable

COLUMNS: Final = (
    "id", "version", "rule", "subject", "node", "appid", "kind", "severity", "text", "advice", "since",
    "fired_at", "told_at", "told_severity", "gone_at", "cleared_at", "muted_until", "changed_at", "times",
)  # fmt: skip
_LIST: Final = ", ".join(COLUMNS)
_CHANGED: Final = COLUMNS[2:]
# Only a row that is still as it was read; the id is `$1`, that version `$2`.
CHANGE: Final = f"""
    UPDATE alerts SET version = version + 1, {", ".join(f"{name} = ${n}" for n, name in enumerate(_CHANGED, start=3))}
    WHERE id = $1 AND version = $2 RETURNING id
"""  # noqa: S608 - our own names
ADD: Final = f"""
    INSERT INTO alerts ({_LIST}) VALUES ({", ".join(f"${n + 1}" for n in range(len(COLUMNS)))})
    ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608 - our own names
DROP: Final = "DELETE FROM alerts WHERE id = $1 AND version = $2 RETURNING id"
REMOVE: Final = "DELETE FROM alerts WHERE id = $1"
OPEN: Final = f"SELECT {_LIST} FROM alerts WHERE cleared_at IS NULL ORDER BY rule, subject, node"  # noqa: S608
ENDED: Final = f"SELECT {_LIST} FROM alerts WHERE cleared_at > $1 ORDER BY cleared_at"  # noqa: S608
ONE: Final = f"SELECT {_LIST} FROM alerts WHERE id = $1 AND fired_at IS NOT NULL"  # noqa: S608
MUTE: Final = f"""
    UPDATE alerts SET muted_until = $2, version = version + 1
    WHERE id = $1 AND cleared_at IS NULL AND fired_at IS NOT NULL RETURNING {_LIST}
"""  # noqa: S608 - our own names
PAGE: Final = """
    SELECT {columns} FROM alerts WHERE fired_at IS NOT NULL AND {where}
    AND (CAST($1 AS BIGINT) = 0 OR (since, id) < (SELECT a.since, a.id FROM alerts a WHERE a.id = $1))
    ORDER BY since DESC, id DESC LIMIT $2
"""
_STATES: Final = {
    AlertState.FIRING: "cleared_at IS NULL",
    AlertState.CLEARED: "cleared_at IS NOT NULL",
    None: "1 = 1",
}


class _OvertakenError(Exception):
    """Another process changed an alert meanwhile."""


class SqlAlerts:
    def __init__(self, database: Database, *, feed: SqlFeed) -> None:
        self._database = database
        self._feed = feed

    async def open_alerts(self) -> Sequence[Alert]:
        """One that cannot be read is removed: it would keep its condition from being told."""
        rows = await self._database.read(OPEN)
        found = _alerts(rows)
        if len(found) < len(rows):
            read = {alert.id for alert in found}
            spoilt = [row["id"] for row in rows if row["id"] not in read]
            await self._database.write(
                lambda: each(Statement(REMOVE, (alert_id,)) for alert_id in spoilt)
            )
        return found

    async def ended(self, *, since: datetime) -> Mapping[AlertKey, Alert]:
        return {
            alert.key: alert for alert in _alerts(await self._database.read(ENDED, micros(since)))
        }

    async def store(
        self,
        changed: Sequence[Alert],
        dropped: Sequence[Alert],
        messages: Sequence[tuple[Message, Sequence[Target]]],
        *,
        now: datetime,
    ) -> bool:
        try:
            await self._database.write(lambda: self._store(changed, dropped, messages, now))
        except _OvertakenError:
            return False
        return True

    def _store(
        self,
        changed: Sequence[Alert],
        dropped: Sequence[Alert],
        messages: Sequence[tuple[Message, Sequence[Target]]],
        now: datetime,
    ) -> Script[None]:
        for alert in changed:
            values = stored(alert, COLUMNS)
            new = alert.version == 0
            sql = ADD if new else CHANGE
            given = (values[0], 1, *values[2:]) if new else values
            if not (yield Statement(sql, given)):
                raise _OvertakenError
        for alert in dropped:
            if not (yield Statement(DROP, (alert.id, alert.version))):
                raise _OvertakenError
        if messages:
            yield from put_messages(messages, now)
        yield from self._feed.rare(
            [_entry(alert, now) for alert in changed if _is_told(alert, now)]
        )

    async def page(self, wanted: AlertFilter) -> Sequence[Alert]:
        where = SqlConditions((wanted.after, wanted.limit))
        where.add(_STATES[wanted.state])
        if wanted.appids:
            where.add_any("appid", sorted(wanted.appids))
        if wanted.kinds:
            where.add_any("kind", sorted(wanted.kinds))
        sql = PAGE.format(columns=_LIST, where=where)
        return _alerts(await self._database.read(sql, *where.values))

    async def alert(self, alert_id: int) -> Alert | None:
        return only(await self._database.read(ONE, alert_id), _alert_of, table="alerts")

    async def mute(self, alert_id: int, until: datetime) -> Alert | None:
        muted = await self._database.write(lambda: _mute(alert_id, until))
        return only(muted or (), _alert_of, table="alerts")


def _mute(alert_id: int, until: datetime) -> Script[Sequence[Row] | Literal[False]]:
    """False, which the audit does not note, if it does not fire."""
    return (yield Statement(MUTE, (alert_id, micros(until)))) or False


def _alerts(rows: Sequence[Row]) -> list[Alert]:
    return readable(rows, _alert_of, table="alerts")


def _alert_of(row: Row) -> Alert:
    return record(Alert, row)


def _is_told(alert: Alert, now: datetime) -> bool:
    """Whether it has begun, ended or worsened just now."""
    return now in (alert.fired_at, alert.cleared_at, alert.told_at)


def _entry(alert: Alert, now: datetime) -> FeedEntry:
    data = {
        "id": str(alert.id),
        "rule": alert.rule.value,
        "about": alert.subject,
        "severity": alert.severity.value,
        "state": alert.state.value,
    }
    return FeedEntry(at=now, what=FeedKind.ALERTED, appid=alert.appid, kind=alert.kind, data=data)
