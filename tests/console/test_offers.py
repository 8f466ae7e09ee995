"""A page offers what the key of the session may do, and nothing else: its forms and its links."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from urllib.parse import quote

from yarl import URL

from tests.access.doors import make
from tests.console.furnishing import PLAIN, furnish, pages, walked
from tests.console.visitor import Browser, Page, browser
from tests.house import Caller, WeChat
from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.routes import ROOMS

# Keys that lack something, by their scopes.
KEYS = (
    ("view",),
    ("view", "register"),
    ("read",),
    ("push",),
    ("register",),
    ("read", "push"),
    ("read", "push", "register"),
)
# What a key may do with itself, and the trial of a route, which has the scope of that route.
FREE = ("/console/sign-out", "/console/access/sessions/{session}/end", "/docs/{operation}")
ROUTES = [
    (each.method, each.path, each.scope or room.scope) for room in ROOMS for each in room.routes
]
PATTERNS = [re.compile(re.sub(r"\{\w+\}", "[^/]+", path)).fullmatch for _, path, _ in ROUTES]
# Pages that only change something.
CHANGES = {each.path for room in ROOMS for each in room.routes if room.changes}


async def test_no_page_offers_what_the_key_may_not_do(keeper: Caller, weixin: WeChat) -> None:
    empty = {scopes: await _faults(keeper, PLAIN, scopes) for scopes in KEYS}
    names = await furnish(keeper, weixin, "ours")
    full = {scopes: await _faults(keeper, [*pages(names)], scopes) for scopes in KEYS}

    for faults in (empty, full):
        assert {scopes: found for scopes, found in faults.items() if found} == {}


async def test_a_route_of_a_form_names_the_scope_that_its_action_needs(
    keeper: Caller, weixin: WeChat
) -> None:
    names = await furnish(keeper, weixin, "ours")
    assert {path for method, path, scope in ROUTES if (method, scope) == ("POST", None)} == {*FREE}

    for scopes in (("read",), ("read", "push", "register")):
        async with _signed_in(keeper, scopes) as person:
            proof = (await person.open("/")).root.find("input", name="csrf")[0]["value"]
            for path, needed in _posts(names):
                answer = await person.post(path, {"csrf": proof, "sure": "1"}, follow=False)
                assert (answer.status == 403) is (needed not in scopes), path


async def test_what_a_form_is_answered_with_leads_to_pages_that_can_be_opened(
    keeper: Caller, weixin: WeChat
) -> None:
    names = await furnish(keeper, weixin, "ours")
    led, moved = dict[str, str](), dict[str, str]()
    async with _signed_in(keeper, ("admin",)) as person:
        proof = (await person.open("/")).root.find("input", name="csrf")[0]["value"]
        for path, _ in _posts(names):
            came_from = {"Referer": f"{keeper.daemon.url}{path}"}
            for fields in ({"ask": "Sure?"}, {"sure": "1"}):
                answer = await person.post(
                    path, {"csrf": proof, **fields}, headers=came_from, follow=False
                )
                assert answer.status < 500, path
                if answer.status != 303:
                    led |= dict.fromkeys(_addresses(answer), path)
                    moved |= dict.fromkeys(_moves(answer), path)
        dead_ends = {
            path: form
            for path, form in {**led, **moved}.items()
            if path.startswith("/")
            and (not _is_page(path) or (await person.open(path)).status == 405)
        }

    assert len(led) > 10
    assert {f"/console/reminders/{names['reminder']}", "/console/messages/write"} <= moved.keys()
    assert dead_ends == {}


async def test_the_reference_offers_no_trial_of_a_route_that_the_key_lacks_the_scope_for(
    keeper: Caller,
) -> None:
    async with _signed_in(keeper, ("read",)) as reader:
        closed = await reader.open("/docs/post_v1_keys")
        opened = await reader.open("/docs/get_tasks")

    assert closed.root.one("main").find("form") == []
    assert "This needs a key with the scope admin. Your key shop has: read." in closed.text
    assert opened.form("/docs/get_tasks#response")


async def test_an_empty_list_names_a_first_step_to_a_key_that_may_take_it(keeper: Caller) -> None:
    async with _signed_in(keeper, ("read",)) as reader:
        looks = await reader.open("/console/credentials")
    async with _signed_in(keeper, ("read", "register")) as registrar:
        registers = await registrar.open("/console/credentials")

    assert "No credentials yet." in looks.text
    assert "Register" not in looks.text
    assert "No credentials yet. Register the first account." in registers.text


async def _faults(
    keeper: Caller, first: list[str], scopes: tuple[str, ...]
) -> dict[str, list[str]]:
    async with _signed_in(keeper, scopes) as person:
        found = await walked(person, first)
    refused = {path for path, page in found.items() if page.status == 403}
    return {
        path: wrong
        for path, page in found.items()
        if (
            wrong := [
                *_links(page, refused, scopes),
                *_forms(page, scopes),
                *_unclear(page),
                *_idle(page),
                *(one for one in _moves(page) if not _is_page(one)),
            ]
        )
    }


def _links(page: Page, refused: set[str], scopes: tuple[str, ...]) -> Iterator[str]:
    for one in page.root.find("a"):
        path = one["href"].partition("#")[0]
        if path in refused or (path.startswith("/") and not _admits(scopes, "GET", path)):
            yield f"a link to {one['href']}"


def _forms(page: Page, scopes: tuple[str, ...]) -> Iterator[str]:
    for form in page.root.one("main").find("form"):
        if not _admits(scopes, form["method"].upper(), form["action"]):
            yield f"a form for {form['action']}"


def _unclear(page: Page) -> Iterator[str]:
    """A page of a key that may not see it says which scope it needs."""
    if page.status == 403 and not re.search(r"scope \w+", page.text):
        yield page.text
    if page.status not in (200, 403):
        yield f"{page.status}"


def _idle(page: Page) -> Iterator[str]:
    """What is there for actions alone has some."""
    for table in page.root.find("table"):
        acts = [one for one in table.find("td") if one["data-label"] == "Actions"]
        if acts and not any(one.text for one in acts):
            yield f"no action in {table.one('caption').text}"
    for section in page.root.find("section"):
        headings = [one.text for one in section.find("h2")]
        if headings == ["Change it"] and not section.find("form"):
            yield "nothing to change it with"


def _addresses(page: Page) -> Iterator[str]:
    """Where its links lead. Those that choose the language and the theme come back to the page."""
    for one in page.root.find("a"):
        url = URL(one["href"])
        back = url.query["next"] if url.path == "/console/look" else one["href"]
        yield back.partition("#")[0]


def _moves(page: Page) -> Iterator[str]:
    """The address that the script gives a page with a preview, so that it can be opened again."""
    for form in page.root.find("form", id="written"):
        yield form["data-page"] or form["action"]


def _is_page(address: str) -> bool:
    """Whether the address is that of a page, and not one that only forms are sent to."""
    fit = [(method, template) for method, template, _ in _fitting(address.partition("?")[0])]
    exact = min((template for _, template in fit), key=lambda one: one.count("{"), default="")
    return not fit or ("GET", exact) in fit


def _admits(scopes: tuple[str, ...], method: str, address: str) -> bool:
    """Whether the route of that address is for a key with these scopes. What is no page of ours is for all."""
    path = address.partition("?")[0].partition("#")[0]
    for each, template, scope in _fitting(path):
        if each == method:
            looks = method == "GET" and template not in CHANGES and scope in ("read", "push")
            return scope is None or scope.value in scopes or (looks and "view" in scopes)
    return True


@cache
def _fitting(path: str) -> list[tuple[str, str, Scope | None]]:
    """The routes of a path, in their order. Most links are those of the menu."""
    return [route for route, fits in zip(ROUTES, PATTERNS, strict=True) if fits(path)]


def _posts(names: dict[str, str]) -> list[tuple[str, str]]:
    """What forms post to, with the scope that is declared; what removes something comes last."""
    others = {"id": "key_none", "session": "ses_none", "subject": "o_amy1"}
    filled = {name: quote(text) for name, text in names.items()}
    found = [
        (path.format(**others, **filled), scope.value)
        for method, path, scope in ROUTES
        if method == "POST" and scope is not None
    ]
    return sorted(found, key=lambda one: one[0].endswith(("remove", "delete")))


@asynccontextmanager
async def _signed_in(keeper: Caller, scopes: tuple[str, ...]) -> AsyncIterator[Browser]:
    key = await make(keeper, *scopes)
    async with browser(keeper) as person:
        await person.sign_in(key.text, follow=False)
        yield person
