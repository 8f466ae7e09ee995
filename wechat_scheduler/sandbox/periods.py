"""WeChat's periods and clock, and a dictionary whose entries expire."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, Self, TypeVar

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

REAL_TOKEN_LIFETIME = timedelta(seconds=7200)
# Each `put` adds one entry and removes at most this many, so that no call removes thousands.
MOST_REMOVED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """WeChat's documented periods. `scaled` shrinks all of them in proportion."""

    token: timedelta = REAL_TOKEN_LIFETIME
    overlap: timedelta = timedelta(minutes=5)
    """How long a replaced token still works, and how early a stable token is renewed."""
    force_spacing: timedelta = timedelta(seconds=30)
    verify_ticket: timedelta = timedelta(hours=12)
    ticket_push: timedelta = timedelta(minutes=10)
    push_retry: timedelta = timedelta(minutes=1)
    minute: timedelta = timedelta(minutes=1)
    oauth_code: timedelta = timedelta(minutes=5)
    authorization_code: timedelta = timedelta(minutes=10)
    oauth_refresh: timedelta = timedelta(days=30)
    same_message: timedelta = timedelta(minutes=10)
    """How long a repeated `client_msg_id` is recognised."""
    conversation: timedelta = timedelta(hours=48)
    """How long an account may write to a user who wrote."""
    encounter: timedelta = timedelta(minutes=1)
    """How long an account may write to a user who followed, scanned or clicked."""
    qrcode: timedelta = timedelta(days=30)
    media: timedelta = timedelta(days=3)
    """How long an uploaded file is kept."""

    @classmethod
    def scaled(cls, token_lifetime: timedelta) -> Self:
        factor = token_lifetime / REAL_TOKEN_LIFETIME
        real = cls()
        return cls(**{name: getattr(real, name) * factor for name in cls.__slots__})

    def scale(self, real: timedelta) -> timedelta:
        """Shrinks a period that a caller chose."""
        return real * (self.token / REAL_TOKEN_LIFETIME)


class WeChatTime:
    """WeChat's clock. It does not jump when the clock of this machine is set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.now()
        self._boottime = clock.boottime()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self._clock.boottime() - self._boottime)


class ExpiringDict(Generic[K, V]):
    """Keeps each entry for `keep` after it was put, so that a sandbox can run for months.

    All entries are kept equally long, so the oldest expires first. Every operation is O(1).
    """

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep
        self._entries: OrderedDict[K, tuple[datetime, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, key: K, value: V, now: datetime) -> None:
        self._entries[key] = (now + self._keep, value)
        self._entries.move_to_end(key)
        self._remove_expired(now)

    def get(self, key: K, now: datetime) -> V | None:
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] > now else None

    def discard(self, key: K) -> None:
        self._entries.pop(key, None)

    def _remove_expired(self, now: datetime) -> None:
        for _ in range(MOST_REMOVED):
            oldest = next(iter(self._entries))
            if self._entries[oldest][0] > now:
                return
            del self._entries[oldest]
