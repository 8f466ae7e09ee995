"""The API keys in memory: finds them for requests, makes new ones and revokes them."""

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from wechat_scheduler.access.model import (
    ADMIN,
    Key,
    KeyState,
    KeyStore,
    Network,
    Scope,
    digest,
    new_id,
    new_key,
    new_signing_secret,
)
from wechat_scheduler.access.once import Once
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.latest_rereads import LatestRereads
from wechat_scheduler.engine.read_through import ReadThrough
from wechat_scheduler.engine.records import dataclass, field, replace
from wechat_scheduler.errors import ForbiddenError, InvalidRequestError, NotFoundError
from wechat_scheduler.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDraft:
    """The properties of a new key. Without a `lifetime` it does not expire."""

    id: str = field(default_factory=new_id)
    name: str
    scopes: frozenset[Scope]
    appids: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    lifetime: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeKey:
    """A new key with its text and its signing secret, which are shown only once."""

    key: Key
    text: str = field(repr=False)
    signing_secret: str = field(repr=False)


class _Held(NamedTuple):
    """`ends` is a boottime, so that a wall clock that is set back does not make an expired key valid."""

    key: Key
    ends: float


class Keyring:
    """Manages API keys, and keeps them in memory. Call `load` before the first use."""

    def __init__(self, store: KeyStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._named: frozenset[str] = frozenset()
        self._rereads = LatestRereads(store.all_keys, self._hold_all)
        self._misses = ReadThrough(self.load, clock)
        self._lapsed: set[str] = set()
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` when a key has changed or ended, so that it drops earlier decisions."""
        self._listeners.append(listener)

    async def load(self) -> None:
        """Read the keys from the store, where another process may have changed them."""
        await self._rereads.run()

    def find(self, text: str) -> Key | None:
        """The key of that text, also if it is expired or revoked; None if there is none."""
        held = self._held.get(digest(text))
        return held.key if held else None

    async def seek(self, text: str) -> Key | None:
        """Like `find`; also a key that another process has just made. May raise StorageError."""
        place = digest(text)
        if place not in self._held:
            await self._misses.ask(place, lambda: self._store.has_key(place))
        return self.find(text)

    def names(self, appid: str) -> bool:
        """Whether a key is limited to the account, perhaps with others."""
        return appid in self._named

    def state(self, key: Key) -> KeyState:
        if key.revoked_at is not None:
            return KeyState.REVOKED
        return KeyState.ACTIVE if self._clock.boottime() < self.ends(key) else KeyState.EXPIRED

    def opens(self, key: Key) -> bool:
        """Whether a key that was found before is still valid."""
        return self.active(key.hash) is not None

    def active(self, place: str) -> Key | None:
        """The active key with that hash; None if there is none."""
        held = self._held.get(place)
        return held.key if held and self.state(held.key) is KeyState.ACTIVE else None

    def ends(self, key: Key) -> float:
        """The boottime at which the key expires; infinite if it does not expire."""
        held = self._held.get(key.hash)
        return held.ends if held else math.inf

    def ids_of(self, name: str) -> list[str]:
        """The ids of the active keys of that name."""
        keys = [held.key for held in self._held.values() if held.key.name == name]
        return sorted({key.id for key in keys if self.state(key) is KeyState.ACTIVE})

    async def all_keys(self) -> Sequence[Key]:
        """All keys in the store, each with its last use."""
        return await self._store.all_keys()

    async def make(
        self, draft: KeyDraft, *, once: Callable[[MadeKey], Once | None] = lambda _: None
    ) -> MadeKey:
        """Make and store a key. Raises InvalidRequestError if the draft contradicts itself, and as `once.Once` says."""
        if Scope.ADMIN in draft.scopes and (draft.appids or draft.kinds):
            # It could make another key without these limits.
            raise InvalidRequestError("an admin key cannot be limited to appids or types")
        text, secret, now = new_key(), new_signing_secret(), self._clock.now()
        key = Key(
            id=draft.id,
            name=draft.name,
            hash=digest(text),
            scopes=draft.scopes,
            appids=draft.appids,
            kinds=draft.kinds,
            networks=draft.networks,
            created_at=now,
            expires_at=now + draft.lifetime if draft.lifetime else None,
        )
        made = MadeKey(key=key, text=text, signing_secret=secret)
        await self._store.add(key, signing_secret=secret, once=once(made))
        self._rereads.changed()
        await self.load()
        return made

    async def revoke(self, key_id: str, *, by: Key) -> bool:
        """Revoke that key at once. Revoking the admin keys keeps the caller's own key. Returns
        whether an active key was revoked.

        Raises NotFoundError, and ForbiddenError if another key would revoke every admin key.
        """
        spare = by.hash if key_id == by.id == ADMIN else ""
        if key_id == ADMIN and not spare:
            raise ForbiddenError(
                "only the admin key of a state folder can revoke the other admin keys",
                reason=Reason.KEY_PROTECTED,
            )
        has_opened = any(
            held.key.id == key_id and place != spare and self.state(held.key) is KeyState.ACTIVE
            for place, held in self._held.items()
        )
        if not await self._store.revoke(key_id, spare=spare, now=self._clock.now()):
            raise NotFoundError(self._unknown(key_id, spare), reason=Reason.KEY_UNKNOWN)
        self._forget(key_id, spare=spare)
        await self._silence()
        await self.load()
        return has_opened

    def _unknown(self, key_id: str, spare: str) -> str:
        if spare:
            return f"there is no other key {key_id}"
        hint = f"; the id of {key_id} is {' or '.join(ids)}" if (ids := self.ids_of(key_id)) else ""
        return (
            f"there is no API key with the id {key_id}{hint or ': the list of keys has their ids'}"
        )

    def _forget(self, key_id: str, *, spare: str) -> None:
        """Forget a revoked key at once: the next `load` may fail, and one in progress may bring it back."""
        self._rereads.changed()
        self._held = {
            place: held
            for place, held in self._held.items()
            if held.key.id != key_id or place == spare
        }
        self._tell()

    def _is_other(self, place: str, key: Key) -> bool:
        """Whether a key is gone or has changed, apart from its last use."""
        now = self._held.get(place)
        return now is None or replace(now.key, last_used_at=key.last_used_at) != key

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    async def lapse(self) -> None:
        """Stop all notifications and `params` calls for keys that have expired, and those of a key whose
        revocation was cut short."""
        expired = {
            place
            for place, held in self._held.items()
            if self.state(held.key) is KeyState.EXPIRED and place not in self._lapsed
        }
        if expired:
            await self._store.lapse(now=self._clock.now())
            self._lapsed |= expired
        await self._silence()

    async def _silence(self) -> None:
        while await self._store.silence():
            pass

    def _hold_all(self, keys: Sequence[Key]) -> None:
        before, self._held = self._held, {key.hash: self._hold(key) for key in keys}
        self._named = frozenset(appid for key in keys for appid in key.appids)
        if any(self._is_other(place, held.key) for place, held in before.items()):
            self._tell()

    def _hold(self, key: Key) -> _Held:
        known = self._held.get(key.hash)
        if known is not None and known.key.expires_at == key.expires_at:
            return _Held(key, known.ends)
        if key.expires_at is None:
            return _Held(key, math.inf)
        left = key.expires_at - self._clock.now()
        return _Held(key, self._clock.boottime() + left.total_seconds())
