"""Why an account has no token: WeChat refuses to issue one."""

from wechat_scheduler.errors import RequestError


class AccountRefusedError(RequestError):
    """WeChat refuses the account with `errcode` until a person acts, or for a known time."""

    def __init__(self, errcode: int, sentence: str) -> None:
        super().__init__(sentence)
        self.errcode = errcode
