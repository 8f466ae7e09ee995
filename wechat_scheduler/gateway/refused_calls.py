"""The calls that the gateway refuses without asking WeChat."""

import enum
from datetime import timedelta

from wechat_scheduler.errors import RequestError
from wechat_scheduler.reasons import Reason


class CallRefusal(enum.Enum):
    """`sentence` says what the caller is to do; {call} are its method and its path."""

    sentence: str

    def __new__(cls, sentence: str) -> "CallRefusal":
        member = object.__new__(cls)
        member._value_ = member.sentence = sentence
        return member

    METHOD = "{call} is not forwarded: WeChat's API takes GET and POST"
    FORM = (
        "{call} is not forwarded: write the path as WeChat does, without % and without empty parts or parts that begin "
        "with a dot"
    )
    ISSUES = "{call} is not forwarded: this daemon issues tokens itself, at the path that WeChat's page writes, in lower case"
    RECORDS = (
        "{call} is not forwarded: WeChat's record of a call holds its token or secret; GET /v1/rids/{{appid}} of "
        "this daemon shows the operator the rest"
    )
    FAMILY = (
        "{call} is not forwarded: WeChat's paths begin in lower case with /cgi-bin/, /wxa/, /sns/ and the like; see "
        "whether the SDK's address lacks that, or names another host of WeChat's"
    )
    NOT_ALLOWED = "{call} is not forwarded: the operator can permit it in gateway.allow, which minds the case of letters"
    DENIED = "{call} is not forwarded: gateway.deny names it, from which the operator can take it"
    OFF = "the gateway is off here: the operator can set gateway.enabled = true and restart the daemon"
    MISSING = (
        "access_token missing: put it into the query as access_token, not into a header or the body; this gateway "
        "issues it at /cgi-bin/token"
    )
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

    def __init__(
        self, refusal: CallRefusal, *, call: str = "", pause: timedelta | None = None
    ) -> None:
        super().__init__(refusal.sentence.format(call=call), reason=Reason.REQUEST_INVALID)
        self.refusal = refusal
        self.pause = pause
