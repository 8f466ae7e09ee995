"""A row of the console's route table."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.console.visit import Visit

PageHandler: TypeAlias = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class ConsoleRoute:
    """A page, or what its forms post to. It is for people who are signed in; of a POST the form was checked.
    A key without `scope` is told which one it lacks."""

    method: str
    path: str
    handler: PageHandler
    scope: Scope | None = None
