"""Responds where no route fits, and names the methods of the path or the nearest path."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final, NoReturn

from aiohttp import hdrs, web

from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.route import Route

# Longer paths take longer to compare, and callers without a key can send them.
LONGEST: Final = 128

_ALIKE: Final = 0.8

ELSEWHERE: Final = "this port opens no tunnels: use the one that the setting gateway.connect_port names, 0 for none"


async def refuse_method(request: web.Request) -> NoReturn:
    """Handles the wrong methods of a fixed path, which a pattern would take for one with an id."""
    raise web.HTTPMethodNotAllowed(request.method, ())


def caught(routes: Sequence[Route]) -> Iterator[tuple[str, str]]:
    """The methods and fixed paths that only patterns fit. Each method gets a route of its own: with
    a route for any method, callers could make up labels of the metrics."""
    patterns = [route for route in routes if "{" in route.path]
    for path in sorted({route.path for route in routes if "{" not in route.path}):
        own = _methods(routes, path)
        others = {route.method for route in patterns if _filled(route.path, path) == path}
        yield from ((method, path) for method in sorted(others - own))


def response(
    request: web.Request, error: web.HTTPException, routes: Sequence[Route]
) -> web.Response:
    """The native error response."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        methods = _methods(routes, request.path) or set(error.allowed_methods)
        methods |= {hdrs.METH_HEAD} & set(error.allowed_methods)
        allowed = ", ".join(sorted(methods))
        return envelope.refusal(
            Reason.ROUTE_METHOD, f"use {allowed} here", headers={"Allow": allowed}
        )
    if request.method == hdrs.METH_CONNECT:
        return envelope.refusal(Reason.ROUTE_UNKNOWN, ELSEWHERE)
    if nearest := _nearest(request.path, routes):
        return envelope.refusal(
            Reason.ROUTE_UNKNOWN, f"no route has this path; did you mean {nearest}?"
        )
    return envelope.refusal(
        Reason.ROUTE_UNKNOWN, "no route has this path; GET /openapi.json lists all routes"
    )


def _methods(routes: Sequence[Route], path: str) -> set[str]:
    return {route.method for route in routes if route.path == path}


def _nearest(path: str, routes: Sequence[Route]) -> str:
    """The pattern whose fixed words are nearest; of equal ones that with as many places as the path has.
    Empty if none is near."""
    if len(path) > LONGEST:
        return ""
    words = path.rstrip("/").split("/")
    found = ((_likeness(one.path.split("/"), words), one.path) for one in routes)
    (likeness, _), nearest = max(found, default=((0.0, 0), ""))
    return nearest if likeness >= _ALIKE else ""


def _likeness(places: Sequence[str], words: Sequence[str]) -> tuple[float, int]:
    """Ids are left out, since two routes with the same long id would be alike."""
    fixed = [place for place in places if not place.startswith("{")]
    given = [word for place, word in zip_longest(places, words) if word and not _is_id(place)]
    compared = SequenceMatcher(None, "/".join(fixed), "/".join(["", *given]))
    # The bound is cheap, and most routes are not near.
    near = compared.quick_ratio() >= _ALIKE
    return compared.ratio() if near else 0.0, -abs(len(places) - len(words))


def _is_id(place: str | None) -> bool:
    return place is not None and place.startswith("{")


def _filled(pattern: str, path: str) -> str:
    places, words = pattern.split("/"), path.rstrip("/").split("/")
    if len(places) != len(words):
        return pattern
    return "/".join(
        word if place.startswith("{") else place for place, word in zip(places, words, strict=True)
    )
