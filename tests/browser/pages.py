"""The paths of all pages of the console."""

from typing import Final

from wechat_scheduler.web.console.routes import CONSOLE
from wechat_scheduler.web.kit.route import Proof

# A stream, and a page that has the same parts as the one with the shorter path.
_OTHERS: Final = ("/console/live", "{subject}")
PAGES: Final = tuple(
    route.path
    for route in CONSOLE
    if (route.method, route.scope) == ("GET", Proof.SESSION)
    and not any(other in route.path for other in _OTHERS)
)
