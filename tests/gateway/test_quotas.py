"""What WeChat counts of a path's calls, and the clearing of it."""

import asyncio

import structlog

from tests.cli.commands import invoke
from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat
from wechat_scheduler.gateway.quotas import ASKED_EVERY

TICKET, GET = "/cgi-bin/ticket/getticket", "/cgi-bin/openapi/quota/get"
SHOWN = f"/v1/quotas/{APPID}?path={TICKET}"


async def registered(keeper: Caller) -> None:
    await keeper.register({"type": 0}, {"type": 1})
    await keeper.settle()


async def test_wechats_number_stands_beside_the_largest_users(keeper: Caller) -> None:
    await registered(keeper)
    usage = keeper.daemon.cores.gateway.usage
    for name in ("consumer/shop", "consumer/crm", "consumer/shop"):
        usage.count(name, APPID, TICKET, failed=False)

    shown = (await keeper.call("GET", SHOWN)).result

    assert (shown["daily_limit"], shown["used"], shown["remain"]) == (2000, 1, 1999)
    assert [(use["caller"], use["calls"]) for use in shown["largest"]] == [
        ("consumer/shop", 2),
        ("consumer/crm", 1),
    ]


async def test_wechat_is_asked_once_a_minute(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await registered(keeper)
    for _ in range(3):
        await keeper.call("GET", SHOWN)
    asked = weixin.sandbox.calls(GET)
    clock.advance(ASKED_EVERY)
    await keeper.call("GET", SHOWN)

    assert (asked, weixin.sandbox.calls(GET)) == (1, 2)


async def test_a_cleared_path_is_counted_anew(keeper: Caller) -> None:
    await registered(keeper)
    before = (await keeper.call("GET", SHOWN)).result["used"]

    cleared = await keeper.call("POST", f"/v1/quotas/{APPID}/clear", body={"path": TICKET})

    assert cleared.result == "success"
    assert (before, (await keeper.call("GET", SHOWN)).result["used"]) == (1, 0)


async def test_what_wechat_refuses_is_told_with_its_errcode(keeper: Caller) -> None:
    await registered(keeper)
    unknown = {"path": "/cgi-bin/none"}

    answers = [
        await keeper.call("GET", f"/v1/quotas/{APPID}?path=/cgi-bin/none"),
        await keeper.call("POST", f"/v1/quotas/{APPID}/clear", body=unknown),
        await keeper.call("GET", f"/v1/quotas/{APPID}?path=menu"),
        await keeper.call("GET", f"/v1/quotas/{APPID}"),
        await keeper.call("GET", f"/v1/quotas/wx9?path={TICKET}"),
    ]

    assert [answer.status for answer in answers] == [503, 503, 400, 400, 404]
    assert [answer.json["reason"] for answer in answers] == [
        *("wechat.unavailable",) * 2,
        *("request.invalid",) * 2,
        "account.unknown",
    ]
    assert "76021" in answers[0].json["message"]
    assert "write it as it is called" in answers[0].json["message"]


async def test_the_commands_show_and_clear_it(keeper: Caller) -> None:
    await registered(keeper)
    keeper.daemon.cores.gateway.usage.count("consumer/shop", APPID, TICKET, failed=True)
    state = ("--state", str(keeper.daemon.ground.config.state.dir))
    words = (TICKET, "--appid", APPID)

    with structlog.testing.capture_logs():
        shown = await asyncio.to_thread(invoke, "quota", "show", *words, *state)
        asked = await asyncio.to_thread(invoke, "quota", "clear", *words, *state)
        cleared = await asyncio.to_thread(invoke, "quota", "clear", *words, "--yes", *state)

    assert [line.split() for line in shown.out.splitlines()] == [
        ["limit", "2000"],
        ["used", "1"],
        ["left", "1999"],
        ["consumer/shop", "1", "calls,", "1", "errors"],
    ]
    assert "give --yes" in asked.err
    assert cleared.out == "cleared\n"


async def test_a_wechat_that_does_not_answer_is_not_said_to_refuse(
    keeper: Caller, weixin: WeChat
) -> None:
    await registered(keeper)
    weixin.sandbox.script(GET, status=502, times=None)

    answer = await keeper.call("GET", SHOWN)

    assert answer.status == 503
    assert answer.json["message"].startswith("WeChat does not answer: /cgi-bin/openapi/quota/get: ")
    assert "is tried again" not in answer.json["message"]


async def test_slashes_of_a_path_do_not_matter(keeper: Caller) -> None:
    await registered(keeper)

    shown = await keeper.call("GET", f"/v1/quotas/{APPID}?path=/{TICKET}/")

    assert shown.result["daily_limit"] == 2000
