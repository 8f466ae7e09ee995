"""Sessions of people in a browser: each is opened with the text of an API key, and acts as that key.

A session ends with its key, when it is revoked, and eight hours after it was opened, whichever comes first.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.model import Address, Key, digest
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass, field

LASTS: Final = timedelta(hours=8)
# Open sessions of one key: the oldest ends when one more is opened.
MOST: Final = 100
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


class OpenedSession(NamedTuple):
    """`text` is the secret of the browser; it is not stored."""

    session: Session
    text: str


class _OpenSession(NamedTuple):
    """`ends` is a boottime, as for keys."""

    session: Session
    ends: float


class SessionDesk:
    """Opens, finds and ends sessions. `secret` is random and permanent."""

    def __init__(self, keyring: Keyring, secret: bytes, *, clock: Clock) -> None:
        self._keyring = keyring
        self._secret = hashlib.blake2b(secret).digest()
        self._clock = clock
        self._held: dict[str, _OpenSession] = {}

    async def open(self, key: Key, *, address: Address | None, user_agent: str) -> OpenedSession:
        """Open a session that acts as `key`, which was checked."""
        text, now = secrets.token_urlsafe(32), self._clock.now()
        session = Session(
            id=f"ses_{secrets.token_hex(6)}",
            hash=digest(text),
            key_id=key.id,
            key_hash=key.hash,
            address=str(address or ""),
            user_agent=user_agent[:LONGEST_AGENT],
            created_at=now,
            expires_at=now + LASTS,
        )
        self._make_room(key)
        self._held[session.hash] = _OpenSession(
            session, self._clock.boottime() + LASTS.total_seconds()
        )
        return OpenedSession(session, text)

    async def seek(self, text: str) -> Session | None:
        """The open session of that text; None if there is none."""
        held = self._held.get(digest(text))
        return held.session if held and self._is_open(held) else None

    def key_of(self, session: Session) -> Key | None:
        """The key that the session acts as; None if it has ended."""
        return self._keyring.active(session.key_hash)

    def is_open(self, session: Session) -> bool:
        """Whether a session that was found before is still open."""
        held = self._held.get(session.hash)
        return held is not None and self._is_open(held)

    async def end(self, session_id: str) -> bool:
        """End that session at once. Returns whether it was open."""
        place = next((at for at, held in self._held.items() if held.session.id == session_id), None)
        return place is not None and self._is_open(self._held.pop(place))

    def proof(self, text: str) -> str:
        """What a form of the session with that text proves itself with; it does not reveal the text."""
        return hashlib.blake2b(
            text.encode(errors="surrogateescape"), key=self._secret, digest_size=32
        ).hexdigest()

    def proves(self, given: str, text: str) -> bool:
        """Whether `given` is the proof of that text."""
        return hmac.compare_digest(given.encode(), self.proof(text).encode())

    def _make_room(self, key: Key) -> None:
        """End the oldest sessions of a key that has too many, and drop those that have ended."""
        self._held = {place: held for place, held in self._held.items() if self._is_open(held)}
        own = [place for place, held in self._held.items() if held.session.key_hash == key.hash]
        for place in own[: len(own) - MOST + 1]:
            del self._held[place]

    def _is_open(self, held: _OpenSession) -> bool:
        return self._clock.boottime() < held.ends and self.key_of(held.session) is not None
