"""`access.keyring.KeyStore` on a database."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from ipaddress import ip_network
from typing import Final

from wechat_scheduler.access.model import ADMIN, FIRST_NAME, Key, Scope, new_signing_secret
from wechat_scheduler.access.once import Once
from wechat_scheduler.storage.access.shown_instants import shown_only
from wechat_scheduler.storage.credentials.notifications import cancel_notifications
from wechat_scheduler.storage.credentials.registrations import LOCK_ACCOUNT, list_params
from wechat_scheduler.storage.database import Database, Row, Script, Statement, call_on
from wechat_scheduler.storage.rows import Vault, key_of, micros, micros_or_none, record
from wechat_scheduler.storage.stored_responses import put_response
from wechat_scheduler.storage.unreadable import readable

ALL = """
    SELECT hash, id, name, scopes, appids, kinds, networks, created_at, expires_at, revoked_at,
        last_used_at
    FROM api_keys ORDER BY created_at, hash
"""
FIND = "SELECT revoked_at FROM api_keys WHERE hash = $1"
# A new key of a known id keeps its signing secret: the receivers of its calls know that.
SIGNING_SECRET = "SELECT signing_secret FROM api_keys WHERE id = $1 LIMIT 1"  # noqa: S105 - SQL
PUT = """
    INSERT INTO api_keys (hash, id, name, signing_secret, created_at, scopes, appids, kinds,
        networks, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (hash) DO NOTHING
"""
# `silenced` is ENDING until the addresses of its registrations are removed, and then ENDED.
ENDED, ENDING = 1, 2
OTHERS = "SELECT hash FROM api_keys WHERE id = $1 AND hash <> $2"
UNREVOKED = f"{OTHERS} AND revoked_at IS NULL"
REVOKE = """
    UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3), silenced = $4
    WHERE id = $1 AND hash <> $2 RETURNING hash
"""
LAPSED = (
    f"UPDATE api_keys SET silenced = {ENDING} WHERE expires_at <= $1 AND silenced = 0 RETURNING id"  # noqa: S608
)
NEXT_ENDING = f"SELECT id FROM api_keys WHERE silenced = {ENDING} ORDER BY id LIMIT 1"  # noqa: S608
# It is taken before its id is read, so that a damaged id comes no second time.
TAKE_ENDING = f"UPDATE api_keys SET silenced = {ENDED} WHERE id IN ({NEXT_ENDING}) RETURNING id"  # noqa: S608
SILENCED = f"UPDATE api_keys SET silenced = {ENDED} WHERE id = $1 AND silenced = {ENDING}"  # noqa: S608
STILL_ENDING = f"UPDATE api_keys SET silenced = {ENDING} WHERE id = $1 AND silenced = {ENDED}"  # noqa: S608
WITH_ADDRESSES = """
    SELECT appid, kind, subject, owner, job FROM registrations
    WHERE owner = $1 AND (notify <> '' OR params <> '') ORDER BY appid, kind, subject LIMIT $2
