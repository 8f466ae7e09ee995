"""The record of a refused call, by the `rid` in its errmsg. Source: 查询rid信息."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from wechat_scheduler.gateway.rids import RecordedCall
from wechat_scheduler.log.redaction import redact
from wechat_scheduler.wechat.accounts import AccountCalls, Tokens
from wechat_scheduler.wechat.answers import whole_number
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.dates import unix_time

GET: Final = "/cgi-bin/openapi/rid/get"


class WeChatRids:
    """`gateway.rids.Rids`."""

    def __init__(self, client: WeChatClient, tokens: Tokens) -> None:
        self._accounts = AccountCalls(client, tokens)

    async def call(self, appid: str, rid: str) -> RecordedCall:
        answer = await self._accounts.post(appid, GET, {"rid": rid})
        found = answer.values.get("request")
        told: Mapping[str, Any] = found if isinstance(found, dict) else {}
        return RecordedCall(
            at=unix_time(told.get("invoke_time")),
            took=timedelta(milliseconds=min(whole_number(told.get("cost_in_ms")) or 0, 10**9)),
            url=_text(told, "request_url"),
            request=_text(told, "request_body"),
            response=_text(told, "response_body"),
            address=_text(told, "client_ip"),
        )


def _text(told: Mapping[str, Any], name: str) -> str:
    """Without the AppSecret and the tokens that WeChat records with the rest."""
    value = told.get(name)
    return redact(value) if isinstance(value, str) else ""
