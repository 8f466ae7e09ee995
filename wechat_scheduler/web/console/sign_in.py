"""Signing in with the text of an API key."""

from collections.abc import Mapping
from typing import Final

import structlog
from aiohttp import hdrs, web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Address, Key
from wechat_scheduler.access.sessions import new_session_id
from wechat_scheduler.errors import (
    ForbiddenError,
    RequestError,
    StorageError,
    ThrottledError,
)
from wechat_scheduler.web.console.admission import STORE_AWAY, read_fields, signed_in
from wechat_scheduler.web.console.document import document
from wechat_scheduler.web.console.door import BECAUSE, SIGN_IN, TITLE, door, door_address
from wechat_scheduler.web.console.kept_forms import KEPT, brought, review
from wechat_scheduler.web.console.local_paths import local_path
from wechat_scheduler.web.console.session_cookies import (
    BEGINNING,
    COOKIE,
    CSRF,
    check_form,
    is_own,
    set_secret,
)
from wechat_scheduler.web.console.words import Language, Words, language_of, phrase
from wechat_scheduler.web.kit.error_formats import shaped
from wechat_scheduler.web.kit.route import Route
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.markup import fill
from wechat_scheduler.web.pages.responses import redirected

log = structlog.get_logger(__name__)

W = Words

WRONG = W(
    "This key is unknown, revoked or expired, or may not be used from this address.",
    "这个 key 不认识、已吊销或已过期，或者不允许从这个地址使用。",
)
THROTTLED = W(
    "Too many wrong keys came from this address, or this key signed in too often. Wait a minute.",
    "从这个地址来的错误 key 太多，或者这个 key 登录太频繁，请等一分钟。",
)
FOREIGN = W("This form is too old. Enter the key again.", "这个表单已失效，请重新输入 key。")

GO_ON = W("Go on", "继续")
AGAIN: Final = "again"


async def show(request: web.Request) -> web.StreamResponse:
    """`GET /console/sign-in?next=…`."""
    target = _target(request.query.get("next", ""))
    if await signed_in(request) is not None:
        return redirected(target)
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and AGAIN not in request.query:
        return _once_more(request, target)
    return door(request, target)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """The form's POST."""
    services = request.app[SERVICES]
    fields = dict(await read_fields(request))
    target = _target(fields.get("next", ""))
    language = language_of(request)
    # Another page must not have its form carried on, as what the person typed.
    kept = brought(fields.get(KEPT, "")) if is_own(request) else None
    address = services.authenticator.address(request)
    try:
        text = await _admitted(request, fields, address)
    except (RequestError, StorageError) as error:
        status = error.status if isinstance(error, RequestError) else 503
        said = phrase(_words(error), language)
        return door(request, target, error=said, status=status, kept=kept)
    proof = services.sessions.proof(text)
    response = review(request, kept, place=target, proof=proof) if kept else redirected(target)
    set_secret(request, response, COOKIE, text)
    # The browser may keep this form with its key: who sends it once more is not let in.
    response.del_cookie(BEGINNING, path="/")
    return response


async def _admitted(
    request: web.Request, fields: Mapping[str, str], address: Address | None
) -> str:
    """The text of the session: of the one that the browser has with that key, if it sends the form twice or from
    two tabs, else of a new one. Raises RequestError, and StorageError."""
    services = request.app[SERVICES]
    found = await signed_in(request) if is_own(request) else None
    if found is None or found.session is None:
        secret = request.cookies.get(BEGINNING, "")
        check_form(request, services.sessions, given=fields.get(CSRF, ""), secret=secret)
    key = await services.authenticator.key_of(fields.get("key", "").strip(), address)
    is_in = found is not None and found.visitor.key.hash == key.hash
    return found.secret if found and is_in else await _open(request, key, address)


async def _open(request: web.Request, key: Key, address: Address | None) -> str:
    """The text of a new session of that key. May raise StorageError."""
    services, session_id = request.app[SERVICES], new_session_id()
    agent = request.headers.get(hdrs.USER_AGENT, "")
    services.auditor.seen(key.id)
    with services.auditor.noting(
        Action.SESSION_OPENED, lambda _: (session_id,), key=key.id, address=str(address or "")
    ):
        opened = await services.sessions.open(key, session_id, address=address, user_agent=agent)
    log.info("session.opened", session_id=session_id, key_id=key.id)
    return opened.text


def _target(text: str) -> str:
    """Where a visitor goes on; not back to where one signs in."""
    target = local_path(text)
    return "/" if target.startswith(SIGN_IN) else target


def _once_more(request: web.Request, target: str) -> web.StreamResponse:
    """A browser that follows a link of another site keeps the cookie of its session back. When this page opens
    itself, it sends it."""
    because = request.query.get("because", "")
    told = f"&because={because}" if because in BECAUSE else ""
    here, language = f"{door_address(target)}{told}&{AGAIN}=1", language_of(request)
    link = fill('<a href="{here}">{words}</a>', here=here, words=phrase(GO_ON, language))
    body = fill('<main id="content" class="door">{link}</main>', link=link)
    return document(request, language, phrase(TITLE, language), body, again=here)


def _words(error: Exception) -> Words:
    match error:
        case ThrottledError():
            return THROTTLED
        case ForbiddenError():
            return FOREIGN
        case StorageError():
            return STORE_AWAY
        case _:
            return WRONG


def _refused(request: web.Request, error: RequestError) -> web.StreamResponse:
    language: Language = language_of(request)
    return door(request, "/", error=phrase(_words(error), language), status=error.status)


DOOR: Final = (
    Route(hdrs.METH_GET, SIGN_IN, shaped(show, _refused), None),
    Route(hdrs.METH_POST, SIGN_IN, shaped(sign_in, _refused), None),
)
