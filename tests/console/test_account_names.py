"""What people call accounts, on the pages of the console."""

from urllib.parse import urlencode

from tests.access.doors import make
from tests.alerts.samples import alert
from tests.clock import START
from tests.console.visitor import Browser, browser
from tests.house import APPID, AUTHORIZER, COMPONENT, SECRET, Caller, WeChat
from tests.web.tenants import made_app

LIST = "/console/credentials"
OTHER = "wx9999999999999999"
NAME, THEIRS = "晨报 <1>", "晚报"
FORM = "/console/credentials/register"


async def test_an_account_is_named_where_it_is_registered_and_on_its_page(
    keeper: Caller, admin: Browser
) -> None:
    form = await admin.open(FORM)
    registered = await admin.submit(
        form, FORM, appid=APPID, appsecret=SECRET, types=["access_token"], name=NAME
    )
    renamed = await admin.submit(registered, f"{LIST}/{APPID}", name=" 早报 ")
    refused = await admin.submit(renamed, f"{LIST}/{APPID}", name="长" * 65)
    again = await admin.submit(
        await admin.open(f"{FORM}?appid={APPID}"), FORM, appsecret=SECRET, types=["access_token"]
    )
    renewed = await admin.submit(
        await admin.open(f"{FORM}?appid={APPID}"), FORM, appsecret=SECRET, name="午报"
    )
    unnamed = await admin.submit(renewed, f"{LIST}/{APPID}", name="")

    assert registered.title == f"{NAME} · {APPID}"
    assert renamed.title == again.title == f"早报 · {APPID}"
    assert renewed.title == f"午报 · {APPID}"
    assert "The name was saved." in renamed.text
    assert refused.status == 400
    assert "1 to 64" in refused.root.one("p", id="error-name").text
    assert refused.root.one("input", name="name")["value"] == "长" * 65
    assert unnamed.title == APPID
    entries = (await keeper.call("GET", "/v1/audit?action=account.named")).result
    assert [one["object"] for one in entries] == [APPID] * 4


async def test_every_list_says_what_its_accounts_are_called(
    keeper: Caller, admin: Browser, weixin: WeChat
) -> None:
    weixin.sandbox.script("/cgi-bin/stable_token", appid=OTHER, errcode=40125, times=None)
    theirs = {"type": 4, "authorizer_appid": AUTHORIZER, "params": "http://erp/p"}
    await keeper.register({"type": 3, "params": "http://erp/p"}, theirs, appid=COMPONENT)
    for appid in (APPID, OTHER):
        await keeper.register({"type": 0}, appid=appid)
        await made_app(keeper, f"app of {appid}", appid=appid)
    for appid, name in ((APPID, NAME), (OTHER, "坏报"), (AUTHORIZER, THEIRS)):
        await keeper.call("PATCH", f"/v1/accounts/{appid}", body={"name": name})
    await keeper.call("PUT", f"/callbacks/{APPID}", body={"token": "token"})
    await make(keeper, "read", appids=[APPID])
    await keeper.call("POST", "/v1/consumers", body={"name": "shop", "appids": [APPID]})
    await keeper.settle()

    listed = await admin.open(LIST)
    found = await admin.open(f"{LIST}?{urlencode({'search': '晨'})}")
    overview = await admin.open("/")
    pages = {
        path: (await admin.open(path)).text
        for path in (
            f"{LIST}/{APPID}/access_token", "/console/pushes", "/console/reminders/bot", "/console/people",
            "/console/access", "/console/access/consumers", "/console/access/consumers/of/shop",
            "/console/access/audit",
        )
    }  # fmt: skip

    assert [row["Credential"] for row in listed.table()] == [
        f"access_token {NAME} {APPID}",
        f"authorizer_access_token {THEIRS} {AUTHORIZER} of platform {COMPONENT}",
        f"component_access_token {COMPONENT}",
        f"access_token 坏报 {OTHER}",
    ]
    assert [row["Credential"] for row in found.table()] == [f"access_token {NAME} {APPID}"]
    assert f"坏报 · {OTHER} · access_token" in overview.root.one("section", id="needs").text
    assert [
        path for path, text in pages.items() if f"{NAME} {APPID}" not in text.replace(" · ", " ")
    ] == []
    offered = (await admin.open("/console/pushes")).root.one("datalist").find("option")
    assert {one["value"]: one.text for one in offered} == {
        APPID: NAME, COMPONENT: "", AUTHORIZER: THEIRS, OTHER: "坏报",
    }  # fmt: skip


async def test_a_key_that_may_not_register_reads_the_name_and_gives_none(keeper: Caller) -> None:
    await keeper.register({"type": 0})
    await keeper.call("PATCH", f"/v1/accounts/{APPID}", body={"name": NAME})
    typed = await make(keeper, "read", "register", types=[0])

    for key in ((await make(keeper, "read")), typed, (await make(keeper, "view"))):
        async with browser(keeper) as visitor:
            await visitor.sign_in(key.text)
            page = await visitor.open(f"{LIST}/{APPID}")
        assert page.title == f"{NAME} · {APPID}"
        assert page.root.find("section", id="name") == []


async def test_each_of_very_many_apps_without_a_credential_is_named(
    keeper: Caller, admin: Browser
) -> None:
    bare = [f"wx{number:016}" for number in range(30)]
    theirs = [
        {"type": 4, "authorizer_appid": f"wxA{number:03}", "params": "http://erp/p"}
        for number in range(120)
    ]
    await keeper.register(*theirs, appid=COMPONENT)
    for appid in (*bare, "wxA119"):
        await made_app(keeper, f"app {appid}", appid=appid)
    page = await admin.open("/console/reminders/bot")

    asked = [
        row["Account"] for row in page.table() if "has no credential here" in "".join(row.values())
    ]
    assert asked == bare


async def test_a_name_that_another_person_gave_meanwhile_is_shown_before_it_is_overwritten(
    keeper: Caller, admin: Browser
) -> None:
    await keeper.register({"type": 0})
    form = await admin.open(f"{LIST}/{APPID}")
    await keeper.call("PATCH", f"/v1/accounts/{APPID}", body={"name": THEIRS})

    untouched = await admin.submit(form, f"{LIST}/{APPID}")
    clash = await admin.submit(form, f"{LIST}/{APPID}", name=NAME)
    saved = await admin.submit(clash, f"{LIST}/{APPID}")

    assert untouched.title == f"{THEIRS} · {APPID}"
    assert clash.status == 409
    assert THEIRS in clash.root.one("p", id="error-name").text
    assert saved.title == f"{NAME} · {APPID}"


async def test_an_alert_says_what_its_account_is_called(keeper: Caller, admin: Browser) -> None:
    await keeper.register({"type": 0})
    await keeper.call("PATCH", f"/v1/accounts/{APPID}", body={"name": NAME})
    wrong = alert(id=1, version=0, since=START, fired_at=START, appid=APPID, subject=APPID)
    assert await keeper.daemon.ground.stores.alerts.store([wrong], [], [], now=START)

    needs = (await admin.open("/")).root.one("section", id="needs").text
    listed = (await admin.open("/console/alerts")).table("Firing")
    told = (await keeper.call("GET", "/v1/alerts")).result

    assert f"{NAME} {APPID}" in needs
    assert NAME in listed[0]["Alert"]
    assert [one["name"] for one in told] == [NAME]
