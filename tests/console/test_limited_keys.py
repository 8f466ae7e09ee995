"""A person whose key is limited sees nothing of other accounts in the console, and changes nothing of theirs."""

from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from tests.access.doors import make
from tests.console.furnishing import PLAIN, furnish, pages, walked
from tests.console.spaces import odd_spaces
from tests.console.visitor import Browser, browser
from tests.house import APPID, Caller, WeChat
from wechat_scheduler.web.console.routes import CONSOLE
from wechat_scheduler.web.kit.route import Proof

OTHER = "wx9999999999999999"
ALL = ("read", "push", "register")
# What a POST may carry, so that it comes as far as it can.
FIELDS = {
    "what": "cancel", "account": OTHER, "alert": "2", "seconds-2": "3600", "when": "明天8点开会", "name": "x",
    "text": "hi", "channel": "text", "external_id": "zz", "openid": "o_zz", "token": "testtoken", "sure": "1",
}  # fmt: skip


# What stands in the place of numbers, below the limits of the key.
OF_NUMBERS = ("Nothing in this time.", "No errors in this time.")
# These differ from form to form, and what has no name is no field.
PROOFS = ("", "csrf", "once")


@pytest.fixture
async def theirs(keeper: Caller, weixin: WeChat) -> dict[str, str]:
    """What another account has, by the names in the paths of pages."""
    await furnish(keeper, weixin, "our own", number=1)
    names = await furnish(keeper, weixin, "of others", appid=OTHER, number=2)
    expected = {"token": "testtoken", "encoding_aes_key": "a" * 43}
    await keeper.call("PUT", f"/callbacks/{OTHER}", body=expected)
    return names


async def test_a_limited_key_is_shown_nothing_of_others_and_changes_nothing_of_theirs(
    admin: Browser, keeper: Caller, theirs: dict[str, str]
) -> None:
    of_one = (await make(keeper, *ALL, appids=[APPID])).text
    reading = (await make(keeper, "read")).text
    forms = await _forms(admin, theirs)
    before = await _kept(keeper, theirs)

    async with browser(keeper) as limited:
        await limited.sign_in(of_one)
        await _is_shown_nothing(limited, theirs)
        await _submit_all(limited, forms)
        assert await _kept(keeper, theirs) == before

    async with browser(keeper) as limited:
        await limited.sign_in(reading)
        await _submit_all(limited, list({form.action: form for form in forms}.values()))
        assert await _kept(keeper, theirs) == before


class Filled(NamedTuple):
    """A form as a page has it, or with all names that a path may need."""

    action: str
    fields: tuple[tuple[str, str], ...]


async def _forms(admin: Browser, names: dict[str, str]) -> list[Filled]:
    """All forms of the pages of others, and those of the routes that no page has a form for."""
    found = dict.fromkeys(
        Filled(
            form["action"],
            tuple((one["name"], one["value"]) for one in form.find() if one["name"] not in PROOFS),
        )
        for page in [await admin.open(path) for path in pages(names)]
        for form in page.root.find("form", method="post")
        if "sign-out" not in form["action"]
    )
    actions = {form.action for form in found}
    others = [path for path in _posts(names) if path not in actions and "sign-out" not in path]
    return [*found, *(Filled(path, tuple(names.items())) for path in others)]


async def _is_shown_nothing(limited: Browser, theirs: dict[str, str]) -> None:
    hidden = ("of others", "o_amy2", "shop2", *theirs.values())
    ordinary = {"access_token", "post_v1_messages"}
    asked = [
        f"/console/messages?app={theirs['app']}", "/console/messages?person=o_amy2",
        f"/console/credentials?search={OTHER[:5]}", "/console/people/users?called=o_amy2",
        f"/console/reminders?app={theirs['app']}", f"/console/pushes?appid={OTHER}",
        f"/console/reminders/agenda?app={theirs['app']}", f"/console/messages?message={theirs['message']}",
    ]  # fmt: skip

    found = await walked(limited, [*pages(theirs), *asked])

    shown = {
        (path, text)
        for path, page in found.items()
        for text in {*hidden} - ordinary
        # The address that was asked for stands in the links of the page.
        if text in page.html and quote(text) not in path and path not in asked
    }
    assert shown == set()
    rows = [page for path in asked for page in found[path].root.find("tbody")]
    assert not [one for one in rows if any(text in one.text for text in hidden)]


async def _submit_all(limited: Browser, forms: list[Filled]) -> None:
    """Submit the forms, whatever comes of it."""
    page = await limited.open("/")
    proof = page.root.find("input", name="csrf")[0]["value"]
    for action, fields in forms:
        await limited.post(action, {**FIELDS, **dict(fields), "csrf": proof}, follow=False)


