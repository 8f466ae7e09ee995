"""The first page: what needs a person, what happened, and the daemon."""

from datetime import timedelta

import pytest

from tests.access.doors import make
from tests.alerts.samples import TICKET, alert
from tests.clock import FakeClock
from tests.console.spaces import odd_spaces
from tests.console.visitor import Browser, Page
from tests.house import APPID, Caller, WeChat
from tests.statistics.test_counting import OTHER
from tests.stores.memory import MemoryDatabase
from tests.web.tenants import made_app
from wechat_scheduler.alerts.model import AlertKey, Severity
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.statistics.model import Counted
from wechat_scheduler.storage.database import Statement, rows_of

FIRE = """
    INSERT INTO alerts (id, rule, subject, node, appid, kind, severity, text, advice, since, fired_at,
        told_severity, times, version)
    VALUES ($1, 'dead_letters', $2, '', $3, '', 'critical', $4, $5, $6, $6, '', 1, 1)
"""


async def fire(keeper: Caller, number: int, *, appid: str = "", text: str = "3 died") -> None:
    since = int(keeper.daemon.ground.clock.now().timestamp() * 1e6)
    values = (number, f"{text} {number}", appid, text, f"look at {text}", since)
    await keeper.daemon.ground.database.write(lambda: rows_of(Statement(FIRE, values)))


def needs(page: Page) -> list[str]:
    found = page.root.one("section", id="needs").find("li", class_="need")
    return [one.text for one in found]


def hrefs(page: Page, section: str) -> list[str]:
    return [one["href"] for one in page.root.one("section", id=section).find("a")]


def figures(page: Page) -> dict[str, str]:
    return {
        one.one("h3").text: one.find("p")[0].text
        for one in page.root.find("article", class_="figure")
    }


async def test_an_empty_house_says_what_to_do_next(admin: Browser) -> None:
    page = await admin.open("/")
    chinese = await admin.open("/", Accept_Language="zh-CN")
    typed = [await admin.open(path) for path in ("/console", "/console/")]

    assert [one.title for one in typed] == [page.title] * 2
    assert "Nothing needs a person now." in page.text
    assert "No credentials yet. Register the first account" in page.text
    assert odd_spaces(chinese.html) == []
    assert figures(page)["Refreshes"] == "0 renewed"
    assert "No errors in this time." in page.text


async def test_what_needs_a_person_comes_first_with_its_advice(
    admin: Browser, keeper: Caller
) -> None:
    await keeper.register({"type": 0})
    await fire(keeper, 1, appid=APPID, text="3 messages died")
    await made_app(keeper, "shop")

    page = await admin.open("/")
    alerts = await admin.open("/console/alerts")

    assert page.root.find("section")[0]["id"] == "needs"
    (need,) = needs(page)
    assert need.startswith(f"Critical Messages failed {APPID} shop")
    assert alerts.table("Firing")[0]["Alert"].startswith("Messages failed shop")
    assert "3 messages died.Find out why they failed." in need
    assert hrefs(page, "needs") == [
        f"/console/credentials/{APPID}",
        "/console/messages?state=dead",
        "/console/alerts",
    ]


async def test_an_app_whose_account_was_removed_is_named_where_people_look_with_the_way_back(
    admin: Browser, keeper: Caller
) -> None:
    await keeper.register({"type": 0})
    app = await made_app(keeper)
    endpoint = {"token": "first", "encoding_aes_key": "k" * 43}
    assert (await keeper.call("PUT", f"/callbacks/{APPID}", body=endpoint)).status == 200
    kept = [await admin.open(page) for page in ("/", "/console/pushes", "/console/reminders/bot")]
    assert (await keeper.call("DELETE", f"/task/{APPID}/0")).status == 200

    pages = [await admin.open(page) for page in ("/", "/console/pushes", "/console/reminders/bot")]

    (item,) = needs(pages[0])
    assert app["name"] in item
    assert "Nothing needs a person" not in pages[0].text
    for page in kept:
        assert "has no credential here" not in page.text
    for page in pages:
        assert f"The account {APPID} has no credential here" in page.text
        assert f"/console/credentials/register?appid={APPID}" in page.html


