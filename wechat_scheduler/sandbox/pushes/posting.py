"""One HTTP request to a receiver of pushes."""

from typing import NamedTuple

import aiohttp
from yarl import URL

FAILURES = (aiohttp.ClientError, TimeoutError, OSError)


class PushResponse(NamedTuple):
    status: int
    body: bytes

    @property
    def text(self) -> str:
        """For logs: at most 100 bytes of the body, or the status if it is not 200."""
        if self.status != 200:
            return f"HTTP {self.status}"
        return self.body[:100].decode(errors="replace")


async def post(session: aiohttp.ClientSession, url: URL, body: bytes) -> PushResponse:
    """Raises one of FAILURES."""
    headers = {"Content-Type": "text/xml"}
    async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
        return PushResponse(response.status, await response.read())


async def get(session: aiohttp.ClientSession, url: URL) -> PushResponse:
    """Raises one of FAILURES."""
    async with session.get(url, allow_redirects=False) as response:
        return PushResponse(response.status, await response.read())
