"""`pushes.ports.Inbox` and `pushes.ports.PushEndpoints` on a database."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from wechat_scheduler.credentials.model import ACCESS_TOKEN, COMPONENT_TOKEN, JobKey
from wechat_scheduler.pushes.events import TICKET_OVERDUE
from wechat_scheduler.pushes.history import ALL_ENDPOINTS, EndpointFilter
from wechat_scheduler.pushes.model import (
    TICKET,
    WATCH,
    PushEndpointView,
    Secrets,
    WaitingEvent,
)
from wechat_scheduler.storage.conditions import SqlConditions
from wechat_scheduler.storage.credentials.wake_ups import wake
from wechat_scheduler.storage.database import Database, Row, Script, Statement, each, rows_of
from wechat_scheduler.storage.locking import lock_pushes
from wechat_scheduler.storage.rows import Vault, instant_or_none, micros, record
from wechat_scheduler.storage.unreadable import UNREADABLE, only, readable

KEPT_TICKETS = 3

SECRETS = "SELECT appid, secrets FROM callbacks WHERE appid = $1"
PLATFORMS = """
    SELECT c.appid, c.secrets FROM callbacks c JOIN jobs j ON j.appid = c.appid
    WHERE j.kind = $1 AND j.subject = '' ORDER BY c.appid
"""
# Changes nothing, but locks the row: pushes for one appid are stored one after the other.
PUT_SECRETS = """
    INSERT INTO callbacks (appid, secrets, changed_at) VALUES ($1, $2, $3)
    ON CONFLICT (appid) DO UPDATE SET secrets = excluded.secrets, changed_at = excluded.changed_at
"""
REMOVE_SECRETS = "DELETE FROM callbacks WHERE appid = $1 RETURNING appid"
REMOVE_TICKETS = "DELETE FROM pushes WHERE appid = $1"
TICKETS = """
    SELECT received_at, value FROM pushes WHERE appid = $1 AND name = $2 ORDER BY received_at DESC
"""
PUT_TICKET = "INSERT INTO pushes (appid, name, received_at, value) VALUES ($1, $2, $3, $4)"
FORGET_TICKET = "DELETE FROM pushes WHERE appid = $1 AND name = $2 AND received_at = $3"
# The watch is an event that falls due when a platform's tickets stop: each ticket defers it.
PUT_OFF_WATCH = """
    INSERT INTO events (id, appid, name, authorizer, code, code_until, happened_at, received_at,
        state, due_at)
    VALUES ($1, $2, $3, '', '', 0, $4, $4, 'pending', $5)
    ON CONFLICT (id) DO UPDATE
    SET due_at = excluded.due_at, state = 'pending', claimed_by = NULL, attempts = 0,
        tried_at = NULL, note = '', crashes = 0, set_aside = ''
"""
REMOVE_WATCH = "DELETE FROM events WHERE id = $1"
# WeChat repeats no GET by itself: a captured one that is sent again and again changes the row once a minute.
UNVERIFIED = "SELECT 1 FROM callbacks WHERE appid = $1 AND COALESCE(verified_at, 0) < $2"
VERIFIED = "UPDATE callbacks SET verified_at = $2 WHERE appid = $1"
VERIFIED_PAUSE = timedelta(minutes=1)
CALLBACKS = """
    SELECT c.appid, c.secrets, c.changed_at, c.verified_at, w.tried_at AS asked_at, w.note,
        (SELECT max(h.at) FROM heard h WHERE h.appid = c.appid) AS heard_at,
        (SELECT max(received_at) FROM pushes p WHERE p.appid = c.appid AND p.name = $1) AS ticket_at,
        EXISTS (SELECT 1 FROM jobs j WHERE j.appid = c.appid AND j.kind = $2) AS platform,
        EXISTS (SELECT 1 FROM jobs j WHERE j.appid = c.appid AND j.kind = $3)
            OR EXISTS (SELECT 1 FROM apps a WHERE a.appid = c.appid) AS account,
        EXISTS (SELECT 1 FROM subscribers s WHERE s.appid = c.appid AND s.heard_at > 0) AS heard
    FROM callbacks c LEFT JOIN events w ON w.appid = c.appid AND w.name = 'watch'
