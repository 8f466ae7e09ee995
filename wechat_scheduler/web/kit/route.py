"""A line of the route table."""

import enum
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

from aiohttp import web

from wechat_scheduler.access.model import Scope

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Proof(enum.Enum):
    """What stands in for a key where the protocol of a route brings its own."""

    WECHAT = enum.auto()
    """The signature of an account's or platform's pushes."""

    TOKEN = enum.auto()
    """A token of an app's or user's own, where its protocol has it."""

    SIGNATURE = enum.auto()
    """A signature made with an app's key."""

    CAPABILITY = enum.auto()
    """An address that nobody guesses (`links`)."""


class Route(NamedTuple):
    """`scope` is what a key must have, or what is proven without one; None is for what anybody may
    call."""

    method: str
    path: str
    handler: Handler
    scope: Scope | Proof | None
