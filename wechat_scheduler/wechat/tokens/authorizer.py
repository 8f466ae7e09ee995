"""The access token with which a third-party platform acts for an account that authorised it."""

from wechat_scheduler.credentials.model import Issued, JobKey
from wechat_scheduler.credentials.ports import IssueRequest, Need
from wechat_scheduler.wechat.platform import Platform
from wechat_scheduler.wechat.tokens.base import TokenIssuer


def _component(authorizer: JobKey) -> JobKey:
    return JobKey(authorizer.appid, "component_access_token")


class AuthorizerAccessToken(TokenIssuer):
    """获取/刷新接口调用令牌. The refresh token lives as long as the authorisation, but a refresh may
    bring another one: the one returned is the one to use next."""

    kind = "authorizer_access_token"
    number = 4
    needs = (
        Need(name="component_access_token", parent=_component),
        Need(name="authorizer_refresh_token", kept=True, pushed=True),
    )
    subject_field = "authorizer_appid"
    needs_subject = True

    async def issue(self, request: IssueRequest) -> Issued:
        params = {"component_access_token": request.inputs["component_access_token"]}
        body = {
            "component_appid": request.account.appid,
            "authorizer_appid": request.subject,
            "authorizer_refresh_token": request.inputs["authorizer_refresh_token"],
        }
        answer = await self._client.post("/cgi-bin/component/api_authorizer_token", params, body)
        return Issued(
            value=answer.text("authorizer_access_token"),
            answer=answer.json,
            lifetime=answer.lifetime(),
            calls=answer.calls,
            refresh_token=answer.text(
                "authorizer_refresh_token", otherwise=body["authorizer_refresh_token"]
            ),
        )

    async def recover(self, request: IssueRequest) -> str:
        return await Platform(self._client).refresh_token(
            request.account.appid,
            token=request.inputs["component_access_token"],
            authorizer=request.subject,
        )

    async def find_subject(self, request: IssueRequest, refresh_token: str) -> str:
        return await Platform(self._client).authorizer(
            request.account.appid,
            token=request.inputs["component_access_token"],
            refresh_token=refresh_token,
        )
