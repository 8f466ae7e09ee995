"""Links of the console: from page to page, and back after a form was posted."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.pages.markup import Html, fill, web_address, when

W = Words
T = TypeVar("T")

_WRITE: Final = re.compile("/console/(?:messages|reminders)/write")
# What a form did, to how many, and what else its page says (`outcomes`).
DONE, COUNT, OUTCOME = "done", "done_count", "outcome"
SAID: Final = (DONE, COUNT, OUTCOME)
NEXT_PAGE = W("Next page", "下一页")
FIRST_PAGE = W("First page", "第一页")


def link(url: str, text: Html | str) -> Html:
    """A link to a path of ours, or to an ordinary web address; else the text alone."""
    target = (
        url if url.startswith(("/", "?", "#")) and not url.startswith("//") else web_address(url)
    )
    return (
        fill('<a href="{url}">{text}</a>', url=target, text=text)
        if target
        else fill("{text}", text=text)
    )


def account_link(visit: Visit, appid: str) -> Html:
    """The appid, which leads to the credentials of the account for a key that may see them; with what people call the
    account, where the page has asked that."""
    shown = fill('<code class="id">{appid}</code>', appid=appid)
    if not visit.sees(Scope.READ):
        return shown
    url = f"/console/credentials/{quote(appid, safe='')}"
    name = visit.account_names.get(appid, "")
    if not name:
        return link(url, shown)
    return fill('<span class="account">{name} {appid}</span>', name=link(url, name), appid=shown)


def account_text(visit: Visit, appid: str) -> str:
    """The same in a sentence, without the link."""
    return " ".join(filter(None, (visit.account_names.get(appid), appid)))


def button(visit: Visit, url: str, words: Words, *, kind: str = "") -> Html:
    """A link that looks like a button, in a line of its own. `kind` is a class, such as `main`."""
    return fill(
        '<p class="buttons"><a class="button{kind}" href="{url}">{words}</a></p>',
        kind=f" {kind}" if kind else "",
        url=url,
        words=visit.say(words),
    )


def offered(visit: Visit, pairs: Iterable[tuple[str, T]]) -> list[tuple[str, T]]:
    """Those that the key can open: a key that only looks at this page writes nothing."""
    return [(url, it) for url, it in pairs if not (visit.only_looks and _WRITE.match(url))]


def links(visit: Visit, pairs: Iterable[tuple[str, Words]]) -> Html:
    """A list of links to other pages, without those to forms for a key that only looks at this one."""
    made = [
        fill("<li>{link}</li>", link=link(url, visit.say(words)))
        for url, words in offered(visit, pairs)
    ]
    return fill('<ul class="links">{made}</ul>', made=made)


def tabs(visit: Visit, name: Phrase, pages: Iterable[tuple[str, Words]], here: str) -> Html:
    """Links between the pages of a room, by path; `here` is the path of this one."""
    made = [
        fill(
            '<li><a href="{path}"{here}>{words}</a></li>',
            path=path,
            here=when(path == here, fill(' aria-current="page"')),
            words=visit.say(words),
        )
        for path, words in pages
    ]
    return fill(
        '<nav class="tabs" aria-label="{name}"><ul>{made}</ul></nav>',
        name=visit.say(name),
        made=made,
    )


def pager(visit: Visit, rows: Rows[Any], *, cursor: str = "after", name: Words = NEXT_PAGE) -> Html:
    """Links to the next page and back to the first, which keep the query. `cursor` is the parameter of this
    page for the place of the next. Each of a page has a `name` of its own."""
    query = [
        (name, value) for name, value in visit.request.query.items() if name not in (cursor, *SAID)
    ]
    path = visit.request.path
    links = []
    if cursor in visit.request.query:
        links.append(link(_url(path, query), visit.say(FIRST_PAGE)))
    if rows.after:
        links.append(link(_url(path, [*query, (cursor, rows.after)]), visit.say(NEXT_PAGE)))
    return when(
        links,
        fill(
            '<nav class="pager" aria-label="{name}">{links}</nav>',
            name=visit.say(name),
            links=links,
        ),
    )


def done(url: str, words_key: str, *, count: int | None = None) -> web.Response:
    """The response to a POST: the browser goes to `url`, which says the notice of that key in `NOTICES`, with the
    `{count}` in it filled. One that has a form for 1 has it under the key with `_one`."""
    key = f"{words_key}_one" if count == 1 else words_key
    query = urlencode({DONE: key} | ({} if count is None else {COUNT: count}))
    return web.Response(
        status=303, headers={hdrs.LOCATION: f"{url}{'&' if '?' in url else '?'}{query}"}
    )


def _url(path: str, query: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
