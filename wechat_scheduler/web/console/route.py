"""A row of the console's route table."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.console.visit import Visit

PageHandler: TypeAlias = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class ConsoleRoute:
    """A page, or what its forms post to. It is for people who are signed in; of a POST the form was checked.
    A key without `scope` is told which one it lacks. A page that only `changes` something is not for keys that look."""

    method: str
    path: str
    handler: PageHandler
    scope: Scope | None = None
    changes: bool = False

    def permits(self, visit: Visit) -> bool:
        """Whether the key of the session may open the page, or send the form."""
        if self.scope is None:
            return True
        is_look = self.method == hdrs.METH_GET and not self.changes
        return visit.sees(self.scope) if is_look else visit.may(self.scope)
