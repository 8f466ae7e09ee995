"""The page that Prometheus reads."""

from collections.abc import Callable, Sequence
from typing import Final

import structlog

from wechat_scheduler.credentials.census import Census, CensusTaker
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.metrics.families import FAMILIES, Family, Sources, Vitals

log = structlog.get_logger(__name__)

TEXT_FORMAT: Final = "text/plain; version=0.0.4; charset=utf-8"


class MetricsPage:
    """`vitals` is called for each page."""

    content_type = TEXT_FORMAT

    def __init__(
        self,
        counters: Counters,
        taker: CensusTaker,
        vitals: Callable[[], Vitals],
        *,
        clock: Clock,
        families: Sequence[Family] = FAMILIES,
    ) -> None:
        self._counters = counters
        self._taker = taker
        self._vitals = vitals
        self._clock = clock
        self._families = families

    async def render(self) -> bytes:
        """The page in Prometheus's text format, without the store's metrics while it does not answer."""
        sources = Sources(
            counters=self._counters,
            vitals=self._vitals(),
            census=await self._census(),
            now=self._clock.now(),
        )
        from wechat_scheduler.metrics.text import render

        return render(self._families, sources)

    async def _census(self) -> Census | None:
        try:
            return await self._taker.census(now=self._clock.now())
        except StorageError as error:
            log.warning("metrics.store_unavailable", error=str(error))
            return None
