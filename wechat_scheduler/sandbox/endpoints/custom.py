"""Customer-service messages, to users who lately wrote, followed, scanned or clicked.

Source: "客服消息".
"""

from typing import Any

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.recipients import recipient
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.limits import Limit
from wechat_scheduler.sandbox.phones import By, PhoneMessage
from wechat_scheduler.sandbox.world import World

KINDS = frozenset(
    (
        "text", "image", "voice", "video", "music", "news", "mpnews", "mpnewsarticle", "msgmenu",
        "wxcard", "miniprogrampage",
    )
)  # fmt: skip


def send_custom(world: World, call: ApiCall) -> Reply:
    """Five messages within 48 hours after the user wrote; three within a minute after the user
    followed, scanned or clicked.

    Raises RefusedError 40003, 40008, 44003, 44004, 45008, 48002 (blocked), 45015 (too late, or not
    a follower), 45047 (too many).
    """
    person = recipient(world, call)
    message = _message(call)
    if person.followed_at is None and person.appid not in world.mini_programs:
        raise RefusedError(45015)
    if person.blocked:
        raise RefusedError(48002)
    world.people.spend_allowance(person, call.now)
    world.people.show(person, message)
    return {"errcode": 0, "errmsg": "ok"}


def _message(call: ApiCall) -> PhoneMessage:
    kind = call.fields.get("msgtype")
    if not isinstance(kind, str) or kind not in KINDS:
        raise RefusedError(40008)
    content = call.fields.get(kind)
    if not isinstance(content, dict) or not content:
        raise RefusedError(44003 if kind == "news" else 44004)
    if kind == "text":
        return PhoneMessage(kind=kind, by=By.ACCOUNT, at=call.now, text=_text(content))
    if kind == "news":
        _require_one_article(content)
    return PhoneMessage(kind=kind, by=By.ACCOUNT, at=call.now, content=content)


def _text(content: dict[str, Any]) -> str:
    text = content.get("content")
    if not isinstance(text, str) or not text:
        raise RefusedError(44004)
    return text


def _require_one_article(content: dict[str, Any]) -> None:
    articles = content.get("articles")
    if not isinstance(articles, list) or not articles:
        raise RefusedError(44003)
    if len(articles) > 1:
        raise RefusedError(45008)


ENDPOINTS = (Endpoint("POST", "/cgi-bin/message/custom/send", send_custom, Limit(day=500_000)),)
