"""Says in words without URLs why a call to WeChat brought no answer: aiohttp's errors show the query."""

import aiohttp

from wechat_scheduler.errors import CrowdedError, WeChatError
from wechat_scheduler.reasons import Reaction, Verdict
from wechat_scheduler.wechat.answers import (
    NETWORK,
    NOT_WECHAT,
    HarmlessError,
    LateError,
    SilentError,
    no_answer,
    turned_away,
)

CERTIFICATES = "check this machine's clock, its CA certificates and the address of WeChat's API"


def failure_of(path: str, error: aiohttp.ClientError | TimeoutError, seconds: float) -> WeChatError:
    """A call takes at most `seconds`. Without a connection, WeChat saw nothing of the call."""
    match error:
        case LateError():
            return turned_away(path, f"not sent, since its {seconds:g} s were over", NETWORK)
        case aiohttp.ClientConnectorDNSError():
            return unreached(path, f"host {error.host} not found")
        case aiohttp.ClientSSLError():
            return turned_away(path, f"no TLS with {error.host}", CERTIFICATES)
        case aiohttp.ClientConnectorError():
            reason = error.os_error.strerror or type(error.os_error).__name__
            return unreached(path, f"cannot connect to {error.host}:{error.port}: {reason}")
        case TimeoutError():
            what = f"no answer within {seconds:g} s"
            return no_answer(path, what, NETWORK, kind=SilentError)
        case aiohttp.ClientPayloadError():
            return no_answer(path, "the answer broke off", NETWORK)
        case aiohttp.ClientResponseError():
            return no_answer(path, "the answer is not HTTP", NOT_WECHAT)
        case _:
            return no_answer(path, "the connection was lost before an answer came", NETWORK)


def crowded(path: str, error: CrowdedError) -> WeChatError:
    """WeChat was not asked."""
    return WeChatError(
        str(error),
        reaction=Reaction.TRANSIENT,
        verdict=Verdict.SLOWER,
        endpoint=path,
        advice=NETWORK,
        retry_after=error.retry_after,
        calls=0,
    )


def unreached(path: str, what: str) -> HarmlessError:
    """WeChat saw nothing of the call."""
    return HarmlessError(
        f"{path}: {what}", reaction=Reaction.TRANSIENT, endpoint=path, advice=NETWORK
    )
