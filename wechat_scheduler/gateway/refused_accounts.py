"""Why an account has no token that WeChat accepts."""

from typing import Final

from wechat_scheduler.errors import RequestError

# A stand-in is valid: a caller that reads 40001 for it fetches another and calls again, without end.
UNHEALED: Final = (
    "system error: WeChat refuses the account's current token for this call ({errcode}), and there is no newer one yet; "
    "WeChat has done nothing, so send the call again in half a minute; if that does not help, this path takes "
    "another token, such as a platform's"
)


class AccountRefusedError(RequestError):
    """WeChat refuses the account with `errcode` until a person acts, or for a known time; or its token, with -1."""

    def __init__(self, errcode: int, sentence: str) -> None:
        super().__init__(sentence)
        self.errcode = errcode
