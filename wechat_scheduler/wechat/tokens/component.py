"""A third-party platform's component_access_token, got with the ticket that WeChat keeps pushing."""

from wechat_scheduler.credentials.model import Account, Issued
from wechat_scheduler.credentials.ports import IssueRequest, Need
from wechat_scheduler.wechat.client import WeChatClient


class ComponentAccessToken:
    """令牌. A component_verify_ticket is pushed every ten minutes and lives twelve hours."""

    kind = "component_access_token"
    needs: tuple[Need, ...] = (Need(name="component_verify_ticket", pushed=True),)
    subject_field = ""
    needs_subject = False

    def __init__(self, client: WeChatClient) -> None:
        self._client = client

    def daily_calls(self, account: Account) -> int | None:
        """令牌 calls it limited and gives no number."""
        return None

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
