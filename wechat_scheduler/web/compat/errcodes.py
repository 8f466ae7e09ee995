"""The errcodes with which callers of WeChat's own paths are refused (全局返回码)."""

from types import MappingProxyType
from typing import Final, TypeAlias

from wechat_scheduler.gateway.refused_accounts import AccountRefusedError
from wechat_scheduler.gateway.refused_callers import CallerRefusal, CallerRefusedError
from wechat_scheduler.gateway.refused_calls import CallRefusal, CallRefusedError
from wechat_scheduler.gateway.refused_tokens import TokenRefusal, TokenRefusedError

GatewayRefusal: TypeAlias = (
    AccountRefusedError | CallerRefusedError | CallRefusedError | TokenRefusedError
)

# WeChat's words for them: programs and people look for them.
WRONG_SECRET: Final = (40125, "invalid appsecret")
SLOWER: Final = (45011, "api minute-quota reach limit, must slower, retry next minute")
UNAUTHORIZED: Final = (48001, "api unauthorized")
_ERRCODES: Final = MappingProxyType(
    {
        # Their sentences begin with WeChat's words.
        TokenRefusal.UNKNOWN: (40001, ""),
        TokenRefusal.ENDED: (40001, ""),
        TokenRefusal.REACH: (40001, ""),
        TokenRefusal.EXPIRED: (42001, ""),
        CallRefusal.MISSING: (41001, ""),
        CallRefusal.TWO_TOKENS: (40014, "invalid access_token"),
        CallRefusal.METHOD: UNAUTHORIZED,
        CallRefusal.FORM: UNAUTHORIZED,
        CallRefusal.ISSUES: UNAUTHORIZED,
        CallRefusal.RECORDS: UNAUTHORIZED,
        CallRefusal.FAMILY: UNAUTHORIZED,
        CallRefusal.NOT_ALLOWED: UNAUTHORIZED,
        CallRefusal.DENIED: UNAUTHORIZED,
        CallRefusal.OFF: UNAUTHORIZED,
        CallRefusal.USER_TOKENS: UNAUTHORIZED,
        CallRefusal.TOO_MANY: SLOWER,
        CallRefusal.TOO_FAST: SLOWER,
        CallerRefusal.APPID: (40013, "invalid appid"),
        CallerRefusal.PLATFORM: (40013, "invalid appid"),
        CallerRefusal.ACCOUNT: (40013, "invalid appid"),
        CallerRefusal.SECRET: WRONG_SECRET,
        CallerRefusal.CONSUMER_ONLY: WRONG_SECRET,
        CallerRefusal.NO_SECRET: WRONG_SECRET,
        CallerRefusal.REACH: WRONG_SECRET,
        CallerRefusal.NETWORK: (
            40164,
            "invalid ip {address} ipv6 ::ffff:{address}, not in whitelist",
        ),
        CallerRefusal.NOT_ALLOWED: UNAUTHORIZED,
        CallerRefusal.DENIED: UNAUTHORIZED,
        CallerRefusal.TOKENS: UNAUTHORIZED,
        CallerRefusal.MINUTE: SLOWER,
        CallerRefusal.DAY: (45009, "reach max api daily quota limit"),
    }
)


def errcode_of(error: GatewayRefusal) -> tuple[int, str]:
    """The errcode, and its sentence."""
    if isinstance(error, AccountRefusedError):
        return error.errcode, str(error)
    errcode, words = _ERRCODES[error.refusal]
    if isinstance(error, CallerRefusedError):
        words = words.format(address=error.address)
    return errcode, f"{words}: {error}" if words else str(error)
