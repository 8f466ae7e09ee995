"""The cookies of the console, and what its forms prove themselves with."""

import secrets
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.origins import located
from wechat_scheduler.access.sessions import LASTS, SessionDesk
from wechat_scheduler.errors import ForbiddenError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.services import SERVICES

COOKIE: Final = "console_session"
# Of a browser that has no session yet: no other page can make it post our form of sign-in.
BEGINNING: Final = "console_beginning"
CSRF: Final = "csrf"
# Forms of those who need no session. Only a page of ours can read the proof.
OPEN_DOOR: Final = "open door"

_YEAR: Final = 366 * 86_400


def set_secret(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    """A cookie that no script reads, and that no other site makes the browser send."""
    response.set_cookie(
        name,
        value,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=_is_https(request),
        max_age=int(LASTS.total_seconds()),
    )


def set_choice(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    """A cookie with what the visitor prefers."""
    response.set_cookie(
        name,
        value,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=_is_https(request),
        max_age=_YEAR,
    )


def beginning(request: web.Request) -> str:
    """The secret of a browser without a session: the one that it has, or a new one."""
    return request.cookies.get(BEGINNING, "") or secrets.token_urlsafe(32)


def check_form(request: web.Request, desk: SessionDesk, *, given: str, secret: str) -> None:
    """Raises ForbiddenError unless the form that was posted is one of ours, made for that `secret`."""
    if not secret or _is_foreign(request) or not desk.proves(given, secret):
        raise ForbiddenError(
            "this form was made for another session, or by another page: open the page again",
            reason=Reason.FORM_FOREIGN,
        )


def is_own(request: web.Request) -> bool:
    """Whether the browser says that a page of ours posts."""
    says = any(request.headers.get(name) for name in ("Sec-Fetch-Site", hdrs.ORIGIN))
    return says and not _is_foreign(request)


def _is_foreign(request: web.Request) -> bool:
    """Whether the browser says that a page of another origin posts. Old ones say nothing."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if site:
        return site.lower() != "same-origin"
    origin = request.headers.get(hdrs.ORIGIN, "").lower()
    host = request.headers.get(hdrs.HOST, "").lower()
    ours = (f"http://{host}", f"https://{host}", _public_origin(request))
    return bool(origin) and origin not in ours


def _is_https(request: web.Request) -> bool:
    host = request.headers.get(hdrs.HOST, "").lower()
    by_proxy = request.app[SERVICES].authenticator.is_https(request)
    return by_proxy or _public_origin(request) == f"https://{host}"


def _public_origin(request: web.Request) -> str:
    found = located(request.app[SERVICES].links.public_url)
    return found.origin if found else ""
