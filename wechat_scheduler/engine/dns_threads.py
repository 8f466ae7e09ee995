"""Resolves host names in threads of its own.

The system's resolver blocks its thread while a name server is silent, and cannot be interrupted. The event
loop has only a few threads for everything: some names that hang would block all others, WeChat's too.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import zip_longest
from typing import Any, Final

# A look-up that hangs keeps its thread for half a minute, which is longer than the call it belongs to. Threads
# start when they are needed.
THREADS: Final = 256

# Seconds for each address of a host: the others have to be tried within the time that a connection may take. Networks
# without IPv6 often drop what goes there.
EACH: Final = 1.5


class DnsThreads:
    """Passed to aiohttp's ThreadedResolver as its `loop`."""

    def __init__(self, *, each: float = EACH) -> None:
        self._each = each
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
        """A connection to the first of the host's addresses that takes one soon. Raises OSError."""
        lost: OSError = OSError(f"{host} has no address")
        loop = asyncio.get_running_loop()
        for address in in_turn(await self.getaddrinfo(host, port, type=socket.SOCK_STREAM)):
            try:
                async with asyncio.timeout(self._each):
                    return await loop.create_connection(protocol, address, port)
            except OSError as error:  # TimeoutError is one
                lost = error
        raise lost

    async def _run(self, look: partial[Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, look)


def in_turn(found: Sequence[Any]) -> Sequence[str]:
    """The addresses, of IPv6 and IPv4 in turn, each in their order."""
    kinds: dict[int, list[str]] = {}
    for family, *_, address in found:
        kinds.setdefault(family, []).append(address[0])
    rows = zip_longest(*kinds.values())
    return [address for row in rows for address in row if address is not None]
