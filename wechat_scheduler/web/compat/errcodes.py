"""The errcodes with which callers of WeChat's own paths are refused (全局返回码)."""

from types import MappingProxyType
from typing import Final

from wechat_scheduler.gateway.refused_callers import CallerRefusal, CallerRefusedError

# WeChat's words for them: programs and people look for them.
WRONG_SECRET: Final = (40125, "invalid appsecret")
SLOWER: Final = (45011, "api minute-quota reach limit, must slower, retry next minute")
_CALLERS: Final = MappingProxyType(
    {
        CallerRefusal.APPID: (40013, "invalid appid"),
        CallerRefusal.SECRET: WRONG_SECRET,
        CallerRefusal.CONSUMER_ONLY: WRONG_SECRET,
        CallerRefusal.NO_SECRET: WRONG_SECRET,
        CallerRefusal.REACH: WRONG_SECRET,
        CallerRefusal.NETWORK: (
            40164,
            "invalid ip {address} ipv6 ::ffff:{address}, not in whitelist",
        ),
        CallerRefusal.PATH: (48001, "api unauthorized"),
        CallerRefusal.MINUTE: SLOWER,
        CallerRefusal.DAY: (45009, "reach max api daily quota limit"),
    }
)


def errcode_of(error: CallerRefusedError) -> tuple[int, str]:
    """The errcode, and WeChat's words for it."""
    errcode, words = _CALLERS[error.refusal]
    return errcode, words.format(address=error.address)
