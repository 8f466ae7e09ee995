"""Sessions of people in a browser: each is opened with the text of an API key, and acts as that key.

A session ends with its key, when it is revoked, and eight hours after it was opened, whichever comes first.
"""

import hashlib
import hmac
import math
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.model import Address, Key, digest
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.latest_rereads import LatestRereads
from wechat_scheduler.engine.read_through import ReadThrough
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.engine.windows import Windows
from wechat_scheduler.errors import ThrottledError
from wechat_scheduler.reasons import Reason

LASTS: Final = timedelta(hours=8)
# Sessions of one key: the oldest ends when one more is opened.
MOST: Final = 100
# Sessions that are opened with one key in a minute: each is a row of the store and an entry of the audit.
PER_MINUTE: Final = 60
# Characters of the name that a browser gives itself.
LONGEST_AGENT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as stored: with the hash of its text, not the text. `address` and `user_agent` are those of the
    browser that opened it."""

    id: str
    hash: str = field(repr=False)
    key_id: str
    key_hash: str = field(repr=False)
    address: str
    user_agent: str
    created_at: datetime
    expires_at: datetime


class SessionStore(Protocol):
    """Stores sessions. Every method is atomic and may raise StorageError."""

    async def all_sessions(self) -> Sequence[Session]:
        """Every session, also those that have expired, oldest first."""

    async def has_session(self, digest: str) -> bool:
        """Whether there is a session with that hash."""

    async def add(self, session: Session, *, most: int) -> None:
        """Add a session; of those of its key only the newest `most` stay."""

    async def remove(self, session_id: str) -> bool:
        """Remove that session. Returns whether there was one."""

    def on_change(self, listener: Callable[[], object]) -> None:
        """Call `listener` when sessions may have changed, in another process or in this one."""


class OpenedSession(NamedTuple):
    """`text` is the secret of the browser; it is not stored."""

    session: Session
    text: str


class _HeldSession(NamedTuple):
    """`ends` is a boottime, as for keys."""

    session: Session
    ends: float


class SessionDesk:
    """Opens, finds and ends sessions, and keeps them in memory. `secret` is random and permanent. Call `load`
    before the first use."""

    def __init__(
        self, store: SessionStore, keyring: Keyring, secret: bytes, *, clock: Clock
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._secret = hashlib.blake2b(secret, person=b"console forms").digest()
        self._clock = clock
        self._held: dict[str, _HeldSession] = {}
        self._rereads = LatestRereads(store.all_sessions, self._hold_all)
        self._misses = ReadThrough(self.load, clock)
        self._opened = Windows(clock, timedelta(minutes=1))
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` when a session may have ended."""
        self._listeners.append(listener)

    async def load(self) -> None:
        """Read the sessions from the store, where another process may have changed them."""
        await self._rereads.run()

    async def open(
        self, key: Key, session_id: str, *, address: Address | None, user_agent: str
    ) -> OpenedSession:
        """Open a session that acts as `key`, which was checked. Raises ThrottledError after too many; may raise
        StorageError."""
        self._count(key)
        text, now = secrets.token_urlsafe(32), self._clock.now()
        session = Session(
            id=session_id,
            hash=digest(text),
            key_id=key.id,
            key_hash=key.hash,
            address=str(address or ""),
            # Bytes that are not UTF-8 come as surrogates, which no store takes.
            user_agent=user_agent[:LONGEST_AGENT].encode(errors="replace").decode(),
            created_at=now,
            expires_at=now + LASTS,
        )
        await self._store.add(session, most=MOST)
        self._rereads.changed()
        await self.load()
        return OpenedSession(session, text)

    async def seek(self, text: str) -> Session | None:
        """The open session of that text, also one that another process has just opened; None if there is none.
        May raise StorageError."""
        place = digest(text)
        if place not in self._held:
            await self._misses.ask(place, lambda: self._store.has_session(place))
        held = self._held.get(place)
        return held.session if held and self.is_open(held.session) else None

    def key_of(self, session: Session) -> Key | None:
        """The key that the session acts as; None if it has ended."""
        return self._keyring.active(session.key_hash)

    def is_open(self, session: Session) -> bool:
        """Whether a session that was found before is still open."""
        held = self._held.get(session.hash)
        is_held = held is not None and self._clock.boottime() < held.ends
        return is_held and self.key_of(session) is not None

    def ends(self, session: Session) -> float:
        """The boottime at which the session expires."""
        held = self._held.get(session.hash)
        return held.ends if held else -math.inf

    def all_open(self) -> Sequence[Session]:
        """All that are open, the newest first."""
        opened = [held.session for held in self._held.values() if self.is_open(held.session)]
        return sorted(opened, key=lambda one: (one.created_at, one.id), reverse=True)

    def open_one(self, session_id: str) -> Session | None:
        """The open session of that id; None if there is none."""
        return next((one for one in self.all_open() if one.id == session_id), None)

    async def end(self, session: Session) -> None:
        """End that session at once. May raise StorageError."""
        await self._store.remove(session.id)
        self._rereads.changed()
        self._held.pop(session.hash, None)  # at once: the next `load` may fail
        self._tell()
        await self.load()

    def proof(self, text: str) -> str:
        """The proof that a form belongs to the browser with that text; it does not reveal the text."""
        made = hashlib.blake2b(
            text.encode(errors="surrogateescape"), key=self._secret, digest_size=32
        )
        return made.hexdigest()

    def proves(self, given: str, text: str) -> bool:
        """Whether `given` is the proof of that text."""
        return hmac.compare_digest(given.encode(), self.proof(text).encode())

    def _count(self, key: Key) -> None:
        if (pause := self._opened.spend(key.id, PER_MINUTE)) is not None:
            raise ThrottledError(
                f"this key has opened {PER_MINUTE} sessions within a minute: wait a minute",
                reason=Reason.REQUEST_THROTTLED,
                retry_after=pause,
            )

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _hold_all(self, sessions: Sequence[Session]) -> None:
        before, self._held = self._held, {one.hash: self._hold(one) for one in sessions}
        if before.keys() - self._held.keys():
            self._tell()

    def _hold(self, session: Session) -> _HeldSession:
        known = self._held.get(session.hash)
        if known is not None and known.session == session:
            return known
        left = min(LASTS, session.expires_at - self._clock.now())
        return _HeldSession(session, self._clock.boottime() + left.total_seconds())


def new_session_id() -> str:
    """A new id; it is public and permits nothing."""
    return f"ses_{secrets.token_hex(6)}"
