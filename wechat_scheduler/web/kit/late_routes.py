"""Routes that are loaded with the first request that needs them."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from wechat_scheduler.engine.gentle_threads import gentle_threads
from wechat_scheduler.web.kit.slashes import BoundedPaths


class LateRoutes(BoundedPaths):
    """Has its own routes until a request fits none of them; from then on those that `load` returned, which
    must have the same routes too. `load` runs in a thread: it imports modules."""

    def __init__(self, load: Callable[[], web.UrlDispatcher]) -> None:
        super().__init__()
        self._load = load
        self._loading = asyncio.Lock()
        self._all: web.UrlDispatcher | None = None

    async def resolve(self, request: web.Request) -> web.UrlMappingMatchInfo:
        if self._all is None:
            found = await super().resolve(request)
            if found.http_exception is None:
                return found
        return await (self._all or await self._loaded()).resolve(request)

    async def _loaded(self) -> web.UrlDispatcher:
        async with self._loading:
            if self._all is None:
                with gentle_threads():
                    self._all = await asyncio.to_thread(self._load)
            return self._all
