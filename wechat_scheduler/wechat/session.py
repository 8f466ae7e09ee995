"""The HTTP session for calls to WeChat, and how its answers are read."""

import asyncio
from typing import cast

import aiohttp

from wechat_scheduler.engine.dns_threads import DnsThreads
from wechat_scheduler.wechat.answers import ANSWER_LIMIT
from wechat_scheduler.wechat.last_used_first import connector


def client_session(*, inflates: bool = True) -> aiohttp.ClientSession:
    """A session for WeChatClient, whose connections are kept alive between calls. Their number is not
    limited here, because waiting for one would be a part of the call. Unless it `inflates` bodies, they stay as
    they came.

    No cookies, no proxies or passwords from the environment. Needs a running loop.
    """
    resolver = aiohttp.ThreadedResolver(cast(asyncio.AbstractEventLoop, DnsThreads()))
    return aiohttp.ClientSession(
        connector=connector(limit=0, ttl_dns_cache=60, resolver=resolver),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=inflates,
    )


async def _never_twice(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a GET by itself after its connection broke: WeChat may have acted on
    it. aiohttp does not repeat after a plain ClientConnectionError."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError from error


NEVER_TWICE = (_never_twice,)


async def limited(content: aiohttp.StreamReader) -> bytes:
    """The body, cut off after it exceeds ANSWER_LIMIT."""
    body = b""
    while len(body) <= ANSWER_LIMIT and (chunk := await content.readany()):
        body += chunk
    return body
