"""Says in words without URLs why a call to WeChat brought no answer: aiohttp's errors show the query."""

import os

import aiohttp

from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import CrowdedError, WeChatError
from wechat_scheduler.reasons import Reaction, Verdict
from wechat_scheduler.wechat import silence
from wechat_scheduler.wechat.answers import (
    HarmlessError,
    LateError,
    SilentError,
    no_answer,
    turned_away,
)


def failure_of(path: str, error: aiohttp.ClientError | TimeoutError, seconds: float) -> WeChatError:
    """A call takes at most `seconds`. Without a connection, WeChat saw nothing of the call."""
    match error:
        case LateError():
            return turned_away(silence.TOO_LATE, path, silence.NETWORK, seconds=f"{seconds:g}")
        case aiohttp.ClientConnectorDNSError():
            return unreached(silence.NO_HOST, path, host=error.host)
        case aiohttp.ClientSSLError():
            return turned_away(silence.NO_TLS, path, silence.CERTIFICATES, host=error.host)
        case aiohttp.ClientConnectorError():
            reason = _said(error.os_error)
            return unreached(
                silence.NO_CONNECTION, path, host=error.host, port=error.port, reason=reason
            )
        case TimeoutError():
            within = f"{seconds:g}"
            return no_answer(
                silence.NO_ANSWER, path, silence.NETWORK, kind=SilentError, seconds=within
            )
        case aiohttp.ClientPayloadError():
            return no_answer(silence.BROKE_OFF, path, silence.NETWORK)
        case aiohttp.ClientResponseError():
            return no_answer(silence.NOT_HTTP, path, silence.NOT_WECHAT)
        case _:
            return no_answer(silence.LOST, path, silence.NETWORK)


def _said(error: OSError) -> str:
    """What the system says. The event loop puts the address into its own words of it."""
    named = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
    return (named or type(error).__name__).lower()


def crowded(path: str, error: CrowdedError) -> WeChatError:
    """WeChat was not asked."""
    return WeChatError(
        str(error),
        reaction=Reaction.TRANSIENT,
        verdict=Verdict.SLOWER,
        endpoint=path,
        advice=silence.NETWORK.en,
        retry_after=error.retry_after,
        calls=0,
    )


def unreached(what: Sentence, path: str, **values: object) -> HarmlessError:
    """WeChat saw nothing of the call."""
    return HarmlessError(
        what.fill(path=path, **values),
        reaction=Reaction.TRANSIENT,
        endpoint=path,
        advice=silence.NETWORK.en,
    )
