"""The document around every page: head, style, the one script, and the response headers.

The content security policy allows the style and the script by their hashes. Nothing else runs, even
if the sanitiser let a script through.
"""

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.pages.markup import Html, fill

_HERE = files("wechat_scheduler.web.pages")
STYLE: Final = Html((_HERE / "style.css").read_text("utf-8"))
SCRIPT: Final = Html((_HERE / "copy.js").read_text("utf-8"))

_DOCUMENT: Final = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
{script}</body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A document, and the headers (Content-Type included) that it must be sent with."""

    html: str
    headers: Mapping[str, str]


def lay_out(title: str, body: Html, *, foreign: bool = False) -> Page:
    """`body` as a document. `foreign` allows the pictures and inline styles of a sender."""
    copies = "data-clipboard-text" in body
    script = fill("<script>{script}</script>\n", script=SCRIPT) if copies else Html()
    document = fill(_DOCUMENT, title=title, style=STYLE, body=body, script=script)
    return Page(html=document, headers=_headers(_policy(foreign=foreign, copies=copies)))


def _policy(*, foreign: bool, copies: bool) -> str:
    rules = [
        "default-src 'none'",
        f"style-src {_hash(STYLE)}",
        "img-src data: https: http:" if foreign else "img-src data:",
        "base-uri 'none'",
        "form-action 'none'" if foreign else "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    if foreign:  # style attributes only; the sanitiser has filtered them
        rules.append("style-src-attr 'unsafe-inline'")
    if copies:
        rules.append(f"script-src {_hash(SCRIPT)}")
    return "; ".join(rules)


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _headers(policy: str) -> Mapping[str, str]:
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Robots-Tag": "noindex",
    }
