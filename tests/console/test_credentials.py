"""The pages of credentials."""

from datetime import timedelta

import pytest

from tests.access.doors import make
from tests.clock import FakeClock
from tests.console.visitor import Browser, Page
from tests.house import APPID, COMPONENT, SECRET, Caller, WeChat
from tests.web.tenants import made_app
from wechat_scheduler.web.console.credentials import removal
from wechat_scheduler.web.native import accounts

LIST = "/console/credentials"
OTHER = "wx9999999999999999"
STABLE = "/cgi-bin/stable_token"
OWN = {"appid": "wx5555555555555555", "appsecret": SECRET, "tasks": [{"type": 0}]}


@pytest.fixture
async def kept(keeper: Caller) -> Caller:
    """One account that is well, and one with a wrong secret."""
    await keeper.register({"type": 0}, {"type": 1})
    await keeper.register({"type": 0}, appid=OTHER, appsecret="another-secret")
    await keeper.settle()
    return keeper


def listed(page: Page) -> list[str]:
    return [row["Credential"] for row in page.table()]


def counts(page: Page) -> list[dict[str, str]]:
    """Each line of numbers."""
    lines = page.root.one("section", id="counts").find("ul")
    made = [[one.text.rpartition(" ") for one in line.find("a")] for line in lines]
    return [{words: many for words, _, many in line} for line in made]


async def test_an_empty_store_says_what_to_do_first(admin: Browser) -> None:
    page = await admin.open(LIST)

    assert "Register the first account" in page.text
    assert page.root.one("a", href=f"{LIST}/register")


async def test_the_list_shows_each_credential_with_its_state_and_what_to_do(
    kept: Caller, admin: Browser
) -> None:
    page = await admin.open(LIST)
    fresh, ticket, failing = page.table()

    assert fresh["Credential"] == f"access_token {APPID}"
    assert (fresh["State"], fresh["Time left"]) == ("Fresh", "2 h")
    assert ticket["State"] == "Fresh"
    assert failing["State"].startswith("Never issued Needs a person 40125 Register the account")
    assert failing["Calls to WeChat today"] == "1 of 1000"
    # Each is in one state, and what failed has one reaction: the numbers of a line add up.
    assert counts(page) == [
        {"All": "3", "Fresh": "2", "Never issued": "1"},
        {"All that failed": "1", "Needs a person": "1"},
    ]


async def test_the_list_is_narrowed_by_links_and_by_search(kept: Caller, admin: Browser) -> None:
    page = await admin.open(LIST)
    (link,) = [one for one in page.root.find("a") if one.text == "Needs a person 1"]

    needy = await admin.open(link["href"])
    found = await admin.submit(needy, LIST, search="WX1")
    all_found = await admin.open(f"{LIST}?search=wx1&type=1")

    assert listed(needy) == [f"access_token {OTHER}"]
    assert "Nothing fits" in found.text
    assert str(found.url.query["error"]) == "operator"
    assert listed(all_found) == [f"jsapi_ticket {APPID}"]


async def test_a_limited_key_sees_and_counts_its_own_alone(kept: Caller, visitor: Browser) -> None:
    key = await make(kept, "read", appids=[APPID], types=[1])
    await visitor.sign_in(key.text)

    page = await visitor.open(LIST)
    foreign = await visitor.open(f"{LIST}/{OTHER}/access_token")
    own = await visitor.open(f"{LIST}/{APPID}/jsapi_ticket")

    assert listed(page) == [f"jsapi_ticket {APPID}"]
    assert counts(page) == [{"All": "1", "Fresh": "1"}]
    assert OTHER not in page.html
    assert foreign.status == 403
    assert own.status == 200
    assert not own.root.find("form", action=f"{LIST}/{APPID}/jsapi_ticket/refresh")


async def test_the_list_comes_in_pages(keeper: Caller, admin: Browser) -> None:
    theirs = [
        {"type": 4, "authorizer_appid": f"wx{number:03}", "params": "http://erp/p"}
        for number in range(101)
    ]
    await keeper.register(*theirs, appid=COMPONENT)

    first = await admin.open(f"{LIST}?appid={COMPONENT}")
    (link,) = [one for one in first.root.find("a") if one.text == "Next page"]
    last = await admin.open(link["href"])
    platform = await admin.open(f"{LIST}/{COMPONENT}")

    assert len(listed(first)) == 100
    assert listed(last) == [f"authorizer_access_token wx100 of platform {COMPONENT}"]
    assert "Show 101 credentials of accounts that authorised it" in platform.text
    assert not [one for one in last.root.find("a") if one.text == "Next page"]


