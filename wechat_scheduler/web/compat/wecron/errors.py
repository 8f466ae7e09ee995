"""Errors of WeCron's API, in the sentences of Django REST framework 3.6 in Chinese.

    {"time": ["该字段是必填项。"]}                  400, by field
    ["不能设一个过去的提醒: 2017-01-01 10:00"]      400, a bare list, the time in UTC
    {"detail": "未找到。"}                          all others

Source: WeCron's `remind/serializers.py`, and the framework's locale zh_Hans.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias
from urllib.parse import urlencode

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.errors import (
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    RequestError,
    ThrottledError,
    UnavailableError,
)
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.refused_reminders import PastError, ReminderError, RuleError
from wechat_scheduler.web.compat.wecron.state import ACCOUNT, WECRON
from wechat_scheduler.web.kit.query import NulError
from wechat_scheduler.web.kit.room_states import STATES
from wechat_scheduler.web.kit.services import SERVICES

REQUIRED: Final = "该字段是必填项。"
BLANK: Final = "该字段不能为空。"
NO_REPEAT: Final = "不支持这样的重复周期。"

# Errors of the desk of reminders by its field: the field of this API, and the sentence.
_WRONG: Final = {
    "title": ("title", "不是有效的字符串。"),
    "text": ("desc", "不是有效的字符串。"),
    "url": ("external_url", "请输入合法的URL。"),
    "time": ("time", "时间太远了。"),
    "defer": ("defer", "请确保提前或者延后不超过 366 天。"),
    "to": ("participants", "参与者太多了。"),
    "zone": ("time", "时区无效。"),
}

Fields: TypeAlias = Mapping[str, Sequence[str]]


class WeCronError(InvalidRequestError):
    """A field is wrong. `body` is the response, in the API's own form."""

    def __init__(self, body: Fields | Sequence[str]) -> None:
        super().__init__("the reminder has wrong fields")
        self.body = body


class CursorError(NotFoundError):
    """The cursor is from no page of this API."""


class MethodError(RequestError):
    """The path is known, but not with this method."""

    status = 405


class MediaTypeError(RequestError):
    """The body is neither JSON nor a form."""

    status = 415


def past(time: datetime) -> WeCronError:
    return WeCronError([f"不能设一个过去的提醒: {time.astimezone(UTC):%Y-%m-%d %H:%M}"])


def translated(error: ReminderError) -> WeCronError:
    """The error of the desk of reminders in WeCron's words."""
    if isinstance(error, PastError):
        return past(error.at)
    if isinstance(error, RuleError):
        return WeCronError({"repeat": [NO_REPEAT]})
    field, words = _WRONG.get(error.field, ("non_field_errors", "无效数据。"))
    return WeCronError({field: [words]})


def refused(request: web.Request, error: RequestError) -> web.Response:
    """The error in the API's own form."""
    error = translated(error) if isinstance(error, ReminderError) else error
    body = error.body if isinstance(error, WeCronError) else {"detail": _detail(error)}
    return web.Response(
        status=error.status,
        body=msgspec.json.encode(body),
        content_type="application/json",
        headers=_headers(request, error),
    )


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response:
    """The response to a path or a method that no route has."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        response = refused(request, MethodError(f"方法 “{request.method}” 不被允许。"))
        response.headers[hdrs.ALLOW] = ", ".join(sorted(error.allowed_methods))
        return response
    return refused(request, NotFoundError("there is no such path", reason=Reason.ROUTE_UNKNOWN))


def _detail(error: RequestError) -> str:
    match error:
        case CursorError():
            return "无效游标"
        case NotFoundError():
            return "未找到。"
        case NulError():
            return "网址中含有 NUL（%00）。"
        case ForbiddenError():
            return "Unauthorized!"
        case ThrottledError():
            return f"请求超过了限速。 Expected available in {_seconds(error)}.0 seconds."
    return str(error)


def _headers(request: web.Request, error: RequestError) -> dict[str, str]:
    if isinstance(error, ThrottledError | UnavailableError):
        return {hdrs.RETRY_AFTER: str(_seconds(error))}
    if error.status == web.HTTPUnauthorized.status_code:
        return {hdrs.WWW_AUTHENTICATE: _authorize_url(request)}
    return {}


def _seconds(error: ThrottledError | UnavailableError) -> int:
    return max(1, math.ceil(error.retry_after.total_seconds()))


def _authorize_url(request: web.Request) -> str:
    """The URL at which a browser logs its user in through WeChat and returns to its page."""
    services = request.app[SERVICES]
    came_from = request.headers.get("X-Referer") or request.headers.get(hdrs.REFERER, "")
    query = {
        # Strangers are not told which accounts send through this daemon.
        "appid": request.get(ACCOUNT, ""),
        "redirect_uri": services.links.public_url,
        "response_type": "code",
        "scope": "snsapi_userinfo",
        "state": came_from,
    }
    base = request.app[STATES][WECRON].authorize_base
    return f"{base}/connect/oauth2/authorize?{urlencode(query, errors='replace')}#wechat_redirect"
