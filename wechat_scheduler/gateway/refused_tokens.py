"""Why a token that came to the gateway opens nothing."""

import enum


class TokenRefusal(enum.Enum):
    """`sentence` says what the caller is to do."""

    sentence: str

    def __new__(cls, sentence: str) -> "TokenRefusal":
        member = object.__new__(cls)
        member._value_ = member.sentence = sentence
        return member

    UNKNOWN = "this access_token is not known here: fetch one from this gateway"
    EXPIRED = "this access_token has expired: fetch the next one from this gateway"
    ENDED = (
        "the consumer that this access_token was issued to was revoked or has a new secret: fetch a token "
        "with the secret that is valid now"
    )
