"""Why a token that came to the gateway is rejected."""

import enum

from wechat_scheduler.errors import RequestError


class TokenRefusal(enum.Enum):
    """`sentence` says what the caller is to do."""

    sentence: str

    def __new__(cls, sentence: str) -> "TokenRefusal":
        member = object.__new__(cls)
        member._value_ = member.sentence = sentence
        return member

    UNKNOWN = (
        "access_token is invalid or not latest: it is not known here; fetch one from this gateway"
    )
    EXPIRED = "access_token expired: fetch the next one from this gateway"
    REACH = (
        "access_token is invalid or not latest: its consumer may not use this account any more; the operator can "
        "add it to the consumer's appids"
    )
    ENDED = (
        "access_token is invalid or not latest: its consumer was revoked or has a new secret; fetch one "
        "with the secret that is valid now"
    )


class TokenRefusedError(RequestError):
    """The token is rejected."""

    def __init__(self, refusal: TokenRefusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal
