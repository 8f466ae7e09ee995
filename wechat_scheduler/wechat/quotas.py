"""The quota of a path, and its clearing. Sources: 查询API调用额度, 重置指定API调用次数."""

from collections.abc import Mapping
from typing import Any

from wechat_scheduler.gateway.quotas import ApiQuota
from wechat_scheduler.wechat.accounts import AccountCalls, Tokens
from wechat_scheduler.wechat.answers import whole_number
from wechat_scheduler.wechat.client import WeChatClient

GET = "/cgi-bin/openapi/quota/get"
CLEAR = "/cgi-bin/openapi/quota/clear"


class WeChatQuotas:
    """`gateway.quotas.Quotas`."""

    def __init__(self, client: WeChatClient, tokens: Tokens) -> None:
        self._accounts = AccountCalls(client, tokens)

    async def quota(self, appid: str, path: str) -> ApiQuota:
        answer = await self._accounts.post(appid, GET, {"cgi_path": path})
        found = answer.values.get("quota")
        quota: Mapping[str, Any] = found if isinstance(found, dict) else {}
        return ApiQuota(*(whole_number(quota.get(name)) or 0 for name in ApiQuota._fields))

    async def clear(self, appid: str, path: str) -> None:
        answer = await self._accounts.post(appid, CLEAR, {"cgi_path": path})
        answer.confirm()
