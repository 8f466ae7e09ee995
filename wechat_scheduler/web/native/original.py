"""The responses of the original wechat-scheduler, for `compat.original_answers`.

The HTTP status is always 200 and the type `application/json`; `code` tells the error, `message` says
it in Chinese, and `result` is null. A value that is not there yet is an empty `result` at once. The
sentences are the original's; errors that it does not know have sentences of the same kind.

A client that accepts `MEDIA_TYPE` gets the native responses all the same.
"""

import re
from typing import Final

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler import MEDIA_TYPE
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.envelope import Envelope
from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.slashes import tidied

# Headers of an error that stay.
_KEPT: Final = (hdrs.RETRY_AFTER, hdrs.WWW_AUTHENTICATE, hdrs.ALLOW)

WANTED: Final = web.AppKey("original", bool)

_REGISTER: Final = ("/registe", "/register")
_TASK: Final = ("/task/{appid}/{type}", "/task/{appid}/{type}/{subject}")

_FAILED: Final = "注册失败: "
_NO_BODY: Final = f"{_FAILED}注册参数不能为空"
_UNREADABLE: Final = f"{_FAILED}读取参数失败"
_NO_ACCOUNT: Final = f"{_FAILED}appid 或者 appsecret 不能为空"
_NO_SUCH_TYPE: Final = f"{_FAILED}不支持的任务类型"
# The sentences of our own API for what the original said in one sentence.
_EMPTY = pattern(r"(?:appid|appsecret): (?:is required|must not be empty)")
_TYPE = pattern(r"tasks\[\d+\]\.type: unknown task type")
_TWICE = pattern(r"(?P<field>tasks\[\d+\]): the body has the same task twice")
_FORM = pattern(r"(?:.*: )?expected ", re.DOTALL)
_FIELD = pattern(r"(?P<field>[\w.\[\]]+): (?P<detail>.*)", re.DOTALL)

_BY_STATUS: Final = {
    401: "缺少 API key，或者 API key 无效",
    403: "这个 API key 无权访问",
    404: "请求地址不存在",
    405: "请求方法不支持",
    413: "请求内容过大",
    415: "不支持压缩的请求内容",
    429: "请求过于频繁，请稍后再试",
    500: "系统出错，请查看日志",
    503: "服务暂时不可用，请稍后再试",
}
_NO_PATH: Final = "请求地址格式不正确"
_AMBIGUOUS: Final = "当前 AppID 有多个这种类型的任务，请在地址末尾加上 openid 或者 authorizer_appid"


def has(method: str, path: str) -> bool:
    """Whether the original has a route of this method and pattern."""
    return path in _REGISTER or (path in _TASK and method == hdrs.METH_GET)


def is_wanted(request: web.Request) -> bool:
    """Whether this caller gets the original's responses."""
    return request.app[WANTED] and MEDIA_TYPE not in request.headers.get(hdrs.ACCEPT, "")


@web.middleware
async def original_answers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives the responses on the paths of the original its form. Errors must have become envelopes."""
    response = await handler(request)
    if not isinstance(response, web.Response) or not is_wanted(request):
        return response
    if response.status == 304 or not _is_original(request):
        return response
    if response.status != 200:
        response = await _worded(request, response)
    response.headers[hdrs.CONTENT_TYPE] = "application/json"
    return response


def _is_original(request: web.Request) -> bool:
    resource = request.match_info.route.resource
    if resource is None:
        path = tidied(request.method, request.path)
        return path.startswith((*_REGISTER, "/task/")) or path == "/task"
    return has(request.method, resource.canonical)


async def _worded(request: web.Request, response: web.Response) -> web.Response:
    refused = msgspec.json.decode(response.text or "", type=Envelope)
    if refused.reason in (Reason.TASK_PENDING, Reason.TASK_EXPIRED):
        found = Envelope(200, "", "")
    else:
        found = Envelope(*await _error(request, refused), None)
    headers = {name: value for name, value in response.headers.items() if name in _KEPT}
    return web.Response(body=msgspec.json.encode(found), headers=headers)


async def _error(request: web.Request, refused: Envelope) -> tuple[int, str]:
    """The `code` and the `message`."""
    match refused.reason:
        case Reason.TYPE_UNKNOWN:
            is_number = request.match_info["type"].removeprefix("-").isdecimal()
            return 400, "非法的任务类型" if is_number else _NO_PATH
        case Reason.TASK_UNKNOWN:
            is_known = await _is_registered(request, request.match_info["appid"])
            return 400, "当前 AppID 并未注册指定类型的 任务" if is_known else "非法的 AppID"
        case Reason.TASK_AMBIGUOUS:
            return refused.code, _AMBIGUOUS
    if refused.code != 400:
        return refused.code, _BY_STATUS.get(refused.code, refused.message)
    resource = request.match_info.route.resource
    is_task = resource is not None and resource.canonical in _TASK
    return 400, _NO_PATH if is_task else _unregistered(request, refused)


def _unregistered(request: web.Request, refused: Envelope) -> str:
    if refused.reason == Reason.BODY_UNREADABLE:
        return _UNREADABLE if request.body_exists else _NO_BODY
    if _EMPTY.match(refused.message):
        return _NO_ACCOUNT
    if _TYPE.match(refused.message):
        return _NO_SUCH_TYPE
    if _FORM.match(refused.message):
        return _UNREADABLE
    if twice := _TWICE.match(refused.message):
        return f"{_FAILED}{twice['field']} 和前面的任务重复"
    if wrong := _FIELD.fullmatch(refused.message):
        return f"{_FAILED}{wrong['field']} 不正确（{wrong['detail']}）"
    return f"{_FAILED}{refused.message}"


async def _is_registered(request: web.Request, appid: str) -> bool:
    manager = request.app[SERVICES].manager
    return bool(await manager.view(appid=appid, kind="", subject="", after=None, limit=1))
