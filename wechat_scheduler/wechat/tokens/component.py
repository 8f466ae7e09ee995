"""A third-party platform's component_access_token, got with the ticket that WeChat keeps pushing."""

from wechat_scheduler.credentials.model import Issued
from wechat_scheduler.credentials.ports import IssueRequest, Need
from wechat_scheduler.wechat.tokens.base import TokenIssuer


class ComponentAccessToken(TokenIssuer):
    """令牌. A component_verify_ticket is pushed every ten minutes and lives twelve hours."""

    kind = "component_access_token"
    number = 3
    needs = (Need(name="component_verify_ticket", pushed=True),)

    async def issue(self, request: IssueRequest) -> Issued:
        body = {
            "component_appid": request.account.appid,
            "component_appsecret": request.account.secret,
            "component_verify_ticket": request.inputs["component_verify_ticket"],
        }
        answer = await self._client.post("/cgi-bin/component/api_component_token", {}, body)
        return Issued(
            value=answer.text("component_access_token"),
            answer=answer.json,
            lifetime=answer.lifetime(),
            calls=answer.calls,
        )
