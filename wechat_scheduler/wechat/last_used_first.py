"""A connector of aiohttp that takes the idle connection which was used last.

aiohttp's own takes the one that was idle for the longest time. Each is then used again and again while there are
calls, so that as many stay open as there were calls at once in the largest burst. Taken in this order, those that the
calls do not need stay idle until aiohttp closes them.
"""

from typing import Any, Final

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey

# Private parts may change with any minor version; the code below was written for this one.
AIOHTTP: Final = "3.14."
PART: Final = "_release"


class LastUsedConnections(aiohttp.TCPConnector):
    """Those of aiohttp, taken in another order."""

    def _release(
        self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False
    ) -> None:
        super()._release(key, protocol, should_close=should_close)
        kept = self._conns.get(key)
        if kept and kept[-1][0] is protocol:
            kept.rotate()  # aiohttp puts it last, and takes the first


def connector(*, version: str = aiohttp.__version__, **options: Any) -> aiohttp.TCPConnector:
    """A connector with these `options` of aiohttp's; aiohttp's own if its `version` does not fit."""
    if version.startswith(AIOHTTP) and hasattr(aiohttp.TCPConnector, PART):
        return LastUsedConnections(**options)
    return aiohttp.TCPConnector(**options)
