"""The base class of the credential types."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from wechat_scheduler.credentials.model import Account, Issued
from wechat_scheduler.credentials.ports import IssueRequest, Need

if TYPE_CHECKING:  # completion lists the types in a shell, and must not wait for aiohttp
    from wechat_scheduler.wechat.client import WeChatClient


class TokenIssuer(ABC):
    """One credential type: a `credentials.ports.Issuer` with the number that callers may use for it.

    `number` is that of the original wechat-scheduler; None for a type that has only its name. The
    cores never see it: the HTTP API and the calls to business systems translate between the two.
    """

    kind: ClassVar[str]
    number: ClassVar[int | None] = None
    needs: ClassVar[tuple[Need, ...]] = ()
    subject_field: ClassVar[str] = ""
    needs_subject: ClassVar[bool] = False

    def __init__(self, client: "WeChatClient", *, default_endpoint: str) -> None:
        """`default_endpoint` issues the access_token of an account that names no endpoint:
        `stable_token` or `token`."""
        self._client = client
        self._default_endpoint = default_endpoint

    def daily_calls(self, account: Account) -> int | None:
        """None: WeChat documents a number for the access_token only."""
        return None

    @abstractmethod
    async def issue(self, request: IssueRequest) -> Issued: ...
