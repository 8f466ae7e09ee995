"""What a daemon sees at its store, and shows to those who may see it."""

from datetime import timedelta
from typing import Any, cast

import msgspec

from tests.access.doors import make
from tests.alerts.samples import HOUR, MINUTE, alert
from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat
from tests.keeper.conftest import clock, keeper, weixin
from wechat_scheduler.alerts.facts import Facts, Findings
from wechat_scheduler.alerts.model import AlertKey
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.engine.nodes import Node
from wechat_scheduler.engine.records import replace
from wechat_scheduler.gateway.uses import GatewayUse

__all__ = ["clock", "keeper", "weixin"]

TOKEN = "/cgi-bin/stable_token"


async def alerts(keeper: Caller, query: str = "", **call: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await keeper.call("GET", f"/v1/alerts{query}", **call)).result
    return found


async def minutes(keeper: Caller, clock: FakeClock, number: int) -> None:
    """The loops turn, and each minute is looked at."""
    for _ in range(number):
        clock.advance(MINUTE)
        await keeper.settle()
        await keeper.daemon.cores.alerts.watch.check()


def of_the_store(keeper: Caller) -> None:
    """The loops of the test's daemon stand, and none of its rules says so."""
    watch = keeper.daemon.cores.alerts.watch
    rules = tuple(rule for rule in AlertRule if rule is not AlertRule.STORE_SLOW)
    watch.settings = msgspec.structs.replace(watch.settings, rules=rules)


async def failing(keeper: Caller, weixin: WeChat) -> None:
    """An account whose secret WeChat does not know any more."""
    of_the_store(keeper)
    weixin.sandbox.script(TOKEN, errcode=40125, times=None)
    await keeper.register({"type": 0})
    await keeper.settle()


