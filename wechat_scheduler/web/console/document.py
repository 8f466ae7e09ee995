"""The document around every page of the console: head, style, script, and the response headers."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.web.console.assets import SCRIPT, STYLE
from wechat_scheduler.web.console.plain_text import plainly
from wechat_scheduler.web.console.words import Language, Words, phrase
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

THEME: Final = "console_theme"
THEMES: Final = ("light", "dark")

SKIP = W("Skip to the content", "跳到正文")
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    hdrs.CONTENT_TYPE: "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    # Without it browsers do not say where a form comes from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    hdrs.VARY: "Cookie, Accept-Language",
}
_DOCUMENT: Final = """<!doctype html>
<html lang="{language}"{theme}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{scheme}">
{refresh}<title>{title} · wechat-scheduler</title>
<link rel="stylesheet" href="{style}">
<link rel="icon" href="data:,">
<script src="{script}" defer></script>
</head>
<body{kinds}>
<a class="skip" href="#content">{skip}</a>
{body}
</body>
</html>
"""


def document(
    request: web.Request,
    language: Language,
    title: str,
    body: Html,
    *,
    status: int = 200,
    follows: str = "",
    again: str = "",
) -> web.Response:
    """`body` as a whole page; an element of it has the id `content`. `follows` are the kinds of events that
    change the page; `again` is where the browser goes at once."""
    theme = theme_of(request)
    html = fill(
        _DOCUMENT,
        language=language,
        theme=when(theme, fill(' data-theme="{theme}"', theme=theme)),
        scheme=theme or "light dark",
        refresh=when(
            again, fill('<meta http-equiv="refresh" content="0;url={again}">\n', again=again)
        ),
        title=title,
        style=STYLE,
        script=SCRIPT,
        kinds=when(follows, fill(' data-follows="{follows}"', follows=follows)),
        skip=phrase(SKIP, language),
        body=body,
    )
    return web.Response(status=status, body=plainly(html).encode(), headers=_HEADERS)


def theme_of(request: web.Request) -> str:
    """The one that the visitor chose; empty for that of the browser."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else ""
