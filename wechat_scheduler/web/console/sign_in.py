"""Signing in with the text of an API key."""

from typing import Final
from urllib.parse import quote

import structlog
from aiohttp import hdrs, web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Address, Key
from wechat_scheduler.access.sessions import new_session_id
from wechat_scheduler.config.state_folder import ADMIN_KEY
from wechat_scheduler.errors import (
    ForbiddenError,
    RequestError,
    StorageError,
    ThrottledError,
)
from wechat_scheduler.web.console.admission import SIGN_IN, STORE_AWAY, read_fields, signed_in
from wechat_scheduler.web.console.document import document
from wechat_scheduler.web.console.layout import choose_look, theme_of
from wechat_scheduler.web.console.local_paths import local_path
from wechat_scheduler.web.console.parts import with_code
from wechat_scheduler.web.console.session_cookies import (
    BEGINNING,
    COOKIE,
    CSRF,
    beginning,
    check_form,
    set_secret,
)
from wechat_scheduler.web.console.words import Language, Words, language_of, phrase
from wechat_scheduler.web.kit.auth import is_local
from wechat_scheduler.web.kit.error_formats import shaped
from wechat_scheduler.web.kit.route import Route
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.markup import fill, when
from wechat_scheduler.web.pages.parts import hidden
from wechat_scheduler.web.pages.responses import redirected

log = structlog.get_logger(__name__)

W = Words

TITLE = W("Sign in", "登录")
KEY = "API key"
HINT = W(
    "The session lasts eight hours, and ends at once if the key ends. It can do what the key can do.",
    "会话持续 8 小时，key 失效时立即结束。会话的权限就是这个 key 的权限。",
)
WHERE = W(
    "The first start of the daemon made an admin key. It is in the file `{file}`{folder}.",
    "守护进程第一次启动时生成了管理员 key，在{folder}文件 `{file}` 里。",
)
# Which folder that is only callers on this machine are told.
FOLDER = W(
    " of the state folder (`--state`; by default `~/.local/state/wechat-scheduler`)",
    "状态目录（`--state`，默认 `~/.local/state/wechat-scheduler`）的",
)
FURTHER = W(
    "Who is signed in with it makes further keys on the page Access, or with `wechat-scheduler keys create`.",
    "用它登录后，在“权限”页创建其他 key，或者用 `wechat-scheduler keys create` 命令。",
)
BECAUSE: Final = {
    "ended": W(
        "The session has ended, or its key was revoked. Sign in again.",
        "会话已结束，或者它的 key 已失效。请重新登录。",
    ),
    "signed_out": W("You are signed out.", "已退出。"),
}
WRONG = W(
    "This key is unknown, revoked or expired, or may not be used from this address.",
    "这个 key 不认识、已吊销或已过期，或者不允许从这个地址使用。",
)
THROTTLED = W(
    "Too many wrong keys came from this address, or this key signed in too often. Wait a minute.",
    "从这个地址来的错误 key 太多，或者这个 key 登录太频繁，请等一分钟。",
)
FOREIGN = W("This form is too old. Enter the key again.", "这个表单已失效，请重新输入 key。")

_FORM: Final = """<main id="content" class="door" tabindex="-1">
<section><h1>wechat-scheduler</h1>{because}
<form method="post" action="{action}">{hidden}
<div class="field"><label for="field-key">{key}</label>
<input type="password" name="key" id="field-key" autocomplete="current-password" required autofocus{described}>
{error}</div>
<p class="faint">{hint}</p>
<div class="buttons"><button class="main">{submit}</button></div></form>
<details><summary>{where_title}</summary><p>{where}</p><p>{further}</p></details></section>
<p class="choices">{languages}</p><p class="choices">{themes}</p></main>"""
GO_ON = W("Go on", "继续")
AGAIN: Final = "again"
WHERE_TITLE = W("Where do I find a key?", "在哪里找到 key？")


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
    address = services.authenticator.address(request)
    try:
        check_form(
            request,
            services.sessions,
            given=fields.get(CSRF, ""),
            secret=request.cookies.get(BEGINNING, ""),
        )
        key = await services.authenticator.key_of(fields.get("key", "").strip(), address)
        text = await _open(request, key, address)
    except (RequestError, StorageError) as error:
        status = error.status if isinstance(error, RequestError) else 503
        return door(request, target, error=phrase(_words(error), language), status=status)
    response = redirected(target)
    set_secret(request, response, COOKIE, text)
    return response


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
    here, language = f"{_address(target)}{told}&{AGAIN}=1", language_of(request)
    link = fill('<a href="{here}">{words}</a>', here=here, words=phrase(GO_ON, language))
    body = fill('<main id="content" class="door">{link}</main>', link=link)
    return document(request, language, phrase(TITLE, language), body, again=here)


def _address(target: str) -> str:
    return f"{SIGN_IN}?next={quote(target, safe='/')}"


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


def door(request: web.Request, target: str, *, error: str = "", status: int = 200) -> web.Response:
    """The page where a person signs in."""
    language, secret = language_of(request), beginning(request)
    proof = request.app[SERVICES].sessions.proof(secret)
    languages, themes = choose_look(_address(target), language, theme_of(request))
    told = None if error else BECAUSE.get(request.query.get("because", ""))
    body = fill(
        _FORM,
        because=when(
            told,
            fill(
                '<p class="notice" role="status">{words}</p>',
                words=phrase(told, language) if told else "",
            ),
        ),
        action=SIGN_IN,
        hidden=hidden({CSRF: proof, "next": target}),
        key=phrase(KEY, language),
        described=when(error, fill(' aria-describedby="error-key" aria-invalid="true"')),
        error=when(
            error, fill('<p class="error" id="error-key" role="alert">{error}</p>', error=error)
        ),
        hint=phrase(HINT, language),
        submit=phrase(TITLE, language),
        where_title=phrase(WHERE_TITLE, language),
        where=with_code(_where(request, language)),
        further=with_code(phrase(FURTHER, language)),
        languages=languages,
        themes=themes,
    )
    response = document(request, language, phrase(TITLE, language), body, status=status)
    set_secret(request, response, BEGINNING, secret)
    return response


def _where(request: web.Request, language: Language) -> str:
    """Where the first key lies: its path for those on this machine, else in words."""
    services = request.app[SERVICES]
    is_here = is_local(request, services.authenticator.address(request))
    path = services.running.config.state.dir.absolute() / ADMIN_KEY
    folder = "" if is_here else phrase(FOLDER, language)
    return phrase(WHERE, language).format(file=path if is_here else ADMIN_KEY, folder=folder)


def _refused(request: web.Request, error: RequestError) -> web.StreamResponse:
    language: Language = language_of(request)
    return door(request, "/", error=phrase(_words(error), language), status=error.status)


DOOR: Final = (
    Route(hdrs.METH_GET, SIGN_IN, shaped(show, _refused), None),
    Route(hdrs.METH_POST, SIGN_IN, shaped(sign_in, _refused), None),
)
