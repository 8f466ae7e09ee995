"""The credentials that the agent hands over, and the newest value of each."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCredential:
    """A credential to hand over. Outputs call it by `name`, environments by `variable`."""

    name: str
    appid: str
    kind: str
    subject: str
    variable: str

    def __str__(self) -> str:
        return "/".join(filter(None, (self.appid, self.kind, self.subject)))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptValue:
    """The value of a credential. `until` is its expiry by the clock that does not jump."""

    wanted: WantedCredential
    value: str = field(repr=False)
    version: int
    expires_at: datetime
    until: float


class KeptValues:
    """The newest value of each credential, and an event for its next change."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, KeptValue] = {}
        self.moved = asyncio.Event()

    def put(self, kept: KeptValue) -> None:
        """Wakes all that wait for `moved`."""
        if self._kept.get(kept.wanted.name) != kept:
            self._kept[kept.wanted.name] = kept
            self.stir()

    def stir(self) -> None:
        """The next to wait for `moved` waits for the next change."""
        moved, self.moved = self.moved, asyncio.Event()
        moved.set()

    def valid(self, wanted: Sequence[WantedCredential]) -> tuple[KeptValue, ...] | None:
        """The values in that order; None if one of them is not there, or has expired."""
        now = self._clock.boottime()
        found = [self._kept.get(one.name) for one in wanted]
        valid = tuple(kept for kept in found if kept is not None and now < kept.until)
        return valid if len(valid) == len(wanted) else None
