"""The page of alerts: what is wrong, what was, who is told, and a test."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from tests.access.doors import make
from tests.alerts.samples import TICKET, alert
from tests.business import Business
from tests.clock import START, FakeClock
from tests.console.visitor import Browser
from tests.house import APPID, Caller
from tests.web.tenants import made_app
from wechat_scheduler.alerts.model import Severity
from wechat_scheduler.alerts.sentences import REPLAY, SLOW_STORE
from wechat_scheduler.config.alert_targets import AlertForm
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.config.target_notation import TARGETS

PAGE = "/console/alerts"


async def put(keeper: Caller, **wish: Any) -> None:
    values = {"version": 0, "since": START, "fired_at": START, "appid": APPID} | wish
    await keeper.daemon.ground.stores.alerts.store([alert(**values)], [], [], now=START)


def name_targets(keeper: Caller, *targets: dict[str, Any]) -> None:
    config = keeper.daemon.running.config
    alerts = msgspec.structs.replace(config.alerts, targets=TARGETS.read(list(targets)))
    keeper.daemon.adjust(msgspec.structs.replace(config, alerts=alerts))


async def test_where_nothing_is_wrong_the_page_says_so_and_whom_to_name(admin: Browser) -> None:
    page = await admin.open(PAGE)

    assert page.title == "Alerts"
    assert "Nothing is wrong." in page.text
    assert "Nothing was wrong in the last 90 days." in page.text
    assert "Alerts are listed here and not sent to anyone yet." in page.text


async def test_the_lines_for_each_form_are_those_that_the_configuration_takes(
    admin: Browser, keeper: Caller, tmp_path: Path
) -> None:
    name_targets(keeper, {"name": "email", "kind": "webhook", "url": "https://a.example/"})
    app = await made_app(keeper, "shop")

    page = await admin.open(PAGE)

    told = page.root.one("section", id="who")
    entries = told.find("details")
    assert len(entries) == len(AlertForm)
    assert f"The apps: {app['id']} shop." in told.text
    written = "\n".join(one.find("pre")[-1].written for one in entries)
    for file in re.findall(r'_file = "(.+)"', written):
        mine = tmp_path / file.rpartition("/")[2]
        mine.write_text("https://hook.example/key" if file.endswith(".url") else "secret")
        written = written.replace(file, str(mine))
    targets = TARGETS.read(tomllib.loads(written)["alerts"]["targets"])
    assert {one.kind for one in targets} == {*AlertForm}
    assert {one.name for one in targets} == {*AlertForm} - {"email"} | {"email-2"}
    assert next(one.app for one in targets if one.app) == app["id"]


async def test_a_fault_of_which_no_alert_tells_yet_is_named(admin: Browser, keeper: Caller) -> None:
    await keeper.register({"type": 0}, appsecret="wrong")
    await keeper.settle()

    page = await admin.open(PAGE)
    chinese = await admin.open(PAGE, Accept_Language="zh")

    firing = page.root.one("section", id="firing")
    assert "Nothing is wrong" not in page.text
    assert "Credentials that need a person: 1." in firing.text
    assert [one["href"] for one in firing.find("a")] == ["/#needs"]
    assert "需要人处理的凭据：1 个" in chinese.text


async def test_who_tells_followers_alone_is_warned(admin: Browser, keeper: Caller) -> None:
    boss = {"name": "boss", "kind": "follower", "app": 17, "to": "alice"}
    name_targets(keeper, boss)
    alone = await admin.open(PAGE)
    name_targets(
        keeper, boss, {"name": "hook", "kind": "webhook", "url": "https://a.example/?key=b"}
    )
    chinese = await admin.open(PAGE, Accept_Language="zh")

    assert "Add a second target of another kind" in alone.text
    assert "请再加一个" not in chinese.text
    assert "redacted" not in chinese.text


async def test_what_fires_is_shown_with_its_advice_and_what_is_over_without(
    admin: Browser, keeper: Caller
) -> None:
    await put(keeper, severity=Severity.CRITICAL)
    over = TICKET._replace(rule=AlertRule.DEAD_LETTERS)
    await put(keeper, **over._asdict(), id=2, times=3, cleared_at=START + timedelta(hours=1))

    page = await admin.open(PAGE)

    (firing,) = page.table("Firing")
    (ended,) = page.table("Over")
    assert firing["Severity"] == "Critical"
    for part in ("Ticket missing", "no ticket came", "The pushes of the platform"):
        assert part in firing["Alert"]
    assert "The failed messages" not in ended["Alert"]
    assert "3 times in a row" in ended["Alert"]


async def test_an_alert_is_muted_and_the_mute_is_ended(
    admin: Browser, keeper: Caller, clock: FakeClock
) -> None:
    await put(keeper)
    page = await admin.open(PAGE)

    muted = await admin.submit(page, f"{PAGE}/mute", **{"seconds-1": "86400"})
    (shown,) = muted.table("Firing")
    assert "No alert ended in the last 90 days." in page.text
    assert "Nothing was wrong" not in page.text
    again = await admin.submit(muted, f"{PAGE}/mute")

    overview = await admin.open("/")
    await admin.submit(page, f"{PAGE}/mute", **{"seconds-1": "86400"})
    marked = await admin.open("/")

    assert "No message about it is sent until then, except its all-clear." in muted.text
    assert "Muted until in 1 d" in marked.root.one("section", id="needs").text
    assert "Muted" not in overview.text
    assert shown["Mute"].startswith("Muted until in 1 d")
    assert "Messages about it are sent again." in again.text


async def test_no_page_of_an_error_says_that_something_was_done(admin: Browser) -> None:
    shown = await admin.open(f"{PAGE}?done=muted")
    missing = [
        await admin.open(f"/console/{path}?done=muted")
        for path in ("nothing", "messages/1", f"reminders/{'0' * 32}", "access/consumers/of/x")
    ]

    assert shown.root.find("p", class_="notice")
    assert [one.status for one in missing] == [404] * 4
    assert not [one for one in missing if one.root.find("p", class_="notice")]


async def test_a_test_shows_what_each_target_answered(
    admin: Browser, keeper: Caller, business: Business
) -> None:
    name_targets(
        keeper,
        {"name": "hook", "kind": "webhook", "url": business.url("/hook?key=topsecret")},
        {"name": "boss", "kind": "follower", "app": 17, "to": "alice"},
    )
    page = await admin.open(PAGE)

    shown = await admin.submit(page, button="Send a test to all")
    (entry,) = (await keeper.call("GET", "/v1/audit?action=alert.tested")).result
    assert entry["object"] == "alert/test"

    assert [row["Where"] for row in page.table("Who is told")] == [
        f"http://127.0.0.1:{business.port}/[redacted]",
        "17 · alice",
    ]
    assert [row["Language"] for row in page.table("Who is told")] == ["English", "Chinese"]
    assert "topsecret" not in page.html
    assert [(row["Name"], row["State"], row["Answer"]) for row in shown.table()] == [
        ("hook", "Accepted", ""),
        ("boss", "Not accepted", "there is no app 17"),
    ]
    assert len(business.calls) == 1


async def test_the_rules_are_shown_with_their_numbers_and_where_to_change_them(
    admin: Browser, keeper: Caller
) -> None:
    config = keeper.daemon.running.config
    alerts = msgspec.structs.replace(config.alerts, rules=(AlertRule.TICKET_MISSING,))
    keeper.daemon.adjust(msgspec.structs.replace(config, alerts=alerts))

    page = await admin.open(PAGE)

    rows = page.table("Rules")
    assert len(rows) == len(AlertRule)
    assert [row["State"] for row in rows].count("On") == 1
    assert any("came for 30 min" in row["Fires when"] for row in rows)
    assert "systemctl reload wechat-scheduler" in page.text


async def test_a_limited_key_sees_its_alerts_and_no_settings(
    visitor: Browser, keeper: Caller
) -> None:
    await put(keeper)
    await put(keeper, **TICKET._replace(subject="wx9")._asdict(), id=2, appid="wx9")
    key = await make(keeper, "read", appids=[APPID])
    await visitor.sign_in(key.text)

    page = await visitor.open(PAGE)

    assert len(page.table("Firing")) == 1
    assert "Who is told" not in page.text
    assert not [one for one in page.root.one("main").find("form") if one["method"] == "post"]


async def test_an_alert_says_where_to_mend_it_and_names_no_command_that_has_a_page(
    admin: Browser, keeper: Caller
) -> None:
    dead = TICKET._replace(rule=AlertRule.DEAD_LETTERS, subject="app/7")
    await put(keeper, **dead._asdict(), advice=REPLAY.en)
    slow = TICKET._replace(rule=AlertRule.STORE_SLOW, subject="commits")
    await put(keeper, **slow._asdict(), id=2, appid="", advice=SLOW_STORE.en)

    page = await admin.open(PAGE, Accept_Language="zh-CN")

    assert page.title == "告警"
    firing = page.root.one("section", id="firing")
    assert [one["href"] for one in firing.find("a")] == [
        "/#daemon",
        "/console/messages?state=dead&app=7",
    ]
    assert "在列表里全部重新发送" in firing.text
    assert [one.text for one in firing.find("code")] == ["wechat-scheduler doctor"]
    assert "`" not in page.text


async def test_an_alert_about_the_messages_of_one_app_names_no_other_of_the_account(
    admin: Browser, keeper: Caller
) -> None:
    shop, _ = await made_app(keeper, "shop"), await made_app(keeper, "warehouse")
    subject = f"app/{shop['id']}"
    dead = TICKET._replace(rule=AlertRule.DEAD_LETTERS, subject=subject)
    await put(keeper, **dead._asdict(), text="2 messages died")

    needs = (await admin.open("/")).root.one("section", id="needs")
    (row,) = (await admin.open(PAGE)).table("Firing")

    assert f"/console/apps/{shop['id']}" in [one["href"] for one in needs.find("a")]
    assert ("shop" in row["Alert"], "warehouse" in row["Alert"]) == (True, False)


async def test_an_alert_says_what_is_wrong_at_present_and_since_when(
    admin: Browser, keeper: Caller
) -> None:
    await put(keeper, changed_at=START)

    alerts, overview = await admin.open(PAGE), await admin.open("/")

    assert "It has said so since just now (2026-11-18 10:30)." in alerts.text
    assert "It has said so since just now (2026-11-18 10:30)." in overview.text
