"""A person with a browser in front of the console: cookies, forms, links, and no script."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import aiohttp
from yarl import URL

from tests.console.elements import Element, read
from tests.console.posted import repeats_when_reloaded
from tests.house import Caller
from wechat_scheduler.web.console.session_cookies import BEGINNING, CSRF

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
# Markup for every text that a user or WeChat can set. No page may have an element of it.
MARKUP = "<script>alert(1)</script>\"'>&<img src=x onerror=alert(1)>"


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the browser got."""

    status: int
    url: URL
    headers: Mapping[str, str]
    html: str
    is_html: bool
    is_redirected: bool = False

    @cached_property
    def root(self) -> Element:
        """Read when a test looks at it: to read a page takes as long as to serve it."""
        return read(self.html if self.is_html else "")

    @property
    def title(self) -> str:
        return self.root.one("h1").text

    @property
    def text(self) -> str:
        """The text of the content, without the navigation."""
        return self.root.one("main").text

    def table(self, caption: str = "") -> list[dict[str, str]]:
        """The rows of the table with that caption, or of the only one, by their heads."""
        tables = [
            one
            for one in self.root.find("table")
            if not caption or one.one("caption").text == caption
        ]
        (table,) = tables
        return [
            {cell["data-label"]: cell.text for cell in row.find("td")}
            for row in table.one("tbody").find("tr")
        ]

    def facts(self) -> dict[str, str]:
        """All names with their values."""
        return {
            pair.one("dt").text: pair.one("dd").text
            for facts in self.root.find("dl")
            for pair in facts.find("div")
            if pair.find("dt")
        }

    def form(self, action: str = "", submit: str = "") -> Element:
        """The form that posts or goes to that path, or has that button."""
        main = self.root.one("main")
        (form,) = [
            one
            for one in main.find("form")
            if (not action or one["action"] == action)
            and (not submit or submit in [button.text for button in one.find("button")])
        ]
        return form

    def button_to(self, action: str) -> Element | None:
        """The button that sends a form to another path than the form's own."""
        found = [one for one in self.root.find("button") if action and one["formaction"] == action]
        return found[0] if found else None


class Browser:
    """Keeps its cookies. Redirects are followed, as a browser follows them."""

    def __init__(self, caller: Caller, session: aiohttp.ClientSession) -> None:
        self.caller = caller
        self.session = session

    async def sign_in(self, key: str, *, follow: bool = True, **fields: str) -> Page:
        """The overview, unless the redirect to it is not followed."""
        door = await self.open("/console/sign-in")
        return await self.submit(door, "/console/sign-in", key=key, follow=follow, **fields)

    async def enter(self) -> None:
        """Sign in with the admin key, without a look at the form: signing in has tests of its own."""
        daemon, secret = self.caller.daemon, "of this browser"
        self.session.cookie_jar.update_cookies({BEGINNING: secret}, URL(daemon.url))
        fields = {CSRF: daemon.cores.sessions.proof(secret), "key": daemon.admin_key}
        page = await self.post("/console/sign-in", fields, follow=False)
        assert page.status == 303, page.text

    async def open(self, path: str, *, follow: bool = True, **headers: str) -> Page:
        return await self._ask("GET", path, headers=_named(headers), allow_redirects=follow)

    async def submit(
        self,
        page: Page,
        action: str = "",
        *,
        button: str = "",
        headers: Mapping[str, str] | None = None,
        follow: bool = True,
        **fields: str | list[str] | None,
    ) -> Page:
        """Submit a form of the page, as it is filled in there but for these fields; None leaves one out. A question
        is answered, unless `sure` is None."""
        if pressed := page.button_to(action):
            form = page.root.one("form", id=pressed["form"])
        else:
            form = page.form(action, button)
        return await self.submit_form(
            form, pressed=pressed, headers=headers, follow=follow, **fields
        )

    async def submit_form(
        self,
        form: Element,
        *,
        pressed: Element | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = True,
        **fields: str | list[str] | None,
    ) -> Page:
        """Like `submit`, with a button that is not the form's own."""
        own = {pressed["name"]: pressed["value"]} if pressed and pressed["name"] else {}
        asks = form["data-confirm"] or (pressed and pressed["data-confirm"])
        answered = {"sure": "1"} if asks else {}  # as the script does
        filled = {**_values(form), **own, **answered, **fields}
        action = pressed["formaction"] if pressed else form["action"]
        pairs = [
            (name, one)
            for name, value in filled.items()
            if value is not None
            for one in (value if isinstance(value, list) else [value])
        ]
        if form["method"].lower() != "post":
            return await self.open(str(URL(form["action"]).with_query(pairs)))
        answer = await self.post(action, pairs, headers=headers, follow=follow)
        assert answer.is_redirected or not repeats_when_reloaded(
            answer.status, answer.url.path, answer.html
        ), action
        return answer

    async def post(
        self,
        path: str,
        fields: list[tuple[str, str]] | Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        follow: bool = True,
    ) -> Page:
        sent = {"Origin": self.caller.daemon.url, "Sec-Fetch-Site": "same-origin"}
        return await self._ask(
            "POST",
            path,
            data=aiohttp.FormData(
                list(dict(fields).items()) if isinstance(fields, Mapping) else fields
            ),
            headers={**sent, **(headers or {})},
            allow_redirects=follow,
        )

    async def _ask(
        self, method: str, path: str, *, headers: Mapping[str, str], **options: Any
    ) -> Page:
        async with self.session.request(
            method,
            f"{self.caller.daemon.url}{path}",
            headers={"Accept": ACCEPT, **headers},
            **options,
        ) as response:
            return Page(
                status=response.status,
                url=response.url,
                headers=response.headers.copy(),
                html=(await response.read()).decode(),
                is_html=response.content_type == "text/html",
                is_redirected=bool(response.history),
            )


@asynccontextmanager
async def browser(caller: Caller) -> AsyncIterator[Browser]:
    """A browser without cookies."""
    jar = aiohttp.CookieJar(unsafe=True)  # of an address instead of a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Browser(caller, session)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _values(form: Element) -> dict[str, str | list[str]]:
    """What a browser would send of a form that nobody has touched."""
    found: dict[str, str | list[str]] = {}
    for one in form.find():
        if not one["name"] or "disabled" in one.attributes:
            continue
        match one.tag, one["type"]:
            case "input", "checkbox":
                if "checked" in one.attributes:
                    found.setdefault(one["name"], [])
                    ticked = found[one["name"]]
                    assert isinstance(ticked, list)
                    ticked.append(one["value"])
            case "input", "radio":
                if "checked" in one.attributes:
                    found[one["name"]] = one["value"]
            case "input", _:
                found[one["name"]] = one["value"]
            case "textarea", _:
                found[one["name"]] = one.written.removeprefix("\n")
            case "select", _:
                options = one.find("option")
                chosen = [option for option in options if "selected" in option.attributes]
                found[one["name"]] = (chosen or options)[0]["value"]
    return found


__all__ = ["MARKUP", "Browser", "Element", "Page", "browser"]
