"""A registration is tried at WeChat before it is stored."""

from typing import Any

from tests.house import APPID, COMPONENT, SECRET, Answer, Caller, WeChat

CHECK = "/v1/registrations/check"
STABLE = "/cgi-bin/stable_token"


async def check(keeper: Caller, *tasks: dict[str, Any], **fields: Any) -> Answer:
    body = {"appid": APPID, "appsecret": SECRET, "tasks": list(tasks)} | fields
    return await keeper.call("POST", CHECK, body=body)


async def test_a_right_secret_is_accepted_and_nothing_is_stored(keeper: Caller) -> None:
    accepted = {"accepted": True, "field": "", "address": "", "error": None}

    account = await check(keeper, {"type": 0})
    platform = await check(keeper, {"type": 3, "params": "http://erp/p"}, appid=COMPONENT)

    assert account.result == platform.result == accepted
    assert await keeper.jobs() == []


async def test_a_check_ends_no_token(keeper: Caller) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    before = await keeper.value(f"{APPID}/0")

    await check(keeper, {"type": 0}, access_token_endpoint="token")
    await keeper.call("POST", f"/task/{APPID}/0/refresh")
    await keeper.settle()

    assert await keeper.value(f"{APPID}/0") == before


REFUSALS = [
    (40125, "invalid appsecret", "appsecret", ""),
    (40001, "invalid credential", "appsecret", ""),
    (40013, "invalid appid", "appid", ""),
    (61024, "component, use component token", "type", ""),
    (40164, "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist", "", "1.2.3.4"),
    (50007, "account frozen", "", ""),
]


async def test_a_refusal_says_what_is_wrong_and_how_to_mend_it(
    keeper: Caller, weixin: WeChat
) -> None:
    for errcode, errmsg, field, address in REFUSALS:
        weixin.sandbox.script(STABLE, appid=APPID, errcode=errcode, errmsg=errmsg)

        answer = await check(keeper)

        result, error = answer.result, answer.result["error"]
        assert (result["accepted"], result["field"], result["address"]) == (False, field, address)
        assert (error["errcode"], error["reaction"]) == (errcode, "operator")
        assert error["rid"], errcode
        assert error["advice"], errcode
        assert SECRET not in str(answer.json)

    # The secret of a platform.
    task = {"type": 3, "params": "http://erp/p"}
    answer = await check(keeper, task, appid=COMPONENT, appsecret="another-secret")

    assert answer.result["field"] == "appsecret"
    assert "another-secret" not in str(answer.json)


async def test_a_check_without_a_verdict_on_the_secret_is_an_error(
    keeper: Caller, weixin: WeChat
) -> None:
    weixin.sandbox.script(STABLE, appid=APPID, errcode=45011, errmsg="api minute-quota reach limit")

    answer = await check(keeper)

    assert (answer.status, answer.json["reason"]) == (503, "wechat.unavailable")

    # What would not be stored is refused before WeChat is asked.
    calls = weixin.sandbox.calls()
    answer = await check(keeper, {"type": 1})

    assert (answer.status, answer.json["reason"]) == (400, "params.missing")
    assert weixin.sandbox.calls() == calls


async def test_an_account_is_checked_a_few_times_a_minute(keeper: Caller) -> None:
    for _ in range(10):
        await check(keeper)

    refused = await check(keeper)
    other = await check(keeper, appid="wx9999999999999999")

    assert refused.status == 429
    assert other.status == 200