"""
# Of the endpoints of one page.
COUNTS = """
    SELECT appid, name, count(*) AS count, max(received_at) AS last FROM events
    WHERE appid BETWEEN $1 AND $2 AND name <> 'watch' GROUP BY appid, name ORDER BY name
"""
WAITING = """
    SELECT appid, name, authorizer, received_at, due_at, note FROM events
    WHERE appid BETWEEN $1 AND $2 AND state = 'pending' AND name <> 'watch' ORDER BY received_at
"""

_json = msgspec.json.Encoder()
_secrets_json = msgspec.json.Decoder(Secrets)


class SqlPushes:
    """`tell` is `SqlCredentials.tell`."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        *,
        tell: Callable[[Iterable[JobKey]], Script[None]],
    ) -> None:
        self._database = database
        self._vault = vault
        self._tell = tell

    async def secrets(self, appid: str) -> Secrets | None:
        rows = await self._database.read(SECRETS, appid)
        found = only(rows, self._opened, table="callbacks", key="appid")
        return found and found[1]

    async def platforms(self) -> Sequence[tuple[str, Secrets]]:
        rows = await self._database.read(PLATFORMS, COMPONENT_TOKEN)
        return readable(rows, self._opened, table="callbacks", key="appid")

    async def verified(self, appid: str, *, now: datetime) -> None:
        if await self._database.read(UNVERIFIED, appid, micros(now - VERIFIED_PAUSE)):
            verified = Statement(VERIFIED, (appid, micros(now)))
            await self._database.write(lambda: rows_of(verified))

    async def put_secrets(self, appid: str, *, token: str, aes_key: str, now: datetime) -> None:
        await self._database.write(lambda: self._put_secrets(appid, token, aes_key, now))

    async def remove_secrets(self, appid: str) -> bool:
        return await self._database.write(lambda: _remove_secrets(appid))

    async def put_ticket(self, appid: str, ticket: str, *, now: datetime) -> bool:
        return await self._database.write(lambda: self._put_ticket(appid, ticket, now))

    async def view(self, wanted: EndpointFilter = ALL_ENDPOINTS) -> Sequence[PushEndpointView]:
        return await read_push_endpoints(self._database, self._vault, wanted)

    def _opened(self, row: Row) -> tuple[str, Secrets]:
        return row["appid"], _open_secrets(self._vault, row["appid"], row["secrets"])

    def _known(self, appid: str, rows: Sequence[Row]) -> Secrets:
        """The stored tickets; none if there is no row, or if it cannot be read: the new ones replace it."""
        try:
            return _open_secrets(self._vault, appid, rows[0]["secrets"])
        except UNREADABLE:
            return Secrets(tokens=(), aes_keys=())

    def _put_secrets(self, appid: str, token: str, aes_key: str, now: datetime) -> Script[None]:
        """The former secrets stay valid. The same secrets again change nothing."""
        rows = yield lock_pushes(appid)
        known = self._known(appid, rows)
        secrets = Secrets(
            tokens=_in_front(token, known.tokens), aes_keys=_in_front(aes_key, known.aes_keys)
        )
        if secrets != known:
            sealed = self._vault.seal(_json.encode(secrets).decode(), secrets_place(appid))
            yield Statement(PUT_SECRETS, (appid, sealed, micros(now)))
        if not rows:
            yield _put_off_watch(appid, now)

    def _put_ticket(self, appid: str, ticket: str, now: datetime) -> Script[bool]:
        if not (yield lock_pushes(appid)):
            return False
        yield _put_off_watch(appid, now)
        place = f"push:{appid}/{TICKET}"
        kept = yield Statement(TICKETS, (appid, TICKET))
        if any(self._vault.open_or(row["value"], place, otherwise="") == ticket for row in kept):
            return False
        # Two tickets in one instant, or a clock that was set back: the newest is the one that came last.
        at = max([micros(now), *(row["received_at"] + 1 for row in kept[:1])])
        yield Statement(PUT_TICKET, (appid, TICKET, at, self._vault.seal(ticket, place)))
        yield from each(
            Statement(FORGET_TICKET, (appid, TICKET, row["received_at"]))
            for row in kept[KEPT_TICKETS - 1 :]
        )
        yield from self._tell((yield from wake(appid, TICKET, micros(now))))
        return True


