"""An account's access_token, from either of the two endpoints that issue one.

The endpoints are independent: issuing at one does not end the token of the other.
"""

from wechat_scheduler.credentials.model import Account, Issued, Renewal
from wechat_scheduler.credentials.ports import IssueRequest
from wechat_scheduler.wechat.tokens.base import TokenIssuer

# 接口调用频次限制; a test account has a tenth of the first (测试号: 200).
TOKEN_CALLS = 2_000
# 获取稳定版接口调用凭据.
STABLE_TOKEN_CALLS = 500_000


class AccessToken(TokenIssuer):
    """From the endpoint that the account names, `stable_token` or `token`, else from the default."""

    kind = "access_token"
    number = 0

    def daily_calls(self, account: Account) -> int:
        return TOKEN_CALLS if self._is_plain(account) else STABLE_TOKEN_CALLS

    async def issue(self, request: IssueRequest) -> Issued:
        if self._is_plain(request.account):
            return await self._token(request)
        return await self._stable_token(request)

    def _is_plain(self, account: Account) -> bool:
        return (account.endpoint or self._default_endpoint) == "token"

    async def _token(self, request: IssueRequest) -> Issued:
        """获取接口调用凭据: every call issues a new one, and the old one lives five minutes more."""
        answer = await self._client.get("/cgi-bin/token", _credentials(request))
        return Issued(
            value=answer.text("access_token"),
            answer=answer.json,
            lifetime=answer.lifetime(),
            calls=answer.calls,
        )

    async def _stable_token(self, request: IssueRequest) -> Issued:
        """获取稳定版接口调用凭据: the same one until its last five minutes, unless forced."""
        body = {**_credentials(request), "force_refresh": request.force}
        answer = await self._client.post("/cgi-bin/stable_token", {}, body)
        return Issued(
            value=answer.text("access_token"),
            answer=answer.json,
            lifetime=answer.lifetime(),
            calls=answer.calls,
            renewal=Renewal.LATE,
        )


def _credentials(request: IssueRequest) -> dict[str, str]:
    return {
        "grant_type": "client_credential",
        "appid": request.account.appid,
        "secret": request.account.secret,
    }
