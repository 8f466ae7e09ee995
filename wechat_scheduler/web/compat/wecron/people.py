"""Users of WeCron's API: by their token, as others see them, and their profile (`/profile/api/`)."""

import re
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any, Final, NamedTuple

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.audience.model import SHANGHAI, App, Subscriber, SubscriberChange, TokenKind
from wechat_scheduler.errors import InvalidRequestError, UnauthorizedError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.texts import NO_NICKNAME
from wechat_scheduler.web.compat.tokens import holder_of
from wechat_scheduler.web.compat.wecron.fields import (
    FieldError,
    checked,
    decoded,
    present,
    text_of,
    url_of,
)
from wechat_scheduler.web.compat.wecron.state import ACCOUNT, WECRON
from wechat_scheduler.web.kit.room_states import STATES
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.texts import LONGEST_NAME, read_zone

LONGEST_AVATAR: Final = 200
LONGEST_ZONE: Final = 64

_TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?", re.ASCII)
_BOOLEANS: Final = {
    **dict.fromkeys((True, "true", "True", "1", 1, "t"), True),
    **dict.fromkeys((False, "false", "False", "0", 0, "f"), False),
}


class Keeper(NamedTuple):
    """The user that a token belongs to, and the app that reminds them."""

    person: Subscriber
    app: App

    @property
    def zone(self) -> str:
        return self.person.zone or self.app.zone


class PersonResult(msgspec.Struct):
    """A user as other users see them."""

    nickname: str
    headimgurl: str
    id: str


async def keeper_of(request: web.Request) -> Keeper:
    """The user whose token comes with the request. Raises UnauthorizedError, or ThrottledError for
    more calls a day than are allowed."""
    services = request.app[SERVICES]
    text = _token(request.headers.get(hdrs.AUTHORIZATION, ""))
    try:
        token, app = await holder_of(request, text, TokenKind.USER)
    except UnauthorizedError as error:
        raise UnauthorizedError("认证令牌无效。", reason=Reason.KEY_INVALID) from error
    request[ACCOUNT] = app.appid
    request.app[STATES][WECRON].calls.count(token.uid)
    person = await services.audience.by_uid(token.uid)
    if person is None:
        raise UnauthorizedError("用户未激活或者已删除。", reason=Reason.KEY_INVALID)
    return Keeper(person, app)


async def people_of(
    request: web.Request, keeper: Keeper, uids: Iterable[str]
) -> Mapping[str, PersonResult]:
    """The users by their uids, unknown ones too."""
    own = keeper.person.uid
    wanted = [uid for uid in dict.fromkeys(uids) if uid and uid != own]
    found = await request.app[SERVICES].audience.find(keeper.app, wanted)
    others = {uid: shown(found[uid].subscriber) if uid in found else unknown(uid) for uid in wanted}
    return others | {own: shown(keeper.person)}


def shown(person: Subscriber) -> PersonResult:
    return PersonResult(person.nickname or NO_NICKNAME, person.avatar, person.uid)


def unknown(uid: str) -> PersonResult:
    """A user that is not found."""
    return PersonResult(NO_NICKNAME, "", uid)


class ProfileResult(msgspec.Struct, kw_only=True):
    """The fields are in the order of WeCron's serializer. `morning_greeting` is a time of day or null."""

    nickname: str
    headimgurl: str
    id: str
    morning_greeting: str | None
    notify_subscription: bool
    timezone: str


async def profile(request: web.Request) -> web.Response:
    """`GET /profile/api/`."""
    keeper = await keeper_of(request)
    return _respond(keeper.person, keeper.zone)


async def change_profile(request: web.Request) -> web.Response:
    """`PATCH /profile/api/`: fields that are left out keep their values."""
    keeper = await keeper_of(request)
    changes: dict[str, Any] = checked(present(decoded(request, await request.read())), _READERS)
    if not changes:
        return _respond(keeper.person, keeper.zone)
    names = {ours: changes[theirs] for theirs, ours in _OURS.items() if theirs in changes}
    audience, change = request.app[SERVICES].audience, SubscriberChange(**names)
    person = await audience.change(keeper.person.uid, change) or keeper.person
    return _respond(person, Keeper(person, keeper.app).zone)


def _token(header: str) -> str:
    """The token in the header. The errors are those of the framework's TokenAuthentication."""
    words = header.split()
    if not words or words[0].lower() != "token":
        raise UnauthorizedError("身份认证信息未提供。", reason=Reason.KEY_INVALID)
    if len(words) == 1:
        raise UnauthorizedError(
            "没有提供认证信息（认证令牌HTTP头无效）。", reason=Reason.KEY_INVALID
        )
    if len(words) > 2:
        raise UnauthorizedError(
            "认证令牌字符串不应该包含空格（无效的认证令牌HTTP头）。", reason=Reason.KEY_INVALID
        )
    return words[1]


def _respond(person: Subscriber, zone: str) -> web.Response:
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
    """A time of day, empty for null."""
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
