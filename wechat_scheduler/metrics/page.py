"""The page that Prometheus reads: what was counted, and what is looked at when it asks.

What is stored is not counted along the way: another process may have stored it, or an earlier one.
"""

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import Final

import structlog

from wechat_scheduler.credentials.census import Census, CensusTaker
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import StorageError
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.metrics.vitals import Vitals

log = structlog.get_logger(__name__)

TEXT_FORMAT: Final = "text/plain; version=0.0.4; charset=utf-8"


class Page:
    """`vitals` are looked at each time."""

    content_type = TEXT_FORMAT

    def __init__(
        self,
        counters: Counters,
        taker: CensusTaker,
        vitals: Callable[[], Vitals],
        *,
        clock: Clock,
    ) -> None:
        self._counters = counters
        self._taker = taker
        self._vitals = vitals
        self._clock = clock

    async def render(self) -> bytes:
        """In Prometheus's text format. What only the store knows is left out while it does not
        answer."""
        census = await self._census()
        text = await asyncio.to_thread(import_module, "wechat_scheduler.metrics.text")
        page: bytes = text.render(self._counters, self._vitals(), census, now=self._clock.now())
        return page

    async def _census(self) -> Census | None:
        try:
            return await self._taker.census(now=self._clock.now())
        except StorageError as error:
            log.warning("metrics.store_unavailable", error=str(error))
            return None
