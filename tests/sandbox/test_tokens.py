import re
from datetime import timedelta

import pytest

from tests.sandbox.conftest import APPID, SECRET, Start, WeChat


async def test_a_token_is_issued_without_an_errcode_and_can_be_used(wechat: WeChat) -> None:
    issued = await wechat.token()

    assert issued.keys() == {"access_token", "expires_in"}
    assert issued["expires_in"] == 7200
    assert await wechat.use(issued["access_token"]) == 0


async def test_a_second_fetch_lets_the_first_token_work_for_five_minutes(wechat: WeChat) -> None:
    first = (await wechat.token())["access_token"]
    second = (await wechat.token())["access_token"]

    wechat.advance(seconds=299)
    assert await wechat.use(first) == 0

    wechat.advance(seconds=1)
    assert await wechat.use(first) == 40001
    assert await wechat.use(second) == 0


async def test_a_third_fetch_does_not_lengthen_the_life_of_the_first_token(wechat: WeChat) -> None:
    first = (await wechat.token())["access_token"]
    await wechat.token()
    wechat.advance(minutes=4)
    await wechat.token()
    wechat.advance(minutes=1)

    errcode = await wechat.use(first)

    assert errcode == 40001


async def test_a_token_expires_after_the_lifetime_in_its_reply(wechat: WeChat) -> None:
    issued = await wechat.token()

    wechat.advance(seconds=issued["expires_in"] - 1)
    assert await wechat.use(issued["access_token"]) == 0

    wechat.advance(seconds=1)
    assert await wechat.use(issued["access_token"]) == 42001


async def test_expired_tokens_are_forgotten_in_the_end(wechat: WeChat) -> None:
    issued = await wechat.token()
    wechat.advance(hours=4)

    errcode = await wechat.use(issued["access_token"])

    assert errcode == 40001


async def test_periods_shrink_with_the_lifetime_of_a_token(start: Start) -> None:
    wechat = await start(token_lifetime=timedelta(seconds=72))
    first = await wechat.token()
    await wechat.token()

    wechat.advance(seconds=2.9)
    assert first["expires_in"] == 72
    assert await wechat.use(first["access_token"]) == 0

    wechat.advance(seconds=0.2)
    assert await wechat.use(first["access_token"]) == 40001


async def test_a_wall_clock_that_jumps_does_not_move_wechats_time(wechat: WeChat) -> None:
    issued = await wechat.token()
    wechat.clock.jump(timedelta(days=1))

    errcode = await wechat.use(issued["access_token"])

    assert errcode == 0


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": ""}, 41002),
        ({"appid": "not an appid"}, 40013),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
        ({"secret": "错"}, 40125),
    ],
)
async def test_a_wrong_request_gets_the_documented_errcode(
    wechat: WeChat, changes: dict[str, str], errcode: int
) -> None:
    answer = await wechat.get(
        "/cgi-bin/token",
        **({"grant_type": "client_credential", "appid": APPID, "secret": SECRET} | changes),
    )

    assert answer["errcode"] == errcode
    assert re.fullmatch(r".+ rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}", answer["errmsg"])


async def test_an_account_with_its_own_secret_refuses_the_common_one(start: Start) -> None:
    wechat = await start(accounts={"gh-own": "own"})

    common = await wechat.token("gh-own")
    own = await wechat.token("gh-own", secret="own")

    assert common["errcode"] == 40125
    assert "access_token" in own


async def test_a_token_is_fetched_by_get_only(wechat: WeChat) -> None:
    answer = await wechat.post("/cgi-bin/token", {"appid": APPID})

    assert answer["errcode"] == 43001


@pytest.mark.parametrize(
    ("token", "errcode"), [("", 41001), ("not-a-token", 40014), ("92_" + "x" * 132, 40001)]
)
async def test_a_token_that_was_never_issued_is_refused(
    wechat: WeChat, token: str, errcode: int
) -> None:
    answered = await wechat.use(token)

    assert answered == errcode


async def test_a_killed_token_is_refused_at_once(wechat: WeChat) -> None:
    token = (await wechat.token())["access_token"]

    known = wechat.sandbox.kill(token)

    assert known
    assert await wechat.use(token) == 40001
    assert not wechat.sandbox.kill("92_unknown")


async def test_an_unknown_path_is_refused_with_an_errcode(wechat: WeChat) -> None:
    answer = await wechat.get("/cgi-bin/no/such/thing")

    assert answer["errcode"] == 40066
