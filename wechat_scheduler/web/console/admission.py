"""Admits people to the pages of the console: their session, their forms, and errors as pages."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.access.sessions import Session
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import (
    InvalidRequestError,
    RequestError,
    UnauthorizedError,
)
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.console.document import document
from wechat_scheduler.web.console.door import SIGN_IN, door, door_address
from wechat_scheduler.web.console.kept_forms import kept_form, may_be_kept
from wechat_scheduler.web.console.lacking import lacking, lacking_page
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.mistakes import told
from wechat_scheduler.web.console.native_api import NativeApi
from wechat_scheduler.web.console.questions import page_of_form, question, unanswered
from wechat_scheduler.web.console.rewording import reword
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.session_cookies import COOKIE, CSRF, OPEN_DOOR, check_form
from wechat_scheduler.web.console.visit import SignedIn, Visit
from wechat_scheduler.web.console.words import Language, Words, language_of, phrase
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.auth import Visitor
from wechat_scheduler.web.kit.bodies import form_fields
from wechat_scheduler.web.kit.chinese import Chinese
from wechat_scheduler.web.kit.error_formats import CRASHED, NO_STORE, TroubleError, shaped
from wechat_scheduler.web.kit.route import Handler
from wechat_scheduler.web.kit.services import SERVICES, SESSION
from wechat_scheduler.web.pages.forms import URLENCODED
from wechat_scheduler.web.pages.markup import fill, when

W = Words

# A page has a box for each of its rows, and a few fields more.
MOST_FIELDS: Final = 1200
VISIT: Final = web.RequestKey("VISIT", Visit)
# The page to which the page of an error leads back.
BEFORE: Final = web.RequestKey("BEFORE", str)
# Why a browser is shown the page of sign-in.
ENDED, WITH_FORM = "ended", "kept"
REFUSED = W("This did not work", "操作未完成")
# Of a page that was only looked at.
NOT_FOUND = W("It was not found", "没有找到")
NOT_SHOWN = W("This page cannot be shown", "无法显示这个页面")
BACK = W("Back", "返回")
# Of what was deleted in another window, whose id says nothing to a person.
GONE: Final[Mapping[Reason, Words]] = {
    Reason.REMINDER_UNKNOWN: W(
        "There is no such reminder: it was deleted, or the address is wrong.",
        "没有这个提醒：它已被删除，或者地址有误。",
    ),
}
_BODY: Final = '<section{posted}>{why}<p><a class="button" href="{place}">{back}</a></p></section>'
STORE_AWAY = W("The store does not answer. Try again soon.", "数据库没有响应，请稍后再试。")
FAILED = W("Something went wrong here; the log says what.", "出错了，日志里有原因。")
# Troubles of the daemon in the visitor's language, by the sentences of our API.
TROUBLES: Final[Mapping[str, Words]] = {NO_STORE: STORE_AWAY, CRASHED: FAILED}


class Admitted(NamedTuple):
    """A person whose browser proved its session: `secret` is its text. With an open door there is none."""

    visitor: Visitor
    secret: str
    session: Session | None


def visiting(route: ConsoleRoute, notices: Mapping[str, Words]) -> Handler:
    """The handler of a page behind its checks, with its errors as pages."""

    async def visited(request: web.Request) -> web.StreamResponse:
        visit = await visit_of(request, notices, route.scope)
        if visit is None:
            return await _sign_in_first(request)
        if route.scope is not None and not route.permits(visit):
            return lacking(visit, route.scope)
        asked = unanswered(visit)
        return question(visit, asked) if asked else await _handled(visit, route)

    return shaped(visited, _refused)


async def _handled(visit: Visit, route: ConsoleRoute) -> web.StreamResponse:
    try:
        return await route.handler(visit)
    except RequestError:
        visit.request[BEFORE] = await page_of_form(visit.request)
        raise


async def visit_of(
    request: web.Request, notices: Mapping[str, Words], scope: Scope | None
) -> Visit | None:
    """None for a browser without an open session. Raises ForbiddenError for a form that is not ours."""
    services = request.app[SERVICES]
    found = await signed_in(request)
    if found is None:
        return None
    session_id = ""
    if found.session is not None:
        session_id, request[SESSION] = found.session.id, found.session
    request[VISIT] = visit = Visit(
        request=request,
        api=NativeApi(request, found.visitor, _chinese(request)),
        place=await _place(request),
        language=language_of(request),
        session=SignedIn(
            id=session_id, key=found.visitor.key, csrf=services.sessions.proof(found.secret)
        ),
        notices=notices,
        scope=scope,
    )
    if request.method != hdrs.METH_POST:
        return visit
    fields = await read_fields(request)
    given = dict(fields).get(CSRF, "")
    check_form(request, services.sessions, given=given, secret=found.secret)
    return replace(visit, form=dict(fields), fields=fields)


async def _place(request: web.Request) -> str:
    """The address of the page; of what answers a form that of the page with the form, since its own takes forms alone."""
    is_form = request.method == hdrs.METH_POST
    return await page_of_form(request) if is_form else str(request.rel_url)


async def signed_in(request: web.Request) -> Admitted | None:
    """None for a browser without an open session."""
    services = request.app[SERVICES]
    if (visitor := services.authenticator.open_visitor(request)) is not None:
        return Admitted(visitor, OPEN_DOOR, None)
    text = request.cookies.get(COOKIE, "")
    session = await services.sessions.seek(text) if text else None
    key = services.sessions.key_of(session) if session else None
    address = services.authenticator.address(request)
    if session is None or key is None or not key.admits(address):
        return None
    return Admitted(Visitor(key, address), text, session)


async def read_fields(request: web.Request) -> list[tuple[str, str]]:
    """The fields of an urlencoded form in UTF-8, whose lines end in a line feed; a browser ends them its own way. Raises
    InvalidRequestError for any other body."""
    if request.content_type != URLENCODED:
        raise InvalidRequestError(
            f"a form of the console is {URLENCODED}", reason=Reason.BODY_UNREADABLE
        )
    try:
        text = (await request.read()).decode()
        fields = form_fields(text, errors="strict", most=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise InvalidRequestError("the form is not UTF-8", reason=Reason.BODY_UNREADABLE) from error
    return [(name, value.replace("\r\n", "\n")) for name, value in fields]


async def _sign_in_first(request: web.Request) -> web.StreamResponse:
    """To the page of sign-in, and back. A program, which has no session, gets an error of our API."""
    if not _takes_pages(request):
        return envelope.failure(
            UnauthorizedError(
                f"this is a page for people: sign in at {SIGN_IN}; programs use the API",
                reason=Reason.SESSION_MISSING,
            )
        )
    is_page = request.method == hdrs.METH_GET
    place = str(request.rel_url) if is_page else await page_of_form(request)
    if may_be_kept(request) and (kept := kept_form(request, await read_fields(request))):
        return door(request, place, because=WITH_FORM, status=401, kept=kept)
    because = f"&because={ENDED}" if request.cookies.get(COOKIE) else ""
    return web.Response(status=303, headers={hdrs.LOCATION: f"{door_address(place)}{because}"})


def _refused(request: web.Request, error: RequestError) -> web.StreamResponse:
    """The page of an error; for those who have no visit the error of our API."""
    visit = request.get(VISIT)
    if not _takes_pages(request):
        return envelope.failure(error)
    if chinese := _chinese(request):
        reword(error, chinese)
    if visit is None:
        return _refused_outside(request, error)
    said = _said(request, error, visit.language)
    why = fill('<p class="error" role="alert">{error}</p>', error=said)
    if error.reason is Reason.KEY_SCOPE:
        return lacking_page(visit, why)
    place, is_form = request.get(BEFORE, "/"), request.method == hdrs.METH_POST
    posted = when(is_form, fill(' data-posted="{place}"', place=place))
    body = fill(_BODY, posted=posted, why=why, place=place, back=visit.say(BACK))
    return layout(visit, _title(request, error), body, status=error.status)


def _title(request: web.Request, error: RequestError) -> Words:
    if request.method != hdrs.METH_GET:
        return REFUSED
    return NOT_FOUND if error.status == 404 else NOT_SHOWN


def _chinese(request: web.Request) -> Chinese | None:
    """None for a visitor who reads English."""
    return request.app[SERVICES].chinese() if language_of(request) is Language.ZH else None


def _refused_outside(request: web.Request, error: RequestError) -> web.StreamResponse:
    """The page of an error before it is known who asks."""
    language = language_of(request)
    title = phrase(_title(request, error), language)
    body = fill(
        '<main id="content" class="door" tabindex="-1"><section><h1>{title}</h1>'
        '<p class="error" role="alert">{error}</p></section></main>',
        title=title,
        error=_said(request, error, language),
    )
    return document(request, language, title, body, status=error.status)


def _said(request: web.Request, error: RequestError, language: Language) -> str:
    words = TROUBLES.get(str(error)) if isinstance(error, TroubleError) else GONE.get(error.reason)
    return phrase(words, language) if words else told(error, names=request.query)


def _takes_pages(request: web.Request) -> bool:
    accepted = request.headers.get(hdrs.ACCEPT, "*/*").lower()
    return "text/html" in accepted or "*/*" in accepted
