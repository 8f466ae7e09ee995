"""Admits people to the pages of the console: their session, their forms, and errors as pages."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from aiohttp import hdrs, web

from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import (
    InvalidRequestError,
    RequestError,
    UnauthorizedError,
)
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.native_api import NativeApi
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.session_cookies import CSRF, OPEN_DOOR, SESSION, check_form
from wechat_scheduler.web.console.visit import SignedIn, Visit
from wechat_scheduler.web.console.words import Words, language_of
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.auth import Visitor
from wechat_scheduler.web.kit.bodies import form_fields
from wechat_scheduler.web.kit.error_formats import shaped
from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.forms import URLENCODED
from wechat_scheduler.web.pages.markup import fill

W = Words

# A page has a box for each of its rows, and a few fields more.
MOST_FIELDS: Final = 1200
SIGN_IN: Final = "/console/sign-in"
VISIT: Final = web.RequestKey("VISIT", Visit)
REFUSED = W("This did not work", "操作未完成")


def visiting(route: ConsoleRoute, notices: Mapping[str, Words]) -> Handler:
    """The handler of a page behind its checks, with its errors as pages."""

    async def visited(request: web.Request) -> web.StreamResponse:
        visit = await _visit(request, notices)
        if visit is None:
            return _sign_in_first(request)
        return await route.handler(visit)

    return shaped(visited, _refused)


async def _visit(request: web.Request, notices: Mapping[str, Words]) -> Visit | None:
    """None for a browser without an open session. Raises ForbiddenError for a form that is not ours."""
    services = request.app[SERVICES]
    found = await signed_in(request)
    if found is None:
        return None
    secret, visitor, session_id = found
    request[VISIT] = visit = Visit(
        request=request,
        api=NativeApi(request, visitor),
        language=language_of(request),
        session=SignedIn(id=session_id, key=visitor.key, csrf=services.sessions.proof(secret)),
        now=services.clock.now(),
        notices=notices,
    )
    if request.method != hdrs.METH_POST:
        return visit
    fields = await read_fields(request)
    check_form(request, services.sessions, given=dict(fields).get(CSRF, ""), secret=secret)
    return replace(visit, form=dict(fields), fields=fields)


async def signed_in(request: web.Request) -> tuple[str, Visitor, str] | None:
    """The secret of the session, who visits, and the id of the session; None without an open one. With an open
    door there is no session, and the id is empty."""
    services = request.app[SERVICES]
    if (visitor := services.authenticator.open_visitor(request)) is not None:
        return OPEN_DOOR, visitor, ""
    text = request.cookies.get(SESSION, "")
    session = await services.sessions.seek(text) if text else None
    key = services.sessions.key_of(session) if session else None
    address = services.authenticator.address(request)
    if session is None or key is None or not key.admits(address):
        return None
    return text, Visitor(key, address), session.id


async def read_fields(request: web.Request) -> list[tuple[str, str]]:
    """The fields of an urlencoded form in UTF-8. Raises InvalidRequestError for any other body."""
    if request.content_type != URLENCODED:
        raise InvalidRequestError(
            f"a form of the console is {URLENCODED}", reason=Reason.BODY_UNREADABLE
        )
    try:
        text = (await request.read()).decode()
        return form_fields(text, errors="strict", most=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise InvalidRequestError("the form is not UTF-8", reason=Reason.BODY_UNREADABLE) from error


def _sign_in_first(request: web.Request) -> web.StreamResponse:
    """To the page of sign-in, and back. A program, which has no session, gets an error of our API."""
    if not _takes_pages(request):
        return envelope.failure(
            UnauthorizedError(
                f"this is a page for people: sign in at {SIGN_IN}; programs use the API",
                reason=Reason.SESSION_MISSING,
            )
        )
    place = str(request.rel_url) if request.method == hdrs.METH_GET else "/"
    return web.Response(
        status=303, headers={hdrs.LOCATION: f"{SIGN_IN}?next={quote(place, safe='/')}"}
    )


def _refused(request: web.Request, error: RequestError) -> web.StreamResponse:
    """The page of an error; for those who have no visit the error of our API."""
    visit = request.get(VISIT)
    if visit is None or not _takes_pages(request):
        return envelope.failure(error)
    body = fill(
        '<section><p class="error" role="alert">{error}</p></section>', error=sentence(error)
    )
    return layout(visit, REFUSED, body, status=error.status)


def _takes_pages(request: web.Request) -> bool:
    accepted = request.headers.get(hdrs.ACCEPT, "*/*").lower()
    return "text/html" in accepted or "*/*" in accepted


def sentence(error: RequestError) -> str:
    """The error as a whole sentence."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
