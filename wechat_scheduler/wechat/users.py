"""What an account may know of a user. Source: 获取用户基本信息."""

from wechat_scheduler.wechat.accounts import AccountCalls, Tokens
from wechat_scheduler.wechat.client import WeChatClient

USER_INFO = "/cgi-bin/user/info"


class WeChatUsers:
    def __init__(self, client: WeChatClient, tokens: Tokens) -> None:
        self._accounts = AccountCalls(client, tokens)

    async def follows(self, appid: str, openid: str) -> bool:
        """Whether the user follows the account. Raises as `AccountCalls` does; 40003 for an openid
        that is none of this account's."""
        answer = await self._accounts.get(appid, USER_INFO, {"openid": openid})
        return answer.values.get("subscribe") == 1
