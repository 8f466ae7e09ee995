"""The calls that the gateway refuses without asking WeChat."""

import enum
from datetime import timedelta

from wechat_scheduler.errors import RequestError
from wechat_scheduler.reasons import Reason


class CallRefusal(enum.Enum):
    """`sentence` says what the caller is to do."""

    sentence: str

    def __new__(cls, sentence: str) -> "CallRefusal":
        member = object.__new__(cls)
        member._value_ = member.sentence = sentence
        return member

    PATH = (
        "this gateway does not forward this call; the operator can permit it in gateway.allow and "
        "gateway.deny"
    )
    OFF = "the gateway is off here: the operator can set gateway.enabled = true and restart the daemon"
    MISSING = "access_token missing: fetch one from this gateway"
    TWO_TOKENS = "the query has two different tokens of one name: send one"
    USER_TOKENS = (
        "this gateway does not forward users' tokens; the operator can permit them in "
        "gateway.user_tokens"
    )
    TOO_MANY = "too many calls are under way: send fewer at once (gateway.account_connections, gateway.connections)"
    TOO_FAST = (
        "too many calls of this account in this minute: send them slower (gateway.account_calls)"
    )


class CallRefusedError(RequestError):
    """The call is refused. `pause` is the time after which it may be made."""

    def __init__(self, refusal: CallRefusal, *, pause: timedelta | None = None) -> None:
        super().__init__(refusal.sentence, reason=Reason.REQUEST_INVALID)
        self.refusal = refusal
        self.pause = pause
