"""Responds where no route fits, and names the methods of the path or the nearest path."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final, NoReturn

from aiohttp import web

from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.route import Route

# Longer paths take longer to compare, and callers without a key can send them.
LONGEST: Final = 128


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
        methods = _methods(routes, request.path) or error.allowed_methods
        allowed = ", ".join(sorted(methods))
        return envelope.refusal(
            Reason.ROUTE_METHOD, f"use {allowed} here", headers={"Allow": allowed}
        )
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
    """The pattern of the route whose path is nearest; empty if none is near."""
    if len(path) > LONGEST:
        return ""
    filled = {_filled(route.path, path): route.path for route in routes}
    near = get_close_matches(path, filled, n=1, cutoff=0.8)
    return filled[near[0]] if near else ""


def _filled(pattern: str, path: str) -> str:
    places, words = pattern.split("/"), path.rstrip("/").split("/")
    if len(places) != len(words):
        return pattern
    return "/".join(
        word if place.startswith("{") else place for place, word in zip(places, words, strict=True)
    )
