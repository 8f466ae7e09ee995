"""Carries alerts to webhooks, and to the robots of groups in 企业微信, 钉钉 and 飞书.

Sources: 企业微信 群机器人配置说明 (developer.work.weixin.qq.com/document/path/91770), 钉钉 自定义机器人安全设置
(open.dingtalk.com/document/robots/customize-robot-security-settings), 飞书 自定义机器人使用指南
(open.feishu.cn/document/client-docs/bot-v3/add-custom-bot). Each answers 200 in any case: the number in the body decides.
"""

import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import msgspec

from wechat_scheduler.config.alert_targets import AlertForm, AlertTarget
from wechat_scheduler.delivery.model import Content
from wechat_scheduler.engine.clock import millis
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import CallError, LastingError
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.signing import webhook_headers

# Characters of a robot's own words that an error repeats.
LONGEST_WORDS: Final = 120
# Too many messages in a minute: it passes. 企业微信, 钉钉, 飞书.
_PASSING: Final = frozenset((45009, 130101, 410100, 9499, 11232))
REMOVED: Final = Sentence(
    "its address is wrong, or the robot was removed: copy the address of the robot again",
    "地址不对，或机器人已被移除：请重新复制机器人的地址",
)
FROM_GROUP: Final = Sentence(
    "the robot was removed from the group: add it again", "机器人已被移出群：请重新添加"
)
REFUSES: Final = Sentence(
    "the sign, the key words or the IP list of the robot refuse it: set its secret, or allow the word wechat-scheduler",
    "机器人的加签、关键词或 IP 白名单拒绝了它：请设置它的密钥，或允许关键词 wechat-scheduler",
)
WRONG_SIGN: Final = Sentence(
    "its sign is wrong: set its secret, and check this machine's clock",
    "签名不对：请设置它的密钥，并检查本机的时钟",
)
IP_LIST: Final = Sentence(
    "its IP list refuses this machine: add the address, or remove the list",
    "它的 IP 白名单拒绝本机：请加入地址，或去掉白名单",
)
KEY_WORDS: Final = Sentence(
    "its key words refuse it: allow the word wechat-scheduler",
    "它的关键词拒绝了它：请允许关键词 wechat-scheduler",
)
SAID: Final = Sentence("{place} answered {number:d}: {words}", "{place} 回答了 {number}：{words}")
NO_JSON: Final = Sentence("{place} did not answer in JSON", "{place} 没有以 JSON 回答")
NO_ERRCODE: Final = Sentence("{place} answered without an errcode", "{place} 的回答里没有 errcode")
_ADVICE: Final[Mapping[int, Sentence]] = {
    93000: REMOVED,
    310000: REFUSES,
    300001: REMOVED,
    400013: FROM_GROUP,
    19001: REMOVED,
    19021: WRONG_SIGN,
    19022: IP_LIST,
    19024: KEY_WORDS,
}


class _RobotCall(NamedTuple):
    url: str
    body: Mapping[str, Any]


def wecom(target: AlertTarget, text: str, at: datetime) -> _RobotCall:
    return _RobotCall(target.url, {"msgtype": "text", "text": {"content": text}})


def dingtalk(target: AlertTarget, text: str, at: datetime) -> _RobotCall:
    """The sign is in the query, as the access_token is."""
    url = target.url
    if target.secret:
        timestamp = str(millis(at))
        sign = b64encode(hmac.digest(target.secret.encode(), _signed(timestamp, target), "sha256"))
        added = urlencode({"timestamp": timestamp, "sign": sign.decode()})
        url = f"{url}{'&' if '?' in url else '?'}{added}"
    return _RobotCall(url, {"msgtype": "text", "text": {"content": text}})


def feishu(target: AlertTarget, text: str, at: datetime) -> _RobotCall:
    """The sign is in the body: a digest of nothing, whose key is the timestamp and the secret."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if target.secret:
        timestamp = str(int(at.timestamp()))
        sign = b64encode(hmac.digest(_signed(timestamp, target), b"", "sha256")).decode()
        body = {"timestamp": timestamp, "sign": sign, **body}
    return _RobotCall(target.url, body)


def _signed(timestamp: str, target: AlertTarget) -> bytes:
    return f"{timestamp}\n{target.secret}".encode()


_ROBOTS: Final[Mapping[AlertForm, Callable[[AlertTarget, str, datetime], _RobotCall]]] = {
    AlertForm.WECOM: wecom,
    AlertForm.DINGTALK: dingtalk,
    AlertForm.FEISHU: feishu,
}


class WebhookCarrier:
    """Posts the JSON of a message, signed in the form of Standard Webhooks if the target has a secret. It is
    accepted with any status of 2xx."""

    def __init__(self, client: GuardedClient) -> None:
        self._client = client

    async def carry(
        self, target: AlertTarget, content: Content, *, message: str, at: datetime
    ) -> None:
        """Raises CallError."""
        body = content.body.encode()
        headers = webhook_headers(message=message, at=at, body=body, secret=target.secret)
        await self._client.ask(target.url, body, headers=headers, place=target.place)


class RobotCarrier:
    """Posts the text of a message in the form of a robot."""

    def __init__(self, client: GuardedClient) -> None:
        self._client = client

    async def carry(
        self, target: AlertTarget, content: Content, *, message: str, at: datetime
    ) -> None:
        """Raises CallError; LastingError if a person has to change something."""
        call = _ROBOTS[target.kind](target, f"{content.title}\n{content.text}", at)
        body = msgspec.json.encode(call.body)
        answer = await self._client.ask(call.url, body, headers={}, place=target.place)
        _check(target, answer)


def _check(target: AlertTarget, answer: bytes) -> None:
    try:
        found = msgspec.json.decode(answer, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise CallError(NO_JSON.fill(place=target.place)) from error
    # 飞书 has `code`, and its older form `StatusCode`.
    number = next(
        (found[name] for name in ("errcode", "code", "StatusCode") if name in found), None
    )
    if number == 0:
        return
    if not isinstance(number, int):
        raise CallError(NO_ERRCODE.fill(place=target.place))
    said = str(found.get("errmsg", found.get("msg", "")))[:LONGEST_WORDS]
    words = "".join(each if each.isprintable() else " " for each in said)
    sentence = SAID.fill(place=target.place, number=number, words=words)
    if number in _PASSING:
        raise CallError(sentence)
    advice = _ADVICE.get(number)
    raise LastingError(f"{sentence}; {advice.en}" if advice else sentence)
