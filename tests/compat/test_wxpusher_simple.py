"""Simple push: a user gives a token away, and whoever has it reaches them."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.compat.wxpushing import SEND, call, says, send
from tests.sending.town import Town
from wechat_scheduler.audience.directory import draft_app


async def test_whoever_has_an_spt_reaches_that_user_and_nobody_else(place: Town) -> None:
    uid = await place.follow()
    spt = (await says(place, uid, "获取SPT")).splitlines()[-1]

    by_path = await call(place, "GET", f"{SEND}/{spt}/{quote('降价 50%/件', safe='')}")
    plain = await call(place, "GET", f"{SEND}/{spt}/a/b")
    posted = await call(
        place, "POST", f"{SEND}/simple-push", {"content": "x", "sptList": [spt, "SPT_no"]}
    )
    as_app = await send(place, appToken=spt, uids=[uid])

    assert spt.startswith("SPT_")
    assert [answer.json["data"][0]["code"] for answer in (by_path, plain, posted)] == [1000] * 3
    assert posted.json["data"][1]["status"] == "spt 不合法"
    assert as_app["code"] == 1002
    await place.settle()
    shown = [one.text for one in await place.arrived(uid)]
    assert any("降价 50%/件" in text for text in shown)
    assert any("a/b" in text for text in shown)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"spt": ""}, 1002),
        ({"spt": "SPT_no"}, 1002),
        ({"sptList": "SPT_no"}, 1005),
        ({"sptList": [f"SPT_{number}" for number in range(11)]}, 1001),
        ({"spt": "SPT_no", "content": ""}, 1001),
    ],
)
async def test_a_simple_push_that_is_wrong_says_why(
    place: Town, fields: dict[str, Any], code: int
) -> None:
    answer = await call(place, "POST", f"{SEND}/simple-push", {"content": "x"} | fields)

    assert answer.json["code"] == code
    assert "spt" in answer.json["msg"] or "content" in answer.json["msg"]


async def test_an_spt_ends_when_its_user_asks_for_another(place: Town) -> None:
    uid = await place.follow()
    tokens = [(await says(place, uid, "获取SPT")).splitlines()[-1] for _ in range(2)]

    codes = [(await call(place, "GET", f"{SEND}/{spt}/x")).json["code"] for spt in tokens]

    assert codes == [1002, 1000]


async def test_a_user_of_several_apps_says_which_an_spt_is_for(place: Town) -> None:
    uid, alone = await place.follow(), await place.follow(subscribe=False)
    other = draft_app("alarms", place.app.appid, now=place.clock.now())
    await place.outgoing.directory.make_app(other)
    await place.outgoing.audience.subscribe(other, uid)

    asked = await says(place, uid, "获取SPT")
    (line,) = [line for line in asked.splitlines() if "alarms" in line]
    given = await says(place, uid, line)

    assert given.startswith("「alarms」")
    assert "还没有关注" in await says(place, alone, "获取 spt")