async def test_a_wrong_secret_is_told_with_what_to_do_and_ends_when_it_is_mended(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await failing(keeper, weixin)
    await minutes(keeper, clock, 4)
    (shown,) = await alerts(keeper, "?state=firing")

    weixin.sandbox.clear_scripts()
    await keeper.call("POST", f"/task/{APPID}/0/refresh")
    await minutes(keeper, clock, 12)
    (ended,) = await alerts(keeper)

    assert shown["rule"] == "credential_expires"
    assert shown["subject"] == f"{APPID}/access_token"
    assert (shown["severity"], shown["state"]) == ("critical", "firing")
    assert shown["text"].count("40125") == 1
    assert "AppSecret" in shown["advice"]
    assert (ended["id"], ended["state"]) == (shown["id"], "cleared")
    assert await alerts(keeper, "?state=firing") == []


async def test_an_alert_says_the_present_error_and_lasts_until_an_attempt_succeeds(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await failing(keeper, weixin)
    await minutes(keeper, clock, 4)
    weixin.sandbox.clear_scripts()
    weixin.sandbox.script(TOKEN, errcode=45009, times=1)

    await keeper.call("POST", f"/task/{APPID}/0/refresh")
    await minutes(keeper, clock, 1)
    (changed,) = await alerts(keeper, "?state=firing")

    assert "45009" in changed["text"]
    assert "40125" not in changed["text"]
    assert "today's calls are used up" in changed["advice"]
    assert changed["gone_at"] is None
    assert changed["changed_at"] is not None


async def test_a_key_sees_the_alerts_about_its_accounts_and_types_alone(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await failing(keeper, weixin)
    await minutes(keeper, clock, 4)
    seen = {}
    for name, limits in {
        "its account": {"appids": [APPID]},
        "its type": {"types": [0]},
        "another account": {"appids": ["wx9"]},
        "another type": {"types": [1]},
    }.items():
        key = await make(keeper, "read", **limits)
        found = await alerts(keeper, key=key.text)
        path = f"/v1/alerts/{(await alerts(keeper))[0]['id']}"
        seen[name] = len(found), (await keeper.call("GET", path, key=key.text)).status

    assert seen == {
        "its account": (1, 200),
        "its type": (1, 200),
        "another account": (0, 404),
        "another type": (0, 404),
    }


async def test_what_is_about_no_account_is_shown_to_keys_without_limits(
    keeper: Caller, clock: FakeClock
) -> None:
    watch, key = keeper.daemon.cores.alerts.watch, await make(keeper, "read", appids=[APPID])
    watch.settings = msgspec.structs.replace(watch.settings, commit_time=timedelta(0))
    await minutes(keeper, clock, 3)

    shown = await alerts(keeper)

    assert ("store_slow", "commits") in [(each["rule"], each["subject"]) for each in shown]
    assert await alerts(keeper, key=key.text) == []


async def test_an_alert_is_muted_for_a_time_and_the_mute_is_ended(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await failing(keeper, weixin)
    await minutes(keeper, clock, 4)
    path = f"/v1/alerts/{(await alerts(keeper))[0]['id']}/mute"

    muted = (await keeper.call("POST", path, body={"seconds": 3600})).result
    wrong = await keeper.call("POST", path, body={"seconds": -1})
    unknown = await keeper.call("POST", "/v1/alerts/1/mute", body={"seconds": 1})
    weixin.sandbox.clear_scripts()
    await keeper.call("POST", f"/task/{APPID}/0/refresh")
    await minutes(keeper, clock, 12)
    over = await keeper.call("POST", path, body={"seconds": 1})

    (entry,) = (await keeper.call("GET", "/v1/audit?action=alert.muted")).result
    assert entry["object"] == f"alert/{muted['id']}"
    assert muted["muted_until"] == f"{clock.now() - 12 * MINUTE + HOUR:%Y-%m-%dT%H:%M:%SZ}"
    assert over.json["reason"] == "alert.state"
    assert (wrong.status, unknown.status) == (400, 404)


async def test_where_nothing_is_wrong_a_check_writes_nothing(
    keeper: Caller, clock: FakeClock
) -> None:
    of_the_store(keeper)
    await keeper.register({"type": 0})
    await keeper.settle()
    database = keeper.daemon.ground.database
    before = database.version("alerts", "messages", "jobs")

    await keeper.daemon.cores.alerts.watch.check()

    assert database.version("alerts", "messages", "jobs") == before
    assert await alerts(keeper) == []


async def test_with_no_rules_nothing_is_an_alert(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    watch = keeper.daemon.cores.alerts.watch
    await failing(keeper, weixin)
    watch.settings = msgspec.structs.replace(watch.settings, rules=())

    await minutes(keeper, clock, 10)

    assert await alerts(keeper) == []


async def test_where_more_is_wrong_than_a_check_reads_nothing_is_said_to_be_over(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    watch = keeper.daemon.cores.alerts.watch
    await failing(keeper, weixin)
    await minutes(keeper, clock, 4)
    facts = watch._facts
    watch._facts = cast(Facts, Cut())

    await minutes(keeper, clock, 20)
    shown = await alerts(keeper, "?state=firing")
    watch._facts = facts

    assert len(shown) == 1


async def test_an_alert_about_another_machine_is_that_machines_while_it_lives(
    keeper: Caller, clock: FakeClock
) -> None:
    of_the_store(keeper)
    stores, now = keeper.daemon.ground.stores, clock.now()
    elsewhere = AlertKey(AlertRule.STORE_SLOW, "commits", "elsewhere")
    await stores.alerts.store(
        [alert(elsewhere, version=0, since=now, fired_at=now)], [], [], now=now
    )
    node = Node(name="there", host="elsewhere", version="1", started_at=now, seen_at=now)

    for _ in range(15):
        clock.advance(MINUTE)
        await stores.pulse.beat(replace(node, seen_at=clock.now()))
        await keeper.daemon.cores.alerts.watch.check()
    while_it_lives = await alerts(keeper, "?state=firing")
    await minutes(keeper, clock, 12)

    assert [each["node"] for each in while_it_lives] == ["elsewhere"]
    assert await alerts(keeper, "?state=firing") == []


async def test_a_path_is_near_its_quota_by_what_wechat_said_and_what_passed_since(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    of_the_store(keeper)
    await keeper.register({"type": 0})
    await keeper.settle()
    path = "/cgi-bin/menu/get"
    asked = (await keeper.call("GET", f"/v1/quotas/{APPID}?path={path}")).result
    await minutes(keeper, clock, 1)
    before = await alerts(keeper)
    today, calls = keeper.daemon.cores.gateway.usage.today(), asked["daily_limit"] * 4 // 5
    passed = GatewayUse(
        at=today, caller="consumer/shop", appid=APPID, path=path, calls=calls, errors=0
    )
    await keeper.daemon.ground.stores.usage.add([passed])

    await minutes(keeper, clock, 1)
    (near,) = await alerts(keeper)

    assert before == []
    assert (near["rule"], near["subject"]) == ("quota_nearly_spent", f"{path} of {APPID}")
    assert near["appid"] == APPID


class Cut:
    """As many conditions of a rule as are read, and this alert is not among them."""

    async def conditions(self, *_: object, **__: object) -> Findings:
        return Findings((), frozenset((AlertRule.CREDENTIAL_EXPIRES,)))