async def read_push_endpoints(
    database: Database, vault: Vault, wanted: EndpointFilter = ALL_ENDPOINTS
) -> Sequence[PushEndpointView]:
    """The state of the pushes of each appid."""
    statement = listing(wanted)
    rows = await database.read(statement.sql, *statement.params)
    if not rows:
        return ()
    ends = (rows[0]["appid"], rows[-1]["appid"])
    counts = _by_appid(await database.read(COUNTS, *ends))
    waiting = _by_appid(await database.read(WAITING, *ends))

    def view(row: Row) -> PushEndpointView:
        appid = row["appid"]
        secrets = _open_secrets(vault, appid, row["secrets"])
        found = (counts.get(appid, ()), waiting.get(appid, ()))
        return _callback_view(row, secrets, counts=found[0], waiting=found[1])

    return readable(rows, view, table="callbacks", key="appid")


def listing(wanted: EndpointFilter) -> Statement:
    where = SqlConditions((TICKET, COMPONENT_TOKEN, ACCESS_TOKEN))
    where.add("c.appid > {}", wanted.after)
    if wanted.appid:
        where.add("c.appid = {}", wanted.appid)
    if wanted.within is not None:
        where.add_any("c.appid", wanted.within)
    limit = f" LIMIT {where.place(wanted.limit)}" if wanted.limit else ""
    return Statement(f"{CALLBACKS} WHERE {where} ORDER BY c.appid{limit}", tuple(where.values))


def _by_appid(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["appid"], []).append(row)
    return found


def _open_secrets(vault: Vault, appid: str, sealed: str) -> Secrets:
    return _secrets_json.decode(vault.open(sealed, secrets_place(appid)))


def secrets_place(appid: str) -> str:
    """The context that they are sealed with."""
    return f"callback:{appid}"


def _remove_secrets(appid: str) -> Script[bool]:
    removed = yield Statement(REMOVE_SECRETS, (appid,))
    yield Statement(REMOVE_TICKETS, (appid,))
    yield _remove_watch(appid)
    return bool(removed)


def _in_front(newest: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """At most two. The newest again changes nothing."""
    return known if known[:1] == (newest,) else (newest, *known[:1])


def _put_off_watch(appid: str, now: datetime) -> Statement:
    """Look for a ticket in TICKET_OVERDUE from now, and drop WeChat's last answer."""
    due_at = micros(now + TICKET_OVERDUE)
    return Statement(PUT_OFF_WATCH, (_watch_id(appid), appid, WATCH, micros(now), due_at))


def _remove_watch(appid: str) -> Statement:
    return Statement(REMOVE_WATCH, (_watch_id(appid),))


def _watch_id(appid: str) -> str:
    return f"{WATCH}:{appid}"


def _callback_view(
    row: Row, secrets: Secrets, *, counts: Sequence[Row], waiting: Sequence[Row]
) -> PushEndpointView:
    came = (row["heard_at"], row["ticket_at"], *(found["last"] for found in counts))
    return record(
        PushEndpointView,
        row,
        pushed_at=instant_or_none(max((at for at in came if at), default=None)),
        former=len(secrets.tokens) > 1 or len(secrets.aes_keys) > 1,
        answer=row["note"] or "",
        events={found["name"]: found["count"] for found in counts},
        waiting=tuple(record(WaitingEvent, found) for found in waiting),
    )
