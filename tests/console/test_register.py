"""The form that tries an account at WeChat before it is stored."""

import pytest

from tests.access.doors import make
from tests.console.visitor import MARKUP, Browser, Page
from tests.house import APPID, COMPONENT, SECRET, Caller, WeChat
from wechat_scheduler.config import consoles

PLACE = "/console/credentials/register"
STABLE = "/cgi-bin/stable_token"
TICKETS = "/cgi-bin/component/api_start_push_ticket"
WRONG = "another-secret-0123456789"


async def sent(browser: Browser, query: str = "", **fields: str | list[str]) -> Page:
    form = await browser.open(f"{PLACE}{query}")
    return await browser.submit(form, PLACE, **{"appid": APPID, "appsecret": SECRET, **fields})


async def test_an_account_that_wechat_takes_is_stored(keeper: Caller, admin: Browser) -> None:
    page = await sent(admin, types=["access_token", "jsapi_ticket"], endpoint="stable_token")

    assert page.url.path == f"/console/credentials/{APPID}"
    assert "The account was registered." in page.text
    steps = page.root.one("section", id="use")
    assert f"/task/{APPID}/access_token" in steps.text
    ways = [one["href"] for one in steps.find("a")]
    assert f"/console/pushes?account={APPID}#set-up" in ways
    seen = {way: (await admin.open(way.partition("#")[0])) for way in ways}
    assert {one.status for one in seen.values()} == {200}
    pushes = seen[f"/console/pushes?account={APPID}#set-up"]
    offered = pushes.root.one("datalist", id=pushes.root.one(id="field-account")["list"])
    assert [one["value"] for one in offered.find("option")] == [APPID]
    assert [job["kind"] for job in await keeper.jobs()] == ["access_token", "jsapi_ticket"]
    (entry, *_) = (await keeper.call("GET", "/v1/audit?action=job.registered")).result
    assert entry["key"] == "admin"


