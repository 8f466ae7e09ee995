"""WeChat's API for a third-party platform and the accounts that authorised it."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from wechat_scheduler.credentials.model import Issued
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.wechat import silence
from wechat_scheduler.wechat.answers import Answer, no_answer

if TYPE_CHECKING:
    from wechat_scheduler.wechat.client import WeChatClient

COMPONENT = "/cgi-bin/component"

# WeChat allows 500 a page, but the client does not read answers that long. If these pages do not hold
# the account, the platform asks for it by name, in a single call.
PAGE = 200
MOST_PAGES = 3


class Platform:
    """`pushes.ports.PlatformApi`, and the recovery of a lost refresh token."""

    def __init__(self, client: "WeChatClient") -> None:
        self._client = client

    async def exchange(self, platform: str, *, token: str, code: str) -> Issued:
        """使用授权码获取授权信息. `answer` is the content of `authorization_info`, so that it has the form
        of a refresh's answer. WeChat leaves the refresh token out, or empty, for an account whose
        authorisation has no API permissions."""
        body = {"component_appid": platform, "authorization_code": code}
        granted = _inside(await self._post("api_query_auth", token, body), "authorization_info")
        return Issued(
            value=granted.text("authorizer_access_token"),
            answer=granted.json,
            lifetime=granted.lifetime(),
            refresh_token=granted.optional("authorizer_refresh_token"),
            subject=granted.text("authorizer_appid"),
        )

    async def restart_tickets(self, platform: str, *, secret: str) -> str:
        """启动票据推送服务."""
        body = {"component_appid": platform, "component_secret": secret}
        answer = await self._client.post(f"{COMPONENT}/api_start_push_ticket", {}, body)
        answer.confirm()
        return answer.text("errmsg", otherwise="ok")

    async def refresh_token(self, platform: str, *, token: str, authorizer: str) -> str:
        """The account's present refresh token; empty if WeChat does not give it.

        From 获取授权方列表, or from 获取授权方信息 if the list leaves it out, as some platforms report.
        Raises WeChatError, 61003 if the account has not authorised the platform.
        """
        listed = await self._listed(platform, token, authorizer)
        return listed or await self._in_detail(platform, token, authorizer)

    async def authorizer(self, platform: str, *, token: str, refresh_token: str) -> str:
        """The account whose present refresh token that is, from 获取授权方列表; empty if it is none's."""
        async for account in self._accounts(platform, token):
            if account.refresh_token == refresh_token:
                return account.authorizer_appid
        return ""

    async def _listed(self, platform: str, token: str, authorizer: str) -> str:
        async for account in self._accounts(platform, token):
            if account.authorizer_appid == authorizer:
                return account.refresh_token or ""
        return ""

    async def _accounts(self, platform: str, token: str) -> "AsyncIterator[_ListedAuthorizer]":
        for number in range(MOST_PAGES):
            body = {"component_appid": platform, "offset": number * PAGE, "count": PAGE}
            page = _accounts(await self._post("api_get_authorizer_list", token, body))
            for account in page:
                yield account
            if len(page) < PAGE:
                return

    async def _in_detail(self, platform: str, token: str, authorizer: str) -> str:
        body = {"component_appid": platform, "authorizer_appid": authorizer}
        answer = await self._post("api_get_authorizer_info", token, body)
        return _inside(answer, "authorization_info").optional("authorizer_refresh_token")

    async def _post(self, name: str, token: str, body: Mapping[str, Any]) -> Answer:
        params = {"component_access_token": token}
        return await self._client.post(f"{COMPONENT}/{name}", params, body)


class _ListedAuthorizer(msgspec.Struct):
    authorizer_appid: str
    refresh_token: str | None = None


class _AuthorizerPage(msgspec.Struct):
    list: list[_ListedAuthorizer]


_page = msgspec.json.Decoder(_AuthorizerPage)


def _accounts(answer: Answer) -> list[_ListedAuthorizer]:
    try:
        return _page.decode(answer.body).list
    except msgspec.DecodeError as error:
        raise _unexpected(answer, "list") from error


def _inside(answer: Answer, name: str) -> Answer:
    """The object under that name as an answer of its own."""
    values = answer.values.get(name)
    if not isinstance(values, dict):
        raise _unexpected(answer, name)
    return Answer(endpoint=answer.endpoint, body=msgspec.json.encode(values), values=values)


def _unexpected(answer: Answer, name: str) -> WeChatError:
    return no_answer(silence.NO_FIELD, answer.endpoint, silence.NOT_WECHAT, name=name)
