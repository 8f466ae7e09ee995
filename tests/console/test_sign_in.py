"""Signing in and out, and the forms that only a person who is signed in can post."""

from datetime import timedelta
from pathlib import Path

import pytest
from yarl import URL

from tests.access.doors import end, make
from tests.clock import FakeClock
from tests.console.visitor import MARKUP, Browser, browser
from tests.house import Caller, WeChat, daemon, in_memory
from tests.stores.memory import MemoryDatabase
from tests.stores.samples import APPID


async def test_a_stranger_signs_in_and_comes_to_the_page_that_was_asked_for(
    stranger: Browser, standing: Caller
) -> None:
    door = await stranger.open("/?shown=all")
    assert door.url.path == "/console/sign-in"

    page = await stranger.submit(door, key=standing.daemon.admin_key)

    assert (page.status, str(page.url.relative())) == (200, "/?shown=all")
    assert page.title == "Overview"
    (cookie,) = [one for one in stranger.session.cookie_jar if one.key == "console_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert cookie["max-age"] == "28800"


async def test_nobody_is_sent_elsewhere(stranger: Browser, standing: Caller) -> None:
    for target in ("//evil.example", "https://evil.example/", "/\\evil.example", "x"):
        look = str(URL("/console/look").with_query(next=target))
        looked = await stranger.open(look, follow=False)
        assert looked.headers["Location"] == "/", target

        page = await stranger.sign_in(standing.daemon.admin_key, next=target, follow=False)
        assert page.headers["Location"] == "/", target
        stranger.session.cookie_jar.clear()


async def test_a_wrong_key_is_refused_and_then_throttled(visitor: Browser) -> None:
    door = await visitor.open("/console/sign-in")

    seen = [await visitor.submit(door, "/console/sign-in", key="wsk_wrong") for _ in range(21)]

    assert [page.status for page in seen] == [401] * 20 + [429]
    assert "unknown, revoked or expired" in seen[0].text
    assert "Wait a minute" in seen[-1].text
    assert (await visitor.open("/")).url.path == "/console/sign-in"


async def test_a_session_ends_with_its_key(stranger: Browser, standing: Caller) -> None:
    key = await make(standing, "read")
    await stranger.sign_in(key.text)
    assert (await stranger.open("/")).title == "Overview"

    await end(standing, key)

    door = await stranger.open("/")
    assert door.url.path == "/console/sign-in"
    assert "The session has ended" in door.root.one("p", class_="notice").text


async def test_a_session_ends_after_eight_hours(admin: Browser, clock: FakeClock) -> None:
    clock.advance(timedelta(hours=8, seconds=-1))
    assert (await admin.open("/")).title == "Overview"

    clock.advance(timedelta(seconds=1))

    assert (await admin.open("/")).url.path == "/console/sign-in"


async def test_who_posts_a_form_after_the_session_ended_comes_back_to_its_page(
    stranger: Browser,
) -> None:
    write, url = "/console/messages/write", stranger.caller.daemon.url
    for before, place in (
        (f"{url}{write}?app=1&topic=2", f"{write}?app=1&topic=2"),
        (f"{url}{write}/send", write),  # which is only posted to
        (f"{url}/nowhere/at/all?x=1", "/"),
        ("", "/"),
        ("http://[", "/"),
        (f"{url}//evil.example/", "/"),
    ):
        headers = {"Referer": before} if before else {}

        answer = await stranger.post(f"{write}/send", {}, headers=headers, follow=False)

        wanted = URL("/console/sign-in").with_query(next=place)
        assert URL(answer.headers["Location"]) == wanted, before


async def test_what_was_typed_is_sent_after_signing_in_again(
    admin: Browser, keeper: Caller, clock: FakeClock
) -> None:
    new = "/console/access/keys/new"
    form = await admin.open(new)
    clock.advance(timedelta(hours=9))
    came_from = {"Referer": f"{keeper.daemon.url}{new}"}

    door = await admin.submit(form, new, name=f"商城{MARKUP}", scopes=["read"], headers=came_from)
    wrong = await admin.submit(door, "/console/sign-in", key="wrong")
    again = await admin.submit(wrong, "/console/sign-in", key=keeper.daemon.admin_key)
    sent = await admin.submit(again, new)

    assert (door.status, wrong.status, sent.status) == (401, 401, 200)
    assert "what you typed is shown then" in door.root.one("p", class_="notice").text
    assert (again.title, again.facts()["Name"]) == ("You are signed in again", f"商城{MARKUP}")
    assert again.root.one("main").one("a")["href"] == new
    for page in (door, wrong, again, sent):
        assert [one["src"] for one in page.root.find("script")] == [form.root.one("script")["src"]]
    keys = (await keeper.call("GET", "/v1/keys")).result
    (made,) = [one for one in keys if one["name"].startswith("商城")]
    assert (made["name"], made["scopes"]) == (f"商城{MARKUP}", ["read"])


async def test_a_form_with_secrets_or_of_another_page_is_not_carried_through_the_sign_in(
    stranger: Browser, standing: Caller
) -> None:
    path, fields = "/console/pushes/set-up", {"appid": APPID, "token": "sandboxtoken"}

    door = await stranger.post(path, fields)
    foreign = await stranger.post(
        path, fields, headers={"Sec-Fetch-Site": "cross-site"}, follow=False
    )
    silent = await stranger.post(
        path, fields, headers={"Sec-Fetch-Site": "", "Origin": ""}, follow=False
    )
    large = await stranger.post(path, {"appid": "x" * 70_000}, follow=False)
    again = await stranger.submit(door, "/console/sign-in", key=standing.daemon.admin_key)

    assert [foreign.status, silent.status, large.status] == [303, 303, 303]
    assert "sandboxtoken" not in door.html + again.html
    assert again.facts() == {"AppID": APPID}
    assert "Secrets are not kept" in again.text
    assert again.root.one("main").find("form") == []


async def test_the_query_of_a_callback_is_a_secret_too(stranger: Browser) -> None:
    path, secret = "/console/apps/1/settings", "https://shop.example/hook?key=geheim"

    with_secret = await stranger.post(path, {"name": "shop", "callback": secret})
    without = await stranger.post(path, {"name": "shop", "callback": "https://shop.example/hook"})

    assert "geheim" not in with_secret.html
    assert '"lacks":true' in with_secret.root.one("input", name="kept")["value"]
    assert "https://shop.example/hook" in without.root.one("input", name="kept")["value"]


async def test_a_carried_form_goes_to_pages_of_the_console_only(
    stranger: Browser, standing: Caller
) -> None:
    for action in ("https://evil.example/", "//evil.example/", "/register", "/console/sign-out"):
        stranger.session.cookie_jar.clear()
        door = await stranger.post("/console/messages/write", {"text": "hello"})
        carried = door.root.one("input", name="kept")["value"]
        other = carried.replace("/console/messages/write", action)
        seen = await stranger.submit(
            door, "/console/sign-in", key=standing.daemon.admin_key, kept=other
        )
        assert (seen.url.path, seen.title) == ("/", "Overview"), action


async def test_no_other_page_has_its_form_carried_through_the_sign_in(stranger: Browser) -> None:
    form = '{"action":"/console/access/keys/new","fields":[["name","evil"],["sure","1"]]}'
    foreign = (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://x.example"},
    )

    for headers in foreign:
        door = await stranger.post("/console/sign-in", {"kept": form}, headers=headers)

        assert door.status == 403
        assert door.root.find("input", name="kept") == []


async def test_who_sends_a_form_of_sign_in_once_more_is_not_let_in(
    stranger: Browser, standing: Caller
) -> None:
    """A browser that goes back or loads a page again offers to send it, with the key in it."""
    typed = {"text": "hello", "previewed": "05ae48a8", "priority": "normal", "app": "6563"}
    door = await stranger.post("/console/messages/write", typed)
    form = door.form("/console/sign-in")
    page = await stranger.submit_form(form, key=standing.daemon.admin_key)
    assert (page.title, page.facts()) == ("You are signed in again", {"Text": "hello"})
    await stranger.submit(await stranger.open("/console/sign-out"), "/console/sign-out")

    again = await stranger.submit_form(form, key=standing.daemon.admin_key)

    assert (again.status, again.title) == (403, "wechat-scheduler")
    assert (await stranger.open("/")).url.path == "/console/sign-in"


async def test_who_signs_in_twice_or_in_two_tabs_stays_in_the_same_session(
    stranger: Browser, standing: Caller
) -> None:
    key, other = await make(standing, "read"), await make(standing, "read")
    door = await stranger.open("/console/sign-in")
    form = door.form("/console/sign-in")

    first = await stranger.submit_form(form, key=key.text)
    second = await stranger.submit_form(form, key=key.text)
    wrong = await stranger.submit_form(form, key="wrong")
    same = await stranger.open("/console/access/sessions")
    changed = await stranger.submit_form(form, key=other.text)
    mine = await stranger.open("/console/access/sessions")

    assert [page.title for page in (first, second, changed)] == ["Overview"] * 3
    assert wrong.status == 401
    assert len(same.root.one("tbody").find("tr")) == len(mine.root.one("tbody").find("tr")) == 1


async def test_who_signs_out_is_out(someone: Browser) -> None:
    page = await someone.open("/")
    form = page.root.find("form", action="/console/sign-out")[0]
    fields = [(one["name"], one["value"]) for one in form.find("input")]

    door = await someone.post("/console/sign-out", fields)

    assert door.url.path == "/console/sign-in"
    assert door.root.one("p", class_="notice").text == "You are signed out."
    again = await someone.open("/")
    assert (again.url.path, again.root.find("p", class_="notice")) == ("/console/sign-in", [])


async def test_only_people_at_the_machine_are_told_where_the_state_folder_is(
    stranger: Browser, standing: Caller
) -> None:
    here = await stranger.open("/console/sign-in")
    by_proxy = await stranger.open("/console/sign-in", X_Forwarded_For="192.0.2.1")
    by_name = await stranger.open("/console/sign-in", Host="wx.example.com")

    (path,) = [one.text for one in here.root.find("code") if one.text.endswith("admin.key")]
    assert Path(path).is_absolute()
    for seen in (by_proxy, by_name):
        assert str(Path(path).parent) not in seen.html
        assert "admin.key of the state folder" in seen.text


async def test_who_signs_out_while_the_store_is_away_is_out_in_this_browser(
    admin: Browser, keeper: Caller
) -> None:
    page = await admin.open("/")
    form = page.root.find("form", action="/console/sign-out")[0]
    database = keeper.daemon.ground.database
    assert isinstance(database, MemoryDatabase)
    database.down = True

    seen = await admin.submit_form(form)

    assert seen.status == 503
    assert "signed out in this browser" in seen.text
    assert "console_session" not in {one.key for one in admin.session.cookie_jar}


async def test_a_form_of_another_page_is_refused(someone: Browser) -> None:
    page = await someone.open("/")
    form = page.root.find("form", action="/console/sign-out")[0]
    fields = {one["name"]: one["value"] for one in form.find("input")}

    for headers, proof in (
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({"Sec-Fetch-Site": "same-site"}, {}),
        ({"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, {}),
        ({"Sec-Fetch-Site": "", "Origin": "null"}, {}),
        ({}, {"csrf": "0" * 64}),
    ):
        refused = await someone.post("/console/sign-out", fields | proof, headers=headers)
        assert refused.status == 403, headers
        assert "another session" in refused.text
    assert (await someone.open("/")).title == "Overview"


async def test_nobody_is_signed_in_by_another_page(stranger: Browser, standing: Caller) -> None:
    door = await stranger.open("/console/sign-in")
    stranger.session.cookie_jar.clear()

    seen = await stranger.submit(door, key=standing.daemon.admin_key)

    assert seen.status == 403
    assert (await stranger.open("/")).url.path == "/console/sign-in"


async def test_a_link_of_another_site_finds_the_session_that_the_browser_keeps_back(
    someone: Browser,
) -> None:
    cookies = {one.key: one.value for one in someone.session.cookie_jar}
    someone.session.cookie_jar.clear()  # as the browser sends none
    door = await someone.open("/?shown=all", Sec_Fetch_Site="cross-site")
    assert not door.root.find("form")
    (again,) = door.root.find("meta", http_equiv="refresh")

    someone.session.cookie_jar.update_cookies(cookies, door.url.origin())
    page = await someone.open(again["content"].partition("url=")[2], Sec_Fetch_Site="same-origin")

    assert (page.title, str(page.url.relative())) == ("Overview", "/?shown=all")


async def test_a_key_is_taken_only_from_its_networks(stranger: Browser, standing: Caller) -> None:
    key = await make(standing, "read", networks=["203.0.113.0/24"])

    seen = await stranger.sign_in(key.text)

    assert seen.status == 401


async def test_the_page_is_said_in_the_language_of_the_browser_or_of_the_choice(
    stranger: Browser,
) -> None:
    chinese = await stranger.open("/console/sign-in", Accept_Language="zh-TW,en;q=0.5")
    assert (chinese.root.one("html")["lang"], chinese.root.one("button").text) == ("zh-CN", "登录")

    (choice,) = [one for one in chinese.root.find("a") if one.text == "English"]
    english = await stranger.open(choice["href"], Accept_Language="zh-TW,en;q=0.5")

    assert english.url.path == "/console/sign-in"
    assert english.root.one("button").text == "Sign in"


@pytest.mark.parametrize(
    ("trusted", "cases"),
    [
        (
            "127.0.0.0/8",
            [
                ({"X-Forwarded-Proto": "https"}, True),
                ({"X-Forwarded-Proto": "http, https"}, True),
                ({"Forwarded": "for=192.0.2.1;proto=https"}, True),
                ({"X-Forwarded-Proto": "https, http"}, False),
            ],
        ),
        (
            "10.0.0.0/8",
            [
                ({"X-Forwarded-Proto": "https"}, False),
                ({"Host": "wx.example.com"}, True),
                ({}, False),
            ],
        ),
    ],
)
async def test_a_cookie_is_secure_where_the_browser_came_by_https(
    weixin: WeChat,
    clock: FakeClock,
    tmp_path: Path,
    trusted: str,
    cases: list[tuple[dict[str, str], bool]],
) -> None:
    async with daemon(
        tmp_path,
        weixin.url,
        clock=clock,
        opener=in_memory,
        server__trusted_proxies=trusted,
        server__public_url="https://wx.example.com",
    ) as keeper:
        for headers, secure in cases:
            async with browser(keeper) as visitor:
                door = await visitor.open("/console/sign-in", **headers)
            assert ("Secure" in door.headers["Set-Cookie"]) == secure, headers


async def test_a_program_without_a_session_gets_an_error_of_the_api(standing: Caller) -> None:
    answer = await standing.call("GET", "/", headers={"Accept": "application/json"})

    assert (answer.status, answer.json["reason"]) == (401, "session.missing")


async def test_an_address_that_no_page_has_is_said_in_the_visitors_language(
    stranger: Browser, standing: Caller
) -> None:
    seen = await stranger.open("/console/nowhere/at/all", Accept_Language="zh")
    program = await standing.call("GET", "/console/nowhere")

    assert (seen.status, seen.title) == (404, "没有这个页面")
    assert (program.status, program.json["reason"]) == (404, "route.unknown")
    await stranger.sign_in(standing.daemon.admin_key)
    inside = await stranger.open("/console/nowhere", Accept_Language="en")
    assert (inside.status, inside.title) == (404, "There is no such page")
    assert inside.root.find("nav", class_="rooms")
    of_form = await stranger.open("/console/pushes/remove", Accept_Language="en")
    assert (of_form.status, of_form.title) == (405, "This address has no page of its own")
    assert of_form.root.one("main").one("a")["href"] == "/console/pushes"
    leaving = await stranger.open("/console/sign-out")
    gone = await stranger.submit_form(leaving.root.one("main").one("form"))
    assert gone.url.path == "/console/sign-in"


async def test_assets_stay_in_the_cache_and_have_a_name_of_their_own(stranger: Browser) -> None:
    page = await stranger.open("/console/sign-in")
    style, script = page.root.one("link", rel="stylesheet")["href"], page.root.one("script")["src"]

    found = [await stranger.open(path) for path in (style, script)]

    assert [one.headers["Cache-Control"] for one in found] == [
        "public, max-age=31536000, immutable"
    ] * 2
    assert [one.headers["Content-Type"] for one in found] == [
        "text/css; charset=utf-8", "text/javascript; charset=utf-8",
    ]  # fmt: skip
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert (await stranger.open("/console/assets/console-0.css")).status == 404
