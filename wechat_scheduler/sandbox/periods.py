"""How long things last at WeChat, and WeChat's own clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from wechat_scheduler.engine.clock import Clock

REAL_TOKEN_LIFETIME = timedelta(seconds=7200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """WeChat's documented periods; `scaled` shrinks them all alike."""

    token: timedelta = REAL_TOKEN_LIFETIME
    overlap: timedelta = timedelta(minutes=5)
    """How long a replaced token goes on working, and how early a stable token renews itself."""
    force_spacing: timedelta = timedelta(seconds=30)
    verify_ticket: timedelta = timedelta(hours=12)
    ticket_push: timedelta = timedelta(minutes=10)
    push_retry: timedelta = timedelta(minutes=1)
    minute: timedelta = timedelta(minutes=1)
    oauth_code: timedelta = timedelta(minutes=5)
    authorization_code: timedelta = timedelta(minutes=10)
    oauth_refresh: timedelta = timedelta(days=30)
    same_message: timedelta = timedelta(minutes=10)
    """How long a `client_msg_id` that comes again is known."""
    conversation: timedelta = timedelta(hours=48)
    encounter: timedelta = timedelta(minutes=1)
    """How long an account may write to who scanned, followed or clicked, but wrote nothing."""
    qrcode: timedelta = timedelta(days=30)

    @classmethod
    def scaled(cls, token_lifetime: timedelta) -> Self:
        factor = token_lifetime / REAL_TOKEN_LIFETIME
        real = cls()
        return cls(**{name: getattr(real, name) * factor for name in cls.__slots__})

    def scale(self, real: timedelta) -> timedelta:
        """A period that a caller chose, shrunk as the documented ones are."""
        return real * (self.token / REAL_TOKEN_LIFETIME)


class WeChatTime:
    """Tells WeChat's time, which goes on evenly when the wall clock of this machine is moved."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.now()
        self._boottime = clock.boottime()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self._clock.boottime() - self._boottime)
