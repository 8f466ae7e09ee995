"""HTTP calls as any business system makes them."""

from typing import Any

import aiohttp
import msgspec

from wechat_scheduler.errors import CallError


async def post(session: aiohttp.ClientSession, url: str, body: Any, *, key: str = "") -> bytes:
    """Raises CallError for anything but status 200."""
    return await _call(session, "POST", url, key, msgspec.json.encode(body))


async def get(session: aiohttp.ClientSession, url: str, *, key: str = "") -> bytes:
    """Raises CallError for anything but status 200."""
    return await _call(session, "GET", url, key, None)


async def _call(
    session: aiohttp.ClientSession, method: str, url: str, key: str, body: bytes | None
) -> bytes:
    headers = {"Content-Type": "application/json"} | ({"X-API-Key": key} if key else {})
    try:
        async with session.request(method, url, data=body, headers=headers) as response:
            answer = await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise CallError(f"{method} {url}: {type(error).__name__}") from error
    if response.status != 200:
        said = answer.decode(errors="replace")[:200]
        raise CallError(f"{method} {url}: HTTP status {response.status}: {said}")
    return answer
