"""The calls that do not pass, of which WeChat does not hear."""

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

    PATH = "this gateway passes no such call on; its operator decides by gateway.allow and gateway.deny"
    OFF = (
        "the gateway is off here: its operator sets gateway.enabled = true and restarts the daemon"
    )
    MISSING = "access_token missing: fetch one from this gateway"
    TWO_TOKENS = "the query has two different tokens of one name: send one"
    USER_TOKENS = (
        "this gateway passes no users' tokens on; its operator decides by gateway.user_tokens"
    )
    TOO_MANY = "too many calls of this account are under way: send fewer at once (gateway.account_connections)"
    TOO_FAST = (
        "too many calls of this account in this minute: send them slower (gateway.account_calls)"
    )


class CallRefusedError(RequestError):
    """The call does not pass. `pause` is the time after which the call may pass."""

    def __init__(self, refusal: CallRefusal, *, pause: timedelta | None = None) -> None:
        super().__init__(refusal.sentence, reason=Reason.REQUEST_INVALID)
        self.refusal = refusal
        self.pause = pause
