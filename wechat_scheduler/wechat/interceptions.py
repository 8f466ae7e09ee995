"""The template messages that WeChat intercepted. Source: 查询拦截的模板消息.

The official page pages through many records, and shows one as an object: both forms are read. `tmpl_msg_id` is
the id of the template, as in the official example.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from wechat_scheduler.delivery.interceptions import InterceptedMessage
from wechat_scheduler.wechat.accounts import AccountCalls, Tokens
from wechat_scheduler.wechat.answers import whole_number
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.dates import unix_time

QUERY: Final = "/wxa/sec/queryblocktmplmsg"
# WeChat's own limit.
PAGE: Final = 100


class WeChatInterceptions:
    """`delivery.interceptions.Interceptions`."""

    def __init__(self, client: WeChatClient, tokens: Tokens) -> None:
        self._accounts = AccountCalls(client, tokens)

    async def page(
        self, appid: str, template_id: str, *, after: int
    ) -> Sequence[InterceptedMessage]:
        body = {"tmpl_msg_id": template_id, "largest_id": after, "limit": PAGE}
        answer = await self._accounts.post(appid, QUERY, body)
        return list(_records(answer.values.get("msginfo")))


def _records(told: object) -> Iterator[InterceptedMessage]:
    entries = told if isinstance(told, list) else [told]
    for entry in entries:
        if isinstance(entry, dict) and entry:
            yield InterceptedMessage(
                # The official page calls it a string, and its example is a number.
                id=whole_number(entry.get("id")) or 0,
                openid=_text(entry, "openid"),
                title=_text(entry, "title"),
                content=_text(entry, "content"),
                at=unix_time(entry.get("send_timestamp")),
            )


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