async def test_a_wrong_secret_is_told_at_its_field_and_shown_nowhere(
    keeper: Caller, admin: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    page = await sent(admin, appsecret=WRONG, types=["access_token"])

    assert page.status == 422
    assert page.root.one("p", id="error-appsecret").text == "WeChat does not accept it."
    assert "does not accept this AppSecret" in page.root.one("section", role="alert").text
    assert "Nothing was stored." in page.text
    assert page.root.find("input", name="anyway") == []
    assert page.facts()["errcode"] == "40125"
    assert page.root.one("input", name="appid")["value"] == APPID
    assert page.root.one("input", name="appsecret")["value"] == ""
    assert WRONG not in page.html
    assert WRONG not in str(page.url)
    assert WRONG not in caplog.text
    assert await keeper.jobs() == []


async def test_an_account_of_which_nothing_is_kept_is_refused_at_the_boxes(
    keeper: Caller, admin: Browser
) -> None:
    page = await sent(admin, types=[], appid="gh_123")
    again = await sent(admin, types=[])

    assert (page.status, again.status) == (400, 400)
    assert "s not an AppID" in page.root.one("p", id="error-appid").text
    assert again.root.find("p", id="error-appid") == []
    assert again.root.find("p", id="error-appsecret") == []
    for one in (page, again):
        note = one.root.one("p", id="error-types")
        assert note.text == "Choose at least one credential to keep."
        assert "Nothing was stored." in one.text
    assert await keeper.jobs() == []


async def test_a_failing_credential_is_tried_at_once_when_wechat_takes_the_same_secret(
    keeper: Caller, admin: Browser, weixin: WeChat
) -> None:
    weixin.sandbox.script(STABLE, appid=APPID, errcode=40125, errmsg="invalid appsecret")
    await keeper.register({"type": 0})
    await keeper.settle()
    (failing,) = await keeper.jobs()

    await keeper.register({"type": 0})
    await keeper.settle()
    (unverified,) = await keeper.jobs()
    await sent(admin, types=["access_token"])
    await keeper.settle()

    (job,) = await keeper.jobs()
    assert failing["error"]["errcode"] == unverified["error"]["errcode"] == 40125
    assert (job["state"], job["error"]) == ("fresh", None)


async def test_what_wechat_objects_to_is_said_in_words(admin: Browser, weixin: WeChat) -> None:
    form = await admin.open(PLACE)
    for errcode, errmsg, said in (
        (40164, "invalid ip 203.0.113.7, not in whitelist", "refuses calls from 203.0.113.7. Add"),
        (40013, "invalid appid", "WeChat does not know this AppID"),
        (61024, "use component token", "Choose “Third-party platform”"),
        (50007, "frozen", "WeChat refuses this account"),
    ):
        weixin.sandbox.script(STABLE, appid=APPID, errcode=errcode, errmsg=errmsg)

        page = await admin.submit(form, PLACE, appid=APPID, appsecret=SECRET)

        assert page.status == 422, errcode
        assert said in page.root.one("section", role="alert").text


async def test_what_wechat_objects_to_in_a_platform_is_mended_in_the_console_of_platforms(
    admin: Browser, weixin: WeChat
) -> None:
    fields = {"appid": COMPONENT, "params": "http://erp.example.com/params"}
    said = {}
    for errcode, errmsg in (
        (61004, "access clientip is not registered requestIP: 203.0.113.9"),
        (40125, ""),
    ):
        weixin.sandbox.script(TICKETS, appid=COMPONENT, errcode=errcode, errmsg=errmsg)

        page = await sent(admin, "?as=platform", **fields)

        said[errcode] = page.root.one("section", role="alert").text

    assert "refuses calls from 203.0.113.9" in said[61004]
    assert consoles.PLATFORM_IP_WHITELIST in said[61004]
    assert f"reset it: {consoles.PLATFORM}." in said[40125]


async def test_an_account_is_registered_though_wechat_refuses_it_now(
    keeper: Caller, admin: Browser, weixin: WeChat
) -> None:
    weixin.sandbox.script(STABLE, appid=APPID, errcode=40164, errmsg="invalid ip 1.2.3.4")
    refused = await sent(admin)

    page = await admin.submit(refused, PLACE, appsecret=SECRET, anyway="on")

    assert page.url.path == f"/console/credentials/{APPID}"
    assert [job["kind"] for job in await keeper.jobs()] == ["access_token"]


async def test_a_platform_is_registered_with_accounts_that_authorised_it(
    keeper: Caller, admin: Browser
) -> None:
    wrong = await sent(admin, "?as=platform", appid=COMPONENT)
    page = await sent(
        admin,
        "?as=platform",
        appid=COMPONENT,
        params="http://erp.example.com/params",
        authorizers="wx31\n wx32 ",
    )

    assert wrong.status == 400
    assert "needs a params URL" in wrong.root.one("p", id="error-params").text
    assert page.url.path == f"/console/credentials/{COMPONENT}"
    assert [(job["kind"], job["subject"]) for job in await keeper.jobs()] == [
        ("authorizer_access_token", "wx31"),
        ("authorizer_access_token", "wx32"),
        ("component_access_token", ""),
    ]


async def test_a_wrong_appid_and_a_silent_wechat_are_told(admin: Browser, weixin: WeChat) -> None:
    odd = await sent(admin, appid=MARKUP)
    original = await sent(admin, appid="gh_0123456789ab")
    short = await sent(admin, appid="wx222")
    weixin.sandbox.script(STABLE, appid=APPID, status=502, times=None)
    silent = await sent(admin)

    assert odd.status == 400
    assert odd.root.one("input", name="appid")["value"] == MARKUP
    assert odd.root.find("img") == []
    assert original.status == 400
    assert "wx and 16 letters" in original.root.one("p", id="error-appid").text
    assert original.root.find("input", name="anyway") == []
    counted = short.root.one("p", id="error-appid").text
    assert counted.endswith("has 18 characters, wx and 16 letters and digits. This has 5.")
    assert silent.status == 503
    assert "WeChat does not answer" in silent.text
    assert silent.root.one("input", name="anyway")


async def test_a_key_registers_only_what_it_reaches(keeper: Caller, visitor: Browser) -> None:
    await visitor.sign_in((await make(keeper, "register", appids=["wx9"])).text)

    page = await sent(visitor)

    assert page.status == 403
    assert await keeper.jobs() == []
