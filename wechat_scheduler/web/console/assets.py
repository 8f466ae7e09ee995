"""The stylesheet and the script of the console, under names that change with what is in them."""

import hashlib
from importlib.resources import files
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.route import Route

_HERE: Final = files("wechat_scheduler.web.console") / "assets"
_TYPES: Final = {"css": "text/css", "js": "text/javascript"}


def _named(name: str) -> tuple[str, bytes]:
    """`console.css` as `console-1f0c….css`, and what is in it."""
    content = (_HERE / name).read_bytes()
    stem, _, ending = name.partition(".")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.{ending}", content


_STYLE, _SCRIPT = _named("console.css"), _named("console.js")
_KNOWN: Final = dict((_STYLE, _SCRIPT))

STYLE: Final = f"/console/assets/{_STYLE[0]}"
SCRIPT: Final = f"/console/assets/{_SCRIPT[0]}"
_HEADERS: Final = {hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable"}


async def asset(request: web.Request) -> web.Response:
    """`GET /console/assets/{name}`. A name that is not of this version is unknown."""
    name = request.match_info["name"]
    if name not in _KNOWN:
        raise NotFoundError("this version has no such file", reason=Reason.ROUTE_UNKNOWN)
    return web.Response(
        body=_KNOWN[name],
        content_type=_TYPES[name.rpartition(".")[2]],
        charset="utf-8",
        headers=_HEADERS,
    )


ROUTES: Final = (Route(hdrs.METH_GET, "/console/assets/{name}", asset, None),)