"""
REMOVE_ADDRESSES = """
    UPDATE registrations SET notify = '', params = ''
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND owner = $4
"""
# Registrations that one transaction silences: a key may have a hundred thousand.
PART: Final = 100
# The signal to other processes. Signals about jobs use the same channel.
CHANGED = "keys"

HAS = "SELECT id FROM api_keys WHERE hash = $1"


class SqlKeys:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def all_keys(self) -> Sequence[Key]:
        """All readable rows. Unreadable ones are skipped, so they grant no access."""
        return readable(await self._database.read(ALL), _key, table="api_keys")

    async def has_key(self, digest: str) -> bool:
        return bool(await self._database.read(HAS, digest))

    async def put_admin(self, digest: str, *, now: datetime) -> bool:
        """Add the admin key with that hash, unless it is stored already, revoked or not. Returns whether it can be used."""
        return await self._database.write(lambda: self._put_admin(digest, now))

    async def add(self, key: Key, *, signing_secret: str, once: Once | None = None) -> None:
        sealed = self._vault.seal(signing_secret, f"api_key:{key.id}")
        await self._database.write(lambda: self._add_once(key, sealed, once))

    async def revoke(self, key_id: str, *, spare: str, now: datetime) -> bool:
        ended = await self._database.write(lambda: self._revoke(key_id, spare, micros(now)))
        return ended or bool(await self._database.read(OTHERS, key_id, spare))

    async def lapse(self, *, now: datetime) -> None:
        await self._database.write(lambda: self._lapse(micros(now)))

    async def silence(self) -> bool:
        if not await self._database.read(NEXT_ENDING):
            return False
        return await self._database.write(self._silence_next)

    def on_change(self, listener: Callable[[], object]) -> None:
        """Calls `listener` also after a gap in which signals may have been lost."""
        call_on(self._database, CHANGED, listener)

    def _put_admin(self, digest: str, now: datetime) -> Script[bool]:
        if rows := (yield Statement(FIND, (digest,))):
            return rows[0]["revoked_at"] is None
        known = yield Statement(SIGNING_SECRET, (ADMIN,))
        sealed = (
            known[0]["signing_secret"]
            if known
            else self._vault.seal(new_signing_secret(), f"api_key:{ADMIN}")
        )
        scopes = frozenset((Scope.ADMIN,))
        name = FIRST_NAME.en
        key = Key(id=ADMIN, name=name, hash=digest, scopes=scopes, created_at=now)
        yield from self._add(key, sealed)
        return True

    def _add_once(self, key: Key, sealed: str, once: Once | None) -> Script[None]:
        yield from put_response(self._vault, once, key.created_at)
        yield from self._add(key, sealed)

    def _add(self, key: Key, sealed: str) -> Script[None]:
        limits = (key.scopes, key.appids, key.kinds, key.networks)
        yield Statement(
            PUT,
            (
                key.hash,
                key.id,
                key.name,
                sealed,
                micros(key.created_at),
                *map(_words, limits),
                micros_or_none(key.expires_at),
            ),
        )
        yield from self._database.dialect.signal(CHANGED)

    def _revoke(self, key_id: str, spare: str, now: int) -> Script[bool]:
        """Whether it ends any: the audit says nothing of those that ended before."""
        active = yield Statement(UNREVOKED, (key_id, spare))
        revoked = yield Statement(REVOKE, (key_id, spare, now, ENDED if spare else ENDING))
        if revoked and not spare and not (yield from _silence_some(self._vault, key_id)):
            yield Statement(SILENCED, (key_id,))
        yield from self._database.dialect.signal(CHANGED)
        return bool(active)

    def _lapse(self, now: int) -> Script[None]:
        if (yield Statement(LAPSED, (now,))):
            yield from self._silence_next()

    def _silence_next(self) -> Script[bool]:
        rows = yield Statement(TAKE_ENDING)
        for owner in {row["id"] for row in rows}:
            if (yield from _silence_some(self._vault, owner)):
                yield Statement(STILL_ENDING, (owner,))
        return bool(rows)


def _silence_some(vault: Vault, owner: str) -> Script[bool]:
    """Remove the addresses from some registrations of a key that has ended. Returns whether there may be more.

    The jobs stay, for other keys may read them; but the daemon sends no value to an address that a
    dead key registered, and takes no input from it.
    """
    silenced = yield Statement(WITH_ADDRESSES, (owner, PART))
    for appid in dict.fromkeys(row["appid"] for row in silenced):
        yield Statement(LOCK_ACCOUNT, (appid,))
    yield from cancel_notifications(silenced)
    for row in silenced:
        yield Statement(REMOVE_ADDRESSES, (*key_of(row), owner))
        yield from list_params(vault, key_of(row)._replace(subject=row["job"]))
    return len(silenced) == PART


def _words(items: Iterable[object]) -> str:
    return " ".join(sorted(map(str, items)))


def _key(row: Row) -> Key:
    return record(
        Key,
        row,
        scopes=frozenset(map(Scope, row["scopes"].split())),
        appids=frozenset(row["appids"].split()),
        kinds=frozenset(row["kinds"].split()),
        networks=tuple(map(ip_network, row["networks"].split())),
        **shown_only(row),
    )
