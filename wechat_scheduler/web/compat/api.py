"""The record of a compatible API."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from aiohttp import web

from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.web.kit.error_formats import Shape
from wechat_scheduler.web.kit.room_states import RoomStates
from wechat_scheduler.web.kit.route import Route

Unrouted: TypeAlias = Callable[[web.Request, web.HTTPException], web.Response]
Claim: TypeAlias = Callable[[web.Request, web.HTTPException], bool]
Setup: TypeAlias = Callable[[RoomStates, Config, Clock], None]


def always(config: Config) -> bool:
    """The switch of an API that is always on."""
    return True


def by_prefix(request: web.Request, error: web.HTTPException) -> bool:
    """The paths of an API whose routes are all under its prefixes."""
    return False


def no_setup(states: RoomStates, config: Config, clock: Clock) -> None:
    """The state of an API without limits and state of its own."""


class Api(NamedTuple):
    """A foreign API: its paths begin with one of `prefixes`.

    `refused` gives the errors of its handlers the form of the API. `unrouted` answers a request
    that no route fits; `claims` says whether one is meant for the API by something else than its prefix.
    `spellings` are other ways to write the paths of `routes`; they are tried
    after the routes of all APIs. `is_on` says whether it is served at all, and `takes_compressed` whether its
    handlers take bodies as they come. `patterns` has regular
    expressions for places in the paths of `routes`. `setup` puts the limits and the state of the API under a key of
    its own.
    """

    prefixes: tuple[str, ...]
    routes: tuple[Route, ...]
    refused: Shape
    unrouted: Unrouted
    spellings: tuple[Route, ...] = ()
    setup: Setup = no_setup
    claims: Claim = by_prefix
    is_on: Callable[[Config], bool] = always
    takes_compressed: bool = False
    patterns: tuple[tuple[str, str], ...] = ()
