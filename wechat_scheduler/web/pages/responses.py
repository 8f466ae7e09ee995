"""Pages and their errors as HTTP responses."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import (
    NotFoundError,
    RequestError,
    SchedulerError,
    UnavailableError,
    WeChatError,
)
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.envelope import SOON
from wechat_scheduler.web.kit.error_formats import shaped
from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.bulletin import bulletin_page
from wechat_scheduler.web.pages.document import Page

GONE: Final = 410
WORDS: Final = {
    400: ("操作无效", "请返回后重试。"),
    404: ("页面不存在", "链接不完整，或者内容已经过期。"),
    413: ("内容过大", "请返回后重试。"),
    415: ("操作无效", "请返回后重试。"),
    429: ("操作太频繁", "请稍后再试。"),
}
TROUBLE: Final = ("暂时无法打开", "请稍后再试。")


def page_response(page: Page, status: int = 200) -> web.Response:
    return web.Response(status=status, body=page.html.encode(), headers=page.headers)


def redirected(to: str) -> web.Response:
    """A 303 that the browser follows with GET."""
    return web.Response(status=303, headers={hdrs.LOCATION: to})


def paged(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Handler:
    """The handler with its errors as pages, which reveal nothing to strangers."""
    return shaped(handler, refused)


def paged_for_browsers(handler: Handler) -> Handler:
    """The handler with its errors as pages for browsers; other callers get those of its API."""
    pages = paged(handler)

    async def answered(request: web.Request) -> web.StreamResponse:
        return await (pages if is_browser(request) else handler)(request)

    return answered


def dead_link(request: web.Request, error: web.HTTPException) -> web.StreamResponse | None:
    """The page of an address that no route has, for browsers; None for other callers."""
    if error.status != web.HTTPNotFound.status_code or not is_browser(request):
        return None
    return refused(request, NotFoundError("no route has this path", reason=Reason.ROUTE_UNKNOWN))


def is_browser(request: web.Request) -> bool:
    """Whether a person opened the address. Java's HTTP client asks for HTML as well, and for GIFs."""
    accepted = request.headers.get(hdrs.ACCEPT, "").lower()
    return request.method == hdrs.METH_GET and "text/html" in accepted and "gif" not in accepted


def named(name: str | None) -> str:
    """The name in a capability. Raises NotFoundError for None: the link is not one of ours."""
    if name is None:
        raise NotFoundError("this link is not complete", reason=Reason.ROUTE_UNKNOWN)
    return name


def check_current(request: web.Request, app_id: int) -> None:
    """Raises NotFoundError for a link of a former generation of the app's links."""
    services, capability = request.app[SERVICES], request.match_info["capability"]
    if services.links.generation_in(capability) != services.directory.link_generation(app_id):
        raise NotFoundError("this link was renewed", reason=Reason.ROUTE_UNKNOWN)


def no_code(error: SchedulerError) -> UnavailableError:
    """The error of a page whose QR code WeChat does not draw."""
    wait = error.retry_after if isinstance(error, WeChatError | UnavailableError) else None
    return UnavailableError(
        f"WeChat did not create a code: {error}",
        reason=Reason.WECHAT_UNAVAILABLE,
        retry_after=wait or SOON,
    )


def refused(request: web.Request, error: RequestError) -> web.StreamResponse:
    """The page of an error, by its status."""
    title, text = WORDS.get(error.status, TROUBLE)
    return page_response(bulletin_page(title, text), error.status)