async def test_an_app_that_lacks_a_credential_is_named_behind_many_that_platforms_keep(
    admin: Browser, keeper: Caller
) -> None:
    held = [f"wx{number:016}" for number in range(9)]
    tasks = [{"type": 4, "authorizer_appid": appid, "params": "http://erp/p"} for appid in held]
    kept = await keeper.register({"type": 3, "params": "http://erp/p"}, *tasks, appid=OTHER)
    for appid in (*held, APPID):
        await made_app(keeper, appid=appid)

    (need,) = needs(await admin.open("/"))

    assert kept.status == 200
    assert f"The account {APPID} has no credential here" in need


async def test_a_key_of_one_account_is_not_told_that_nothing_is_kept_where_a_platform_keeps_it(
    visitor: Browser, keeper: Caller
) -> None:
    platform = {"type": 3, "params": "http://erp/p"}
    authorizer = {"type": 4, "authorizer_appid": APPID, "params": "http://erp/p"}
    kept = await keeper.register(platform, authorizer, appid=OTHER)
    await made_app(keeper)
    key = await make(keeper, "read", "push", appids=[APPID])
    await visitor.sign_in(key.text)

    pages = [await visitor.open(page) for page in ("/", "/console/reminders/bot")]

    assert kept.status == 200
    for page in pages:
        assert "has no credential here" not in page.text


async def test_an_alert_whose_cause_is_gone_says_when_it_is_over_and_needs_nobody(
    admin: Browser, keeper: Caller
) -> None:
    now = keeper.daemon.ground.clock.now()
    gone = alert(version=0, since=now, fired_at=now, gone_at=now, times=1)
    await keeper.daemon.ground.stores.alerts.store([gone], [], [], now=now)

    page = await admin.open("/")
    (listed,) = (await admin.open("/console/alerts")).table("Firing")

    (need,) = needs(page)
    assert "Nothing needs a person now." in page.text
    assert need.startswith("Cause is gone Ticket missing")
    assert "Unless it comes back, the alert is over in 10 min." in need
    assert listed["Severity"] == "Cause is gone"


async def test_an_alert_about_credentials_needs_nobody_once_none_of_them_fails(
    admin: Browser, keeper: Caller
) -> None:
    now = keeper.daemon.ground.clock.now()
    key = TICKET._replace(rule=AlertRule.CREDENTIAL_EXPIRES)
    mended = alert(key, version=0, since=now, fired_at=now, severity=Severity.CRITICAL)
    await keeper.daemon.ground.stores.alerts.store([mended], [], [], now=now)

    page = await admin.open("/")

    assert "Nothing needs a person now." in page.text
    assert needs(page)[0].startswith("Cause is gone Credential")
    assert "the alert is over soon" in needs(page)[0]


async def test_a_fault_of_many_accounts_is_one_item_with_its_advice_once(
    admin: Browser, keeper: Caller, clock: FakeClock
) -> None:
    await keeper.register({"type": 0})
    for number in range(5):
        await keeper.register({"type": 0}, appid=f"wx{number}", appsecret="wrong")
    await keeper.settle()
    fired = {"version": 0, "since": clock.now(), "fired_at": clock.now()}
    alerts = [
        alert(
            AlertKey(AlertRule.CREDENTIAL_EXPIRES, f"wx{number}/access_token"),
            id=number, appid=f"wx{number}", severity=Severity.CRITICAL, **fired,
        )
        for number in range(1, 5)
    ]  # fmt: skip
    await keeper.daemon.ground.stores.alerts.store(alerts, [], [], now=clock.now())

    page = await admin.open("/")
    credentials = await admin.open("/console/credentials?error=operator&errcode=40125")
    counts = page.root.one("section", id="standing").find("dd")[0]

    (need,) = needs(page)
    assert need.startswith("Needs a person Critical 40125 5 credentials")
    assert page.text.count("Register the account again") == 1
    assert [one for one in hrefs(page, "needs") if "/console/credentials" in one] == [
        "/console/credentials?error=operator&errcode=40125",
        *(f"/console/credentials/wx{number}/access_token" for number in range(3)),
    ]
    assert len(credentials.table()) == 5
    assert credentials.root.one("input", name="errcode")["value"] == "40125"
    # Each is in one state: the numbers add up.
    assert [one.text for one in counts.find("p")] == [
        "5 Never issued 1 Fresh",
        "Of these: 5 The last attempt failed",
    ]