def _posts(names: dict[str, str]) -> list[str]:
    """The path of every form there may be."""
    others = {"id": "key_none", "session": "ses_none", "subject": "o_amy2"}
    return [
        route.path.format(**others, **{name: quote(text) for name, text in names.items()})
        for route in CONSOLE
        if (route.method, route.scope) == ("POST", Proof.SESSION)
    ]


async def _kept(keeper: Caller, names: dict[str, str]) -> dict[str, Any]:
    app = names["app"]
    paths = (
        f"/tasks?appid={OTHER}", f"/v1/apps/{app}", f"/v1/apps/{app}/subscribers", f"/v1/apps/{app}/topics",
        f"/v1/reminders?app={app}", f"/v1/deliveries?app={app}", "/v1/alerts", "/v1/consumers", "/v1/keys",
        "/callbacks",
    )  # fmt: skip
    kept = {path: (await keeper.call("GET", path)).result for path in paths}
    for key in kept["/v1/keys"]:
        key["last_used_at"] = None  # to sign in is a use
    return kept


async def test_a_key_of_types_is_told_no_name_of_an_account_without_such_a_credential(
    visitor: Browser, keeper: Caller
) -> None:
    for appid, kind in ((APPID, "access_token"), (OTHER, "jsapi_ticket")):
        tasks = [{"type": kind}] if kind == "access_token" else [{"type": 0}, {"type": kind}]
        await keeper.register(*tasks, appid=appid)
        await keeper.call("PATCH", f"/v1/accounts/{appid}", body={"name": f"called {kind}"})
    await visitor.sign_in((await make(keeper, "read", types=["jsapi_ticket"])).text)

    offered = (await visitor.open("/console/pushes")).root.one("datalist").find("option")
    guessed = await visitor.open(f"/console/credentials/{APPID}")
    own = await visitor.open(f"/console/credentials/{OTHER}")

    assert {one["value"]: one.text for one in offered} == {OTHER: "called jsapi_ticket"}
    assert "called access_token" not in guessed.text
    assert own.title == f"called jsapi_ticket · {OTHER}"


async def test_a_key_that_reads_is_offered_what_it_can_do_and_told_what_it_lacks(
    visitor: Browser, keeper: Caller
) -> None:
    page = await visitor.sign_in((await make(keeper, "read")).text)
    menu = page.root.find("nav", class_="rooms")[0]
    assert [one["href"] for one in menu.find("a")] == [
        "/", "/console/credentials", "/console/pushes", "/console/access", "/console/alerts", "/docs",
    ]  # fmt: skip

    closed = {
        path: await visitor.open(path)
        for path in ("/console/messages", "/console/reminders", "/console/people",
                     "/console/people/make", "/console/credentials/register")
    }  # fmt: skip

    assert {page.status for page in closed.values()} == {403}
    assert not [path for path, page in closed.items() if page.root.one("main").find("form")]
    needed = [page.root.one("p", class_="error").text for page in closed.values()]
    assert ["scope push" in text for text in needed] == [True, True, True, False, False]
    assert "scope admin" in needed[3]
    assert "scope register" in needed[4]
    assert "page Access" in closed["/console/messages"].text


async def test_a_page_of_a_limited_key_says_of_what_it_tells_and_claims_no_more(
    keeper: Caller, weixin: WeChat
) -> None:
    await furnish(keeper, weixin, "our own")
    key = await make(keeper, *ALL, appids=[OTHER], types=["access_token"])

    async with browser(keeper) as limited:
        await limited.sign_in(key.text, follow=False)
        found = {path: await limited.open(path) for path in PLAIN}
        chinese = {
            path: await limited.open(path, Accept_Language="zh-CN")
            for path in ("/", "/console/alerts")
        }

    limits = (
        f"Your key sees only the account {OTHER}: pages show and count nothing beyond. "
        "Of credentials and alerts, your key sees only the type access_token."
    )
    assert {page.root.one("p", class_="limits").text for page in found.values()} == {limits}
    empty = [one.text for page in found.values() for one in page.root.find("p", class_="empty")]
    good = [one.text for one in found["/"].root.find("span", class_="good")]
    assert [text for text in empty if "key" not in text and text not in OF_NUMBERS] == []
    assert "Nothing that your key sees needs a person now." in good
    assert "the daemon itself" in found["/console/alerts"].text
    assert "当前 key 可见的范围内一切正常" in chinese["/console/alerts"].text
    assert [odd for page in chinese.values() for odd in odd_spaces(page.html)] == []
