"""Why a caller of the gateway is refused."""

import enum
from datetime import timedelta

from wechat_scheduler.errors import RequestError


class CallerRefusal(enum.Enum):
    """`sentence` says what the caller is to do; {name} is the consumer, {address} where the call came
    from, {call} its method and its path."""

    sentence: str

    def __new__(cls, sentence: str) -> "CallerRefusal":
        member = object.__new__(cls)
        member._value_ = member.sentence = sentence
        return member

    APPID = "no token of this account is kept here: register the account, or correct the appid"
    PLATFORM = (
        "this appid is a platform's: fetch its token from /cgi-bin/component/api_component_token"
    )
    ACCOUNT = "this appid is not a platform's: fetch its token from /cgi-bin/token"
    SECRET = "use a consumer secret of this gateway, or the AppSecret that is registered here"  # noqa: S105 - a sentence
    CONSUMER_ONLY = "use a consumer secret of this gateway: an AppSecret is not accepted"
    NO_SECRET = "the AppSecret of this account is not registered here: register the account with it"  # noqa: S105 - a sentence
    REACH = "the consumer {name} may not use this account: ask the operator to add the appid to it"
    NETWORK = (
        "{address} is not among the networks of the consumer {name}: call from one of them, or ask the "
        "operator to add this one; behind a proxy, server.trusted_proxies must name the proxy"
    )
    NOT_ALLOWED = (
        "the consumer {name} may not call {call}: the operator can add it to the consumer's allow_paths, with "
        "wechat-scheduler consumers change {name} --allow-path"
    )
    DENIED = (
        "the consumer {name} may not call {call}: the consumer's deny_paths name it, which the operator can change with "
        "wechat-scheduler consumers change {name} --deny-path"
    )
    TOKENS = (
        "the answer holds tokens of WeChat's, which the consumer {name} with its stand-ins must not see: "
        "fetch an authorizer's stand-in by api_authorizer_token, or call this as a consumer without stand_in"
    )
    MINUTE = (
        "the consumer {name} has reached its limit for this minute: send fewer, or ask the operator for a "
        "larger per_minute"
    )
    DAY = (
        "the consumer {name} has reached its limit for today: continue after midnight in Shanghai, or ask "
        "the operator for a larger per_day"
    )


class CallerRefusedError(RequestError):
    """The caller may not call. `name` is the consumer; `pause` is the time after which it may, if that helps; `address` is where it
    called from."""

    def __init__(
        self,
        refusal: CallerRefusal,
        *,
        name: str = "",
        address: str = "",
        call: str = "",
        pause: timedelta | None = None,
    ) -> None:
        super().__init__(refusal.sentence.format(name=name, address=address, call=call))
        self.refusal = refusal
        self.name = name
        self.address = address
        self.pause = pause
