"""Pages as answers: what people are shown in WeChat's browser, errors included."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import NotFoundError, RequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.kit.shapes import shaped
from wechat_scheduler.web.pages.layout import Page
from wechat_scheduler.web.pages.notice import notice_page

GONE: Final = 410
WORDS: Final = {
    400: ("操作无效", "请返回后重试。"),
    404: ("页面不存在", "链接不完整，或者内容已经过期。"),
    413: ("内容过大", "请返回后重试。"),
    429: ("操作太频繁", "请稍后再试。"),
}
TROUBLE: Final = ("暂时无法打开", "请稍后再试。")


def page_response(page: Page, status: int = 200) -> web.Response:
    return web.Response(status=status, body=page.html.encode(), headers=page.headers)


def redirected(to: str) -> web.Response:
    """303: whatever was posted, the page there is to be got. It holds a link that is a secret, and so
    goes nowhere else."""
    headers = {hdrs.LOCATION: to, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return web.Response(status=303, headers=headers)


def paged(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Handler:
    """A handler whose errors are pages. They say nothing but what a stranger may know."""
    return shaped(handler, refused)


def named(name: str | None) -> str:
    """What a capability names. Raises NotFoundError if it was none of ours."""
    if name is None:
        raise NotFoundError("this link is not complete", reason=Reason.ROUTE_UNKNOWN)
    return name


def refused(request: web.Request, error: RequestError) -> web.StreamResponse:
    """The page that says so."""
    title, text = WORDS.get(error.status, TROUBLE)
    return page_response(notice_page(title, text), error.status)
