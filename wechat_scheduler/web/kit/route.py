"""A row of a route table."""

import enum
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.engine.records import dataclass

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Proof(enum.Enum):
    """What a caller proves where the protocol of a route takes no API key."""

    KEY = enum.auto()
    """Any API key, after all: its handler asks for the scopes."""

    WECHAT = enum.auto()
    """The signature of WeChat's pushes to an account or a platform."""

    TOKEN = enum.auto()
    """The token of an app or a user."""

    SECRET = enum.auto()
    """The secret of a consumer or an account, or an API key after all."""

    SIGNATURE = enum.auto()
    """A signature made with an app's key."""

    ORIGIN = enum.auto()
    """The origin of a web page, which its browser names (`access.origins`)."""

    SESSION = enum.auto()
    """The session of a person who signed in (`access.sessions`). It acts as the key that opened it."""

    CAPABILITY = enum.auto()
    """An address that cannot be guessed (`access.links`)."""


@dataclass(frozen=True, slots=True)
class Route:
    """`scope` is what the API key must have, or what is proven without one; None lets everyone
    call."""

    method: str
    path: str
    handler: Handler
    scope: Scope | Proof | None


def takes_key(scope: Scope | Proof | None) -> bool:
    """Whether a route of that scope needs an API key."""
    return isinstance(scope, Scope) or scope is Proof.KEY
