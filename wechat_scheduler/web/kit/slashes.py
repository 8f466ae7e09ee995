"""Finds the route of a path with doubled slashes, or with one at its end.

Such paths come of an address that ends with a slash and a path that begins with one; the servers of
most foreign APIs take them.
"""

import re
from typing import Final

from aiohttp import hdrs, web
from aiohttp.web_urldispatcher import MatchInfoError

# Slashes of a path. aiohttp looks at the path once for each: a path of 400 KiB that has nothing else
# would hold the loop for minutes, and needs no key.
MOST: Final = 32

# Marks a request that is looked up again.
_TIDIED = web.RequestKey("TIDIED", bool)
_OWN = ("/v1/", "/task/", "/callbacks/")
_SAFE = (hdrs.METH_GET, hdrs.METH_HEAD)


def tidied(method: str, path: str) -> str:
    """The path without these slashes; one with too many is left as it is.

    For a change by our own API only those in front are left out: an id that is empty by mistake must
    not make one into all (`DELETE /task/{appid}/{type}/`, `POST /v1/deliveries//cancel`).
    """
    is_tidy = path.startswith("/") and "//" not in path and not path.endswith("/")
    if is_tidy or path.count("/") > MOST:
        return path
    path = "/" + path.lstrip("/")
    if path.startswith(_OWN) and method not in _SAFE:
        return path
    return re.sub("/+", "/", path).rstrip("/") or "/"


class BoundedPaths(web.UrlDispatcher):
    """aiohttp's, which finds nothing at a path with more than MOST slashes."""

    async def resolve(self, request: web.Request) -> web.UrlMappingMatchInfo:
        if request.rel_url.raw_path.count("/") > MOST:
            return MatchInfoError(web.HTTPNotFound())
        return await super().resolve(request)


class UntidyPaths(web.PlainResource):
    """Stands for every path that no route of `router` fits. Add it last."""

    def __init__(self, router: web.UrlDispatcher) -> None:
        super().__init__("/")
        self._router = router

    async def resolve(
        self, request: web.Request
    ) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        path = request.rel_url.raw_path
        tidy = tidied(request.method, path)
        if tidy == path or _TIDIED in request:
            return None, set()
        again = request.clone(rel_url=request.rel_url.with_path(tidy, encoded=True))
        again[_TIDIED] = True
        found = await self._router.resolve(again)
        if isinstance(found.http_exception, web.HTTPMethodNotAllowed):
            return None, found.http_exception.allowed_methods
        return (None if found.http_exception else found), set()