async def test_a_failing_credential_is_mended_and_seen_fresh(
    kept: Caller, admin: Browser, weixin: WeChat, clock: FakeClock
) -> None:
    place = f"{LIST}/{APPID}/access_token"
    weixin.sandbox.script(
        STABLE, appid=APPID, errcode=40164, errmsg="invalid ip 1.2.3.4, not in whitelist"
    )
    clock.advance(timedelta(hours=3))
    await kept.settle()

    failing = await admin.open(place)
    waiting = await admin.open(f"{LIST}/{APPID}/jsapi_ticket")
    asked = await admin.submit(failing, f"{place}/refresh")
    await kept.settle()
    mended = await admin.open(place)

    facts = failing.facts()
    assert facts["State"] == "Expired Needs a person"
    assert (facts["errcode"], facts["Call"]) == ("40164", STABLE)
    assert facts["rid"]
    assert "Add the IP 1.2.3.4" in failing.root.one("p", class_="advice").text
    (link,) = [one for one in waiting.root.find("a", href=place) if "waits for" in one.text]
    assert link.text == "See access_token, which it waits for"
    assert "A refresh was asked for." in asked.text
    assert mended.facts()["State"] == "Fresh"
    assert all(
        "data-live" in mended.root.one("section", id=one).attributes for one in ("state", "error")
    )


async def test_a_credential_that_ends_before_its_next_attempt_says_so_first(
    kept: Caller, admin: Browser, weixin: WeChat, clock: FakeClock
) -> None:
    weixin.sandbox.script(STABLE, appid=APPID, errcode=40125, times=None)
    clock.advance(timedelta(minutes=110))
    for _ in range(4):
        await kept.call("POST", f"/task/{APPID}/0/refresh")
        await kept.settle()

    page = await admin.open(f"{LIST}/{APPID}/access_token")

    assert "Needs a person" in page.facts()["State"]
    first = page.root.one("section", id="state").find("p")[0].text
    assert first.startswith("Callers get none after ")
    assert "It is valid." not in page.text


async def test_a_credential_shows_who_fetches_it_and_is_removed(
    kept: Caller, admin: Browser
) -> None:
    await kept.fetch(f"{APPID}/1")
    await kept.daemon.cores.rounds.run_once()

    page = await admin.open(f"{LIST}/{APPID}/jsapi_ticket")
    readers = page.table("Who fetches it")
    removed = await admin.submit(page, f"{LIST}/{APPID}/jsapi_ticket/remove")
    gone = await admin.open(f"{LIST}/{APPID}/jsapi_ticket")

    assert [tuple(row.values()) for row in readers] == [
        ("made at the first start admin", "1", "within this hour")
    ]
    assert removed.url.path == f"{LIST}/{APPID}"
    assert "The credential was removed." in removed.text
    assert listed(removed) == [f"access_token {APPID}"]
    assert gone.status == 404


async def test_a_key_is_offered_to_remove_only_what_it_registered(
    kept: Caller, visitor: Browser
) -> None:
    key = await make(kept, "read", "register")
    await kept.call("POST", "/registe", key=key.text, body=OWN)
    await visitor.sign_in(key.text)
    own = await visitor.open(f"{LIST}/{OWN['appid']}/access_token")
    foreign = await visitor.open(f"{LIST}/{APPID}/access_token")

    assert own.root.find("form", action=f"{LIST}/{OWN['appid']}/access_token/remove")
    assert not foreign.root.find("form", action=f"{LIST}/{APPID}/access_token/remove")
    assert "Other systems registered it" in foreign.text


async def test_an_account_shows_the_calls_against_wechats_quota_on_request(
    kept: Caller, admin: Browser
) -> None:
    await kept.register({"type": 3}, appid=COMPONENT)
    page = await admin.open(f"{LIST}/{APPID}")
    without_token = await admin.open(f"{LIST}/{COMPONENT}")
    asked = await admin.submit(page, button="Ask WeChat", path="/cgi-bin/menu/get")
    wrong = await admin.submit(page, button="Ask WeChat", path="menu")

    assert "Left" not in page.facts()
    assert not without_token.root.find("section", id="quota")
    assert asked.facts()["Left"]
    assert "Must be a path such as" in wrong.text


