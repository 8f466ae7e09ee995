"""`/profile/api/`: what a user of WeCron's API says of themselves."""

import re
from datetime import time
from typing import Any, Final

import msgspec
from aiohttp import web

from wechat_scheduler.audience.model import SHANGHAI, Subscriber, SubscriberChange
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.compat.wecron.fields import FieldError, checked, decoded, text_of, url_of
from wechat_scheduler.web.compat.wecron.people import Keeper, keeper_of, shown
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.texts import LONGEST_NAME, read_zone

LONGEST_AVATAR: Final = 200
LONGEST_ZONE: Final = 64

_TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?", re.ASCII)
_BOOLEANS: Final = {
    **dict.fromkeys((True, "true", "True", "1", 1, "t"), True),
    **dict.fromkeys((False, "false", "False", "0", 0, "f"), False),
}


class ProfileResult(msgspec.Struct, kw_only=True):
    """In the order of WeCron's serializer. `morning_greeting` is a time of day or null."""

    nickname: str
    headimgurl: str
    id: str
    morning_greeting: str | None
    notify_subscription: bool
    timezone: str


async def profile(request: web.Request) -> web.Response:
    """`GET /profile/api/`."""
    keeper = await keeper_of(request)
    return _answer(keeper.person, keeper.zone)


async def change_profile(request: web.Request) -> web.Response:
    """`PATCH /profile/api/`: what is left out stays as it is."""
    keeper = await keeper_of(request)
    changes: dict[str, Any] = checked(decoded(request, await request.read()), _READERS)
    if not changes:
        return _answer(keeper.person, keeper.zone)
    names = {ours: changes[theirs] for theirs, ours in _OURS.items() if theirs in changes}
    audience, change = request.app[SERVICES].audience, SubscriberChange(**names)
    person = await audience.change(keeper.person.uid, change) or keeper.person
    return _answer(person, Keeper(person, keeper.app).zone)


def _answer(person: Subscriber, zone: str) -> web.Response:
    seen = shown(person)
    body = ProfileResult(
        nickname=seen.nickname,
        headimgurl=seen.headimgurl,
        id=seen.id,
        morning_greeting=person.morning or None,
        notify_subscription=person.hears_joins,
        timezone=zone or SHANGHAI,
    )
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")


def _morning(value: Any) -> str:
    """Empty for none."""
    if value is None:
        return ""
    try:
        if not _TIME.fullmatch(str(value)):
            raise ValueError(value)
        return time.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        words = "时间格式错误。请从这些格式中选择：hh:mm[:ss[.uuuuuu]]。"
        raise FieldError(words) from error


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool | int | str) or value not in _BOOLEANS:
        raise FieldError("必须是有效的布尔值。")
    return _BOOLEANS[value]


def _zone(value: Any) -> str:
    name = text_of(LONGEST_ZONE)(value)
    try:
        return read_zone(str(name), "timezone")
    except InvalidRequestError as error:
        raise FieldError(f"“{name}” 不是合法选项。") from error


def _nickname(value: Any) -> str:
    name = str(text_of(LONGEST_NAME)(value))
    if not name.isprintable():
        raise FieldError("不是有效的字符串。")
    return name


_OURS: Final = {
    "nickname": "nickname",
    "headimgurl": "avatar",
    "morning_greeting": "morning",
    "notify_subscription": "hears_joins",
    "timezone": "zone",
}
_READERS: Final = {
    "nickname": _nickname,
    "headimgurl": url_of(LONGEST_AVATAR),
    "morning_greeting": _morning,
    "notify_subscription": _boolean,
    "timezone": _zone,
}
