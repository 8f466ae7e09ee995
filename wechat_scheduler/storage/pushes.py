"""`pushes.ports.Inbox` and `pushes.ports.Callbacks` on a database."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from wechat_scheduler.credentials.account_tokens import OWN
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.pushes.model import COMPONENT_TOKEN, TICKET, CallbackView, Secrets
from wechat_scheduler.storage import push_views, watches
from wechat_scheduler.storage.database import Database, Script, Statement, each
from wechat_scheduler.storage.rows import Vault, key_of, micros

KEPT_TICKETS = 3

SECRETS = "SELECT secrets FROM callbacks WHERE appid = $1"
# An update that changes nothing, for the lock it takes: what is pushed for one appid takes turns.
LOCK = "UPDATE callbacks SET changed_at = changed_at WHERE appid = $1 RETURNING secrets"
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
# A job that is being attempted right now has its claim; jobs.PUSH_READY makes it due after that.
WAKE = """
    UPDATE jobs SET due_at = $1, waits_on = '', attempts = 0
    WHERE appid = $2 AND waits_on = $3 AND claimed_by IS NULL
    RETURNING appid, kind, subject
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
        return self._opened(appid, rows[0]["secrets"]) if rows else None

    async def put_secrets(self, appid: str, *, token: str, aes_key: str, now: datetime) -> None:
        await self._database.write(lambda: self._put_secrets(appid, token, aes_key, now))

    async def remove_secrets(self, appid: str) -> bool:
        return await self._database.write(lambda: _remove_secrets(appid))

    async def put_ticket(self, appid: str, ticket: str, *, now: datetime) -> bool:
        return await self._database.write(lambda: self._put_ticket(appid, ticket, now))

    async def view(self) -> Sequence[CallbackView]:
        rows = await self._database.read(push_views.CALLBACKS, TICKET, COMPONENT_TOKEN, OWN)
        counts = await self._database.read(push_views.COUNTS)
        waiting = await self._database.read(push_views.WAITING)
        return [
            push_views.callback_view(
                row, self._opened(row["appid"], row["secrets"]), counts=counts, waiting=waiting
            )
            for row in rows
        ]

    def _put_secrets(self, appid: str, token: str, aes_key: str, now: datetime) -> Script[None]:
        """The former ones stay. The same again changes nothing."""
        rows = yield Statement(LOCK, (appid,))
        known = self._opened(appid, rows[0]["secrets"]) if rows else Secrets(tokens=(), aes_keys=())
        secrets = Secrets(
            tokens=_in_front(token, known.tokens), aes_keys=_in_front(aes_key, known.aes_keys)
        )
        if secrets != known:
            sealed = self._vault.seal(_json.encode(secrets).decode(), secrets_place(appid))
            yield Statement(PUT_SECRETS, (appid, sealed, micros(now)))
        if not rows:
            yield watches.put_off(appid, now)

    def _put_ticket(self, appid: str, ticket: str, now: datetime) -> Script[bool]:
        if not (yield Statement(LOCK, (appid,))):
            return False
        yield watches.put_off(appid, now)
        place = f"push:{appid}/{TICKET}"
        kept = yield Statement(TICKETS, (appid, TICKET))
        if any(self._vault.open(row["value"], place) == ticket for row in kept):
            return False
        # Two in one instant, or a clock that was set back: the newest is the one that came last.
        at = max([micros(now), *(row["received_at"] + 1 for row in kept[:1])])
        yield Statement(PUT_TICKET, (appid, TICKET, at, self._vault.seal(ticket, place)))
        yield from each(
            Statement(FORGET_TICKET, (appid, TICKET, row["received_at"]))
            for row in kept[KEPT_TICKETS - 1 :]
        )
        woken = yield Statement(WAKE, (micros(now), appid, TICKET))
        yield from self._tell([key_of(row) for row in woken])
        return True

    def _opened(self, appid: str, sealed: str) -> Secrets:
        return _secrets_json.decode(self._vault.open(sealed, secrets_place(appid)))


def secrets_place(appid: str) -> str:
    """What they are sealed to."""
    return f"callback:{appid}"


def _remove_secrets(appid: str) -> Script[bool]:
    removed = yield Statement(REMOVE_SECRETS, (appid,))
    yield Statement(REMOVE_TICKETS, (appid,))
    yield watches.remove(appid)
    return bool(removed)


def _in_front(newest: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Two at the most; what stands in front already changes nothing."""
    return known if known[:1] == (newest,) else (newest, *known[:1])
