"""Messages to users: template messages, customer-service texts, subscribe notices.

Sources: 发送模板消息, 客服接口-发消息, 发送订阅通知, and 发送订阅消息 of mini-programs. WeChat takes the colours of template messages, and
has not shown them since May 2023.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.credentials.policy import next_quota_day
from wechat_scheduler.delivery.model import Way
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import (
    RequestError,
    SendError,
    StorageError,
    UnavailableError,
    WeChatError,
)
from wechat_scheduler.reasons import Reaction, Verdict
from wechat_scheduler.wechat.accounts import AccountCalls, Tokens
from wechat_scheduler.wechat.answers import Answer
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.sending_errcodes import NO_TEMPLATE


class _Api(NamedTuple):
    """The path of the calls of one way."""

    way: Way
    path: str


_TEMPLATE = _Api(Way.TEMPLATE, "/cgi-bin/message/template/send")
_TEXT = _Api(Way.TEXT, "/cgi-bin/message/custom/send")
_SUBSCRIBE = _Api(Way.SUBSCRIBE, "/cgi-bin/message/subscribe/bizsend")
_IN_MINI_PROGRAM = _Api(Way.SUBSCRIBE, "/cgi-bin/message/subscribe/send")

# WeChat gives up to 20 digits.
LONGEST_MSGID = 64

_NONE: Mapping[str, str] = MappingProxyType({})
# The verdicts of refusals that concern the account, and so each of its messages; RETRY otherwise.
_BY_REACTION = {
    Reaction.OPERATOR: Verdict.OPERATOR,
    Reaction.NEEDS_INPUT: Verdict.OPERATOR,
    Reaction.WAIT_UNTIL: Verdict.PAUSE,
}


class WeChatMessenger:
    """`delivery.ports.Messenger`."""

    def __init__(self, client: WeChatClient, tokens: Tokens, clock: Clock) -> None:
        self._accounts = AccountCalls(client, tokens)
        self._clock = clock

    async def template(
        self,
        appid: str,
        openid: str,
        *,
        template_id: str,
        data: Mapping[str, str],
        colors: Mapping[str, str],
        url: str,
        page: MiniProgramPage | None,
        client_msg_id: str,
    ) -> str:
        """Returns the msgid; empty if WeChat gave none, and then no receipt can be matched."""
        body = _filled(openid, template_id, data, colors) | {"client_msg_id": client_msg_id}
        if url:
            body["url"] = url
        return _msgid(await self._send(_TEMPLATE, appid, body | _opening(page)))

    async def text(self, appid: str, openid: str, text: str) -> None:
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        await self._send(_TEXT, appid, body)

    async def subscribe(
        self,
        appid: str,
        openid: str,
        *,
        template_id: str,
        data: Mapping[str, str],
        url: str,
        page: MiniProgramPage | None,
    ) -> str:
        """Returns the msgid; WeChat gives one, though it does not document it."""
        body = _filled(openid, template_id, data)
        if url:
            body["page"] = url
        return _msgid(await self._send(_SUBSCRIBE, appid, body | _opening(page)))

    async def subscribe_in_mini_program(
        self,
        appid: str,
        openid: str,
        *,
        template_id: str,
        data: Mapping[str, str],
        page: MiniProgramPage | None,
    ) -> str:
        """Returns the msgid, as `subscribe` does."""
        own = page or MiniProgramPage()
        given = {"page": own.path, "miniprogram_state": own.state, "lang": own.lang}
        body = _filled(openid, template_id, data)
        body |= {name: text for name, text in given.items() if text}
        return _msgid(await self._send(_IN_MINI_PROGRAM, appid, body))

    async def _send(self, api: _Api, appid: str, body: Mapping[str, Any]) -> Answer:
        """Repeats the call once if WeChat says that the template does not exist: see NO_TEMPLATE."""
        try:
            return await self._post(api, appid, body)
        except SendError as error:
            if error.errcode != NO_TEMPLATE:
                raise
        return await self._post(api, appid, body)

    async def _post(self, api: _Api, appid: str, body: Mapping[str, Any]) -> Answer:
        way, path = api
        try:
            answer = await self._accounts.post(appid, path, body)
            answer.confirm()
        except WeChatError as error:
            raise _refused(error, way, self._clock.now()) from error
        except RequestError as error:
            raise _no_token(appid, way, error) from error
        except StorageError as error:
            raise SendError(str(error), verdict=Verdict.RETRY, way=way.value) from error
        return answer


def _msgid(answer: Answer) -> str:
    """Empty for what cannot be stored or is no id."""
    msgid = answer.values.get("msgid")
    text = str(msgid) if isinstance(msgid, int | str) else ""
    return text if len(text) <= LONGEST_MSGID and text.isprintable() else ""


def _filled(
    openid: str, template_id: str, data: Mapping[str, str], colors: Mapping[str, str] = _NONE
) -> dict[str, Any]:
    keywords = {
        name: {"value": value} | ({"color": colors[name]} if name in colors else {})
        for name, value in data.items()
    }
    return {"touser": openid, "template_id": template_id, "data": keywords}


def _opening(page: MiniProgramPage | None) -> dict[str, Any]:
    return {"miniprogram": {"appid": page.appid, "pagepath": page.path}} if page else {}


def _refused(error: WeChatError, way: Way, now: datetime) -> SendError:
    verdict = error.verdict or _BY_REACTION.get(error.reaction, Verdict.RETRY)
    retry_after = error.retry_after
    if verdict is Verdict.PAUSE and retry_after is None:
        retry_after = next_quota_day(now) - now
    return SendError(
        str(error),
        verdict=verdict,
        way=way.value,
        errcode=error.errcode,
        rid=error.rid,
        advice=error.advice,
        retry_after=retry_after,
    )


def _no_token(appid: str, way: Way, error: RequestError) -> SendError:
    """A registered account gets a token sooner or later; an unknown account does not."""
    comes = isinstance(error, UnavailableError)
    return SendError(
        f"there is no token to send with for {appid}",
        verdict=Verdict.CREDENTIAL if comes else Verdict.OPERATOR,
        way=way.value,
        advice=str(error),
    )
