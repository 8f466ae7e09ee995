"""The access token of one user of an account (网页授权), kept alive by its refresh token."""

from wechat_scheduler.credentials.model import Issued
from wechat_scheduler.credentials.ports import IssueRequest, Need
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.answers import Answer
from wechat_scheduler.wechat.tokens.base import TokenIssuer


class OAuth2AccessToken(TokenIssuer):
    """刷新access_token: needs no secret. A refresh token lives 30 days and may change with each use.
    WeChat limits the calls of a minute (50,000), and not those of a day."""

    kind = "oauth2_access_token"
    number = 2
    needs = (Need(name="refresh_token", kept=True),)
    subject_field = "openid"

    async def issue(self, request: IssueRequest) -> Issued:
        params = {
            "appid": request.account.appid,
            "grant_type": "refresh_token",
            "refresh_token": request.inputs["refresh_token"],
        }
        answer = await self._client.get("/sns/oauth2/refresh_token", params)
        return Issued(
            value=answer.text("access_token"),
            answer=answer.json,
            lifetime=answer.lifetime(),
            calls=answer.calls,
            refresh_token=answer.text("refresh_token", otherwise=params["refresh_token"]),
            subject=_same_user(answer, request.key.subject),
        )


def _same_user(answer: Answer, expected: str) -> str:
    """A job that names a user must never hand out another one's token."""
    openid = answer.text("openid")
    if expected and openid != expected:
        raise WeChatError(
            f"{answer.endpoint}: the refresh token is another user's",
            reaction=Reaction.NEEDS_INPUT,
            endpoint=answer.endpoint,
            advice=f"register the task again with the refresh token of the user {expected}",
            refused="refresh_token",
            belongs_to=openid,
        )
    return openid
