"""Resolves host names in threads of its own.

The system's resolver blocks its thread while a name server is silent, and cannot be interrupted. The event
loop has only a few threads for everything: some names that hang would block all others, WeChat's too.
"""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

# A look-up that hangs keeps its thread for half a minute, which is longer than the call it belongs to. Threads
# start when they are needed.
THREADS: Final = 256


class DnsThreads:
    """Passed to aiohttp's ThreadedResolver as its `loop`."""

    def __init__(self) -> None:
        # Its threads end with it.
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="lookup")

    async def getaddrinfo(self, host: str, port: int, **options: Any) -> Any:
        """Like the event loop's method."""
        return await self._run(partial(socket.getaddrinfo, host, port, **options))

    async def getnameinfo(self, address: Any, flags: int = 0) -> Any:
        """Like the event loop's method."""
        return await self._run(partial(socket.getnameinfo, address, flags))

    async def connected(
        self, protocol: Callable[[], asyncio.Protocol], host: str, port: int
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        """A connection to the first of the host's addresses that takes one. Raises OSError."""
        lost = OSError(f"{host} has no address")
        for *_, address in await self.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            try:
                loop = asyncio.get_running_loop()
                return await loop.create_connection(protocol, address[0], port)
            except OSError as error:
                lost = error
        raise lost

    async def _run(self, look: partial[Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, look)
