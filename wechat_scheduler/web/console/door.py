"""The page where a person signs in."""

from typing import Final
from urllib.parse import quote

from aiohttp import web

from wechat_scheduler.config.state_folder import ADMIN_KEY
from wechat_scheduler.web.console.document import document, theme_of
from wechat_scheduler.web.console.kept_forms import KEPT, KeptForm, carried
from wechat_scheduler.web.console.layout import choose_look
from wechat_scheduler.web.console.parts import with_code
from wechat_scheduler.web.console.session_cookies import BEGINNING, CSRF, beginning, set_secret
from wechat_scheduler.web.console.words import Language, Words, language_of, phrase
from wechat_scheduler.web.kit.auth import is_local
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.markup import fill, when
from wechat_scheduler.web.pages.parts import hidden

W = Words

SIGN_IN: Final = "/console/sign-in"
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
    "kept": W(
        "The session has ended, so the form was not sent. Sign in again: what you typed is shown then.",
        "会话已结束，表单没有提交。请重新登录，之后会显示刚才填写的内容。",
    ),
    "signed_out": W("You are signed out.", "已退出。"),
}
WHERE_TITLE = W("Where do I find a key?", "在哪里找到 key？")
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


def door_address(target: str) -> str:
    """The page of sign-in, for a visitor who goes on to `target`."""
    return f"{SIGN_IN}?next={quote(target, safe='/')}"


def door(
    request: web.Request,
    target: str,
    *,
    because: str = "",
    error: str = "",
    status: int = 200,
    kept: KeptForm | None = None,
) -> web.Response:
    """The page where a person signs in, `because` of what. A form is carried on."""
    language, secret = language_of(request), beginning(request)
    proof = request.app[SERVICES].sessions.proof(secret)
    languages, themes = choose_look(door_address(target), language, theme_of(request))
    told = None if error else BECAUSE.get(because or request.query.get("because", ""))
    carrying = {KEPT: carried(kept)} if kept else {}
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
        hidden=hidden({CSRF: proof, "next": target, **carrying}.items()),
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
