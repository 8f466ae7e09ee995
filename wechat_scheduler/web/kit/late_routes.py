"""Routes that are loaded with the first request that needs them."""

import asyncio
from collections.abc import Callable

from aiohttp import web
from aiohttp.web_urldispatcher import MatchInfoError

from wechat_scheduler.engine.gentle_threads import in_gentle_thread
from wechat_scheduler.web.kit.slashes import BoundedPaths


class LateRoutes(BoundedPaths):
    """Has its own routes until a request fits none of them; from then on those that `load` returned, which
    must have the same routes too. `load` runs in a thread, as it imports modules, unless those `are_made` already.
    While it fails, such requests are answered 500, and each tries again."""

    def __init__(
        self, load: Callable[[], web.UrlDispatcher], *, are_made: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._load = load
        self._are_made = are_made
        self._loading = asyncio.Lock()
        self._all: web.UrlDispatcher | None = None

    async def resolve(self, request: web.Request) -> web.UrlMappingMatchInfo:
        if self._all is None:
            found = await super().resolve(request)
            if found.http_exception is None:
                return found
        try:
            routes = self._all or await self._loaded()
        except Exception as error:  # noqa: BLE001 - a middleware logs it
            return MatchInfoError(_failure(error))
        return await routes.resolve(request)

    async def _loaded(self) -> web.UrlDispatcher:
        async with self._loading:
            if self._all is None:
                in_thread = not self._are_made()
                self._all = await in_gentle_thread(self._load) if in_thread else self._load()
            return self._all


def _failure(error: Exception) -> web.HTTPException:
    """What raised here would pass by the middlewares, which log it and give it the form of our errors."""
    failure = web.HTTPInternalServerError()
    failure.__cause__ = error
    return failure
