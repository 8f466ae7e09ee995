"""WeChat's answers to calls that pass, given back as they come, and our own in their form."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, NamedTuple

import msgspec
import structlog
from aiohttp import hdrs, web
from multidict import CIMultiDict

from wechat_scheduler.errors import WeChatError
from wechat_scheduler.gateway.relaying import Reply
from wechat_scheduler.reasons import Verdict
from wechat_scheduler.web.compat.errcodes import SLOWER
from wechat_scheduler.web.kit.services import Services

log = structlog.get_logger(__name__)

BUSY: Final = -1
_TYPE: Final = "application/json; charset=utf-8"
_MAY_HAVE_ACTED: Final = "WeChat may have acted on the call: check before you send it again"
_NOTHING_DONE: Final = "WeChat has done nothing: send the call again"


class Unanswered(NamedTuple):
    """What the caller reads if WeChat did not answer, or could not be asked."""

    errcode: int
    errmsg: str
    advice: str


def respond(content: Any) -> web.Response:
    """HTTP 200 and JSON, as WeChat answers."""
    return web.Response(body=msgspec.json.encode(content), headers={hdrs.CONTENT_TYPE: _TYPE})


def unanswered(services: Services, error: WeChatError, *, appid: str, caller: str) -> Unanswered:
    """SDKs show `errmsg` only, so it says all. Logs and counts it."""
    services.tally.count("gateway_calls", "failed")
    log.warning("gateway.failed", path=error.endpoint, appid=appid, caller=caller, error=str(error))
    if error.verdict is Verdict.SLOWER:
        return Unanswered(SLOWER[0], f"{SLOWER[1]}: {error}", "send fewer calls at once")
    is_open = error.verdict is Verdict.AMBIGUOUS
    advice = "; ".join(filter(None, (_MAY_HAVE_ACTED if is_open else _NOTHING_DONE, error.advice)))
    return Unanswered(BUSY, f"system error: {error}; {advice}", advice)


async def given_back(
    request: web.Request, services: Services, taken: AbstractAsyncContextManager[Reply]
) -> web.StreamResponse:
    """The answer, byte for byte. Raises what `taken` does."""
    async with taken as reply:
        services.tally.count("gateway_calls", "answered")
        if reply.whole is not None:
            return _whole(reply, reply.whole)
        response = web.StreamResponse(
            status=reply.status, reason=reply.reason, headers=CIMultiDict(reply.headers)
        )
        await response.prepare(request)
        await _copy(request, response, reply.chunks())
        return response


def _whole(reply: Reply, body: bytes) -> web.Response:
    """A response in one piece, which takes half as long as a stream. aiohttp counts its length."""
    headers = CIMultiDict(reply.headers)
    headers.popall(hdrs.CONTENT_LENGTH, None)
    return web.Response(status=reply.status, reason=reply.reason, body=body, headers=headers)


async def _copy(
    request: web.Request, response: web.StreamResponse, chunks: AsyncIterator[bytes]
) -> None:
    """An answer that breaks off at WeChat breaks off here, too: its end would say that it is whole."""
    try:
        async for chunk in chunks:
            await response.write(chunk)
    except WeChatError as error:
        log.warning("gateway.broken_off", path=error.endpoint, error=str(error))
        if request.transport is not None:
            request.transport.abort()
        return
    await response.write_eof()