async def test_the_pages_speak_chinese_too(kept: Caller, admin: Browser) -> None:
    page = await admin.open(LIST, Accept_Language="zh-CN")

    assert page.title == "凭据"
    assert [row["状态"] for row in page.table()][:2] == ["有效", "有效"]


async def test_a_secret_is_on_no_page(kept: Caller, admin: Browser) -> None:
    value = await kept.value(f"{APPID}/0")

    for path in (LIST, f"{LIST}/{APPID}", f"{LIST}/{APPID}/access_token"):
        page = await admin.open(path)
        assert SECRET not in page.html
        assert value not in page.html


async def test_an_account_is_removed_with_its_credentials_after_a_page_that_says_what_stays(
    admin: Browser, keeper: Caller
) -> None:
    await keeper.register({"type": 0}, {"type": 1})
    app = await made_app(keeper)
    path, native = f"{LIST}/{APPID}/remove", f"/v1/accounts/{APPID}"
    other = (await make(keeper, "read", "register")).text

    others = await keeper.call("DELETE", native, key=other)
    asked = await admin.open(
        next(
            str(one["href"])
            for one in (await admin.open(f"{LIST}/{APPID}")).root.find("a", href=path)
        )
    )
    gone = await admin.submit(asked, path)

    assert (others.status, others.json["reason"]) == (404, "task.not_yours")
    assert asked.title.startswith(f"Remove the account {APPID}")
    goes, stays = (asked.root.one(id=name).text for name in ("goes", "stays"))
    assert "2 credentials, with their values" in goes
    assert "access_token" in goes
    assert "jsapi_ticket" in goes
    assert "The app shop: it sends nothing" in stays
    assert gone.url.path == LIST
    assert "2 credentials were removed with the account." in gone.text
    assert (await keeper.call("GET", f"/task/{APPID}/0")).status == 404
    assert (await keeper.call("DELETE", native)).json["reason"] == "task.unknown"
    assert (await keeper.call("GET", f"/v1/apps/{app['id']}")).status == 200
    noted = (await keeper.call("GET", "/v1/audit?action=job.removed")).result
    assert [one["object"] for one in noted] == [f"{APPID}/access_token", f"{APPID}/jsapi_ticket"]
    assert "Nothing is registered for this account." in (await admin.open(path)).text
    secrets = keeper.daemon.ground.stores.secrets
    assert await secrets.secret(APPID) is None
    await keeper.register({"type": 0})
    assert await secrets.secret(APPID) == SECRET


async def test_a_key_removes_what_it_registered_of_an_account_wherever_that_stands(
    kept: Caller, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_REMOVED", 1)
    key = await make(kept, "read", "register")
    own = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 1}]}
    await kept.call("POST", "/registe", key=key.text, body=own)
    await visitor.sign_in(key.text)

    asked = await visitor.open(f"{LIST}/{APPID}/remove")
    removed = await visitor.submit(asked, f"{LIST}/{APPID}/remove")

    assert removed.url.path == f"{LIST}/{APPID}"
    assert "What your key registered was removed, for 1 credential." in removed.text
    assert listed(removed) == [f"access_token {APPID}", f"jsapi_ticket {APPID}"]
    again = await kept.call("DELETE", f"/v1/accounts/{APPID}", key=key.text)
    assert (again.status, again.json["reason"]) == (404, "task.not_yours")


async def test_the_page_of_a_removal_says_what_authorizers_lose_and_that_it_takes_steps(
    admin: Browser, keeper: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "MOST_REMOVED", 2)
    monkeypatch.setattr(accounts, "MOST_REMOVED", 2)
    tasks = [{"type": 4, "authorizer_appid": name, "params": "http://erp/p"} for name in "abc"]
    await keeper.register(*tasks, appid=COMPONENT)
    path = f"{LIST}/{COMPONENT}/remove"

    asked = await admin.open(path)
    first = await admin.submit(asked, path)
    last = await admin.submit(await admin.open(path), path)

    goes = asked.root.one(id="goes").text
    assert "3 credentials, with their values" in goes
    assert "their refresh tokens go (3): they have to authorise again" in goes
    assert "One step removes 2 of them" in goes
    assert (
        "2 credentials were removed; more of the account are left: remove it again." in first.text
    )
    assert "The account and its credential were removed." in last.text
