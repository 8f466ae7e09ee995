"""Whose token comes with a request of WeCron's API, and how people are shown there."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.audience.model import App, Subscriber, TokenKind
from wechat_scheduler.errors import UnauthorizedError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.sentences import NO_NICKNAME
from wechat_scheduler.web.compat.tokens import holder_of
from wechat_scheduler.web.compat.wecron.office import WECRON
from wechat_scheduler.web.kit.services import SERVICES

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


class Keeper(NamedTuple):
    """The user whose token it is, and the app that reminds them."""

    person: Subscriber
    app: App

    @property
    def zone(self) -> str:
        return self.person.zone or self.app.zone


class PersonResult(msgspec.Struct):
    """A user, as others see them."""

    nickname: str
    headimgurl: str
    id: str


async def keeper_of(request: web.Request) -> Keeper:
    """Raises UnauthorizedError, or ThrottledError for their 1001st call of the day."""
    services = request.app[SERVICES]
    text = _token(request.headers.get(hdrs.AUTHORIZATION, ""))
    try:
        token, app = holder_of(request, text, TokenKind.USER)
    except UnauthorizedError as error:
        raise UnauthorizedError("认证令牌无效。", reason=Reason.KEY_INVALID) from error
    request.app[WECRON].calls.count(token.uid)
    person = await services.audience.by_uid(token.uid)
    if person is None:
        raise UnauthorizedError("用户未激活或者已删除。", reason=Reason.KEY_INVALID)
    return Keeper(person, app)


async def people_of(
    request: web.Request, app: App, uids: Iterable[str]
) -> Mapping[str, PersonResult]:
    """Those who have anything to do with a reminder, by uid."""
    wanted = list(dict.fromkeys(filter(None, uids)))
    found = await request.app[SERVICES].audience.find(app, wanted)
    return {uid: shown(found[uid].subscriber) if uid in found else unknown(uid) for uid in wanted}


def shown(person: Subscriber) -> PersonResult:
    return PersonResult(person.nickname or NO_NICKNAME, person.avatar, person.uid)


def unknown(uid: str) -> PersonResult:
    """Somebody who is here no more, or never had a name."""
    return PersonResult(NO_NICKNAME, "", uid)


def _token(header: str) -> str:
    """What stands behind `Token`; the words are those of the framework's TokenAuthentication."""
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