async def test_alerts_that_say_to_do_the_same_are_one_item(admin: Browser, keeper: Caller) -> None:
    for number in range(1, 6):
        await fire(keeper, number, appid=f"wx{number}")

    page = await admin.open("/")

    (need,) = needs(page)
    assert need.startswith("Critical Messages failed 5 alerts")
    assert need.count("Find out why they failed.") == 1
    assert "wx5: 3 died." in need
    assert "wx1" not in need
    assert hrefs(page, "needs")[-2:] == ["/console/messages?state=dead", "/console/alerts"]
    assert "All alerts (5)" in page.text


async def test_a_day_is_told_in_numbers_and_every_section_follows_what_happens(
    admin: Browser, keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    weixin.sandbox.whitelist(OTHER, ["203.0.113.7"])
    for appid in (APPID, OTHER):
        await keeper.register({"type": 0}, appid=appid)
    await keeper.settle()
    keeper.daemon.cores.statistics.meter.count(Counted.DELIVERED, APPID, number=1_234)
    clock.advance(timedelta(hours=1))

    page = await admin.open("/")
    month = await admin.open("/?days=30")

    assert figures(page)["Refreshes"] == figures(month)["Refreshes"] == "1 renewed"
    assert "1 failed" in page.text
    assert figures(page)["Errors"] == "1 of refreshes and messages"
    assert "1,234 delivered" in page.text
    (error,) = page.table("Errors by errcode")
    assert (error["errcode"], error["Times"], error["Share"]) == ("40164", "1", "100%")
    assert hrefs(page, "errors") == ["/console/credentials?errcode=40164", "#needs"]
    (need,) = needs(page)
    assert need.startswith(f"Needs a person 40164 {OTHER} · access_token")
    assert "Add the IP 127.0.0.1" in need
    assert f"/console/credentials/{OTHER}/access_token" in hrefs(page, "needs")
    assert "Nothing needs a person now." not in page.text
    assert error["What to do"] == "See above, what needs you now"
    assert page.facts()["Egress address"].startswith("127.0.0.1")
    # They stand, and an hour has passed.
    assert page.facts()["Loops that are late"] == "credentials reminders messages pushes"
    sections = page.root.one("main").find("section")
    assert all("data-live" in one.attributes and one["id"] for one in sections)


async def test_the_page_is_chinese_for_who_reads_chinese(admin: Browser, keeper: Caller) -> None:
    await fire(keeper, 1)

    page = await admin.open("/", Accept_Language="zh-CN")

    assert page.title == "总览"
    assert needs(page)[0].startswith("紧急 消息失败")
    assert "最近 24 小时" in page.text
    assert page.facts()["数据库"] == "SQLite 正常"


async def test_a_limited_key_sees_its_own_and_nothing_of_the_machine(
    visitor: Browser, keeper: Caller
) -> None:
    for appid in (APPID, OTHER):
        await keeper.register({"type": 0}, appid=appid)
    await keeper.settle()
    await fire(keeper, 1, appid=OTHER, text="of another")
    key = await make(keeper, "read", appids=[APPID])
    await keeper.daemon.cores.statistics.meter.flush()
    keeper.daemon.cores.statistics.meter.count(Counted.REFRESHED, APPID)

    await visitor.sign_in(key.text)
    page = await visitor.open("/")

    assert needs(page) == []
    assert page.facts()["Credentials"] == "1all fresh"
    assert "Egress address" not in page.facts()
    assert OTHER not in page.html


@pytest.mark.parametrize("scope", ["push", "register"])
async def test_a_key_that_does_not_read_is_told_so(
    visitor: Browser, keeper: Caller, scope: str
) -> None:
    key = await make(keeper, scope)

    page = await visitor.sign_in(key.text)

    assert page.status == 200
    assert page.facts()["Scopes"] == scope


async def test_while_the_store_is_away_the_page_says_so(admin: Browser, keeper: Caller) -> None:
    await admin.open("/")
    database = keeper.daemon.ground.database
    assert isinstance(database, MemoryDatabase)
    database.down = True

    page = await admin.open("/")

    assert page.facts()["Database"] == "SQLite does not answer"
