"""Simple push: a user gives a token away, and its holder can send to them."""

from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.sending.town import Town, town
from tests.web.compat.wxpushing import SEND, call, says, send
from wechat_scheduler.audience.directory import draft_app
from wechat_scheduler.storage.database import Statement, each

# The disk is full for one app's messages only.
BROKEN = """
    CREATE TRIGGER broken BEFORE INSERT ON messages WHEN NEW.app_id = {app}
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
"""


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


WRONG: list[tuple[dict[str, Any], int]] = [
    ({"spt": ""}, 1002),
    ({"spt": "SPT_no"}, 1002),
    ({"sptList": "SPT_no"}, 1005),
    ({"sptList": [f"SPT_{number}" for number in range(11)]}, 1001),
    ({"spt": "SPT_no", "content": ""}, 1001),
]


async def test_a_simple_push_that_is_wrong_says_why(place: Town) -> None:
    for fields, code in WRONG:
        answer = await call(place, "POST", f"{SEND}/simple-push", {"content": "x"} | fields)

        assert answer.json["code"] == code, fields
        assert "spt" in answer.json["msg"] or "content" in answer.json["msg"], fields


async def test_an_spt_ends_when_its_user_asks_for_another(place: Town) -> None:
    uid = await place.follow()
    tokens = [(await says(place, uid, "获取SPT")).splitlines()[-1] for _ in range(2)]

    codes = [(await call(place, "GET", f"{SEND}/{spt}/x")).json["code"] for spt in tokens]

    assert codes == [1002, 1000]


async def test_a_user_of_several_apps_says_which_an_spt_is_for(apart: Town) -> None:
    uid, alone = await apart.follow(), await apart.follow(subscribe=False)
    other = draft_app("alarms", apart.app.appid, now=apart.clock.now())
    await apart.directory.make_app(other)
    await apart.subscribe(other, uid)

    asked = await says(apart, uid, "获取SPT")
    (line,) = [line for line in asked.splitlines() if "alarms" in line]
    given = await says(apart, uid, line)

    assert given.startswith("「alarms」")
    assert "还没有订阅" in await says(apart, alone, "获取 spt")


async def test_an_spt_is_told_and_stands_nowhere_in_plain(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        uid = await place.follow()

        spt = (await says(place, uid, "获取SPT")).splitlines()[-1]

        assert spt.startswith("SPT_")
        assert "持有者可以给你发消息".encode() in everything(tmp_path)
        assert spt.encode() not in everything(tmp_path)
        (said,) = [one for one in await place.deliveries() if one.target == uid]
        shown = await place.call("GET", f"/v1/messages/{said.message_id}")
        assert spt not in str(shown.json)


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_push_by_path_that_comes_again_is_sent_once(place: Town) -> None:
    uid = await place.follow()
    spt = (await says(place, uid, "获取SPT")).splitlines()[-1]
    key = {"Idempotency-Key": "k"}

    first, again = [
        await place.call("GET", f"{SEND}/{spt}/x", key="", headers=key) for _ in range(2)
    ]
    other = await place.call("GET", f"{SEND}/{spt}/y", key="", headers=key)

    assert first.json == again.json
    assert other.json["code"] == 1001
    assert len([one for one in await place.deliveries() if one.target == uid]) == 2


async def test_what_broke_off_between_two_apps_is_not_sent_twice(apart: Town) -> None:
    uid = await apart.follow()
    other = draft_app("alarms", apart.app.appid, now=apart.clock.now())
    await apart.directory.make_app(other)
    await apart.subscribe(other, uid)
    make = apart.directory.make_simple_token
    tokens = [await make(app.id, uid) for app in (apart.app, other)]
    body = {"content": "x", "sptList": tokens}
    push = partial(apart.call, "POST", f"{SEND}/simple-push", body, key="")
    await run(apart, BROKEN.format(app=other.id))

    failed = await push(headers={"Idempotency-Key": "k"})
    await run(apart, "DROP TRIGGER broken")
    answers = [await push(headers={"Idempotency-Key": "k"}) for _ in range(2)]

    assert failed.json["code"] == 1005
    assert [answer.json["code"] for answer in answers] == [1000, 1000]
    assert len(await apart.deliveries(uid=uid)) == 2


async def run(place: Town, sql: str) -> None:
    database = place.sending._messages._database
    await database.write(lambda: each([Statement(sql)]))


async def test_a_dead_token_among_good_ones_locks_nobody_out(fresh: Town) -> None:
    uid = await fresh.follow()
    spt = await fresh.directory.make_simple_token(fresh.app.id, uid)
    body = {"content": "x", "sptList": ["SPT_dead", spt]}

    answers = [await call(fresh, "POST", f"{SEND}/simple-push", body) for _ in range(25)]

    assert [answer.json["data"][1]["code"] for answer in answers] == [1000] * 25
    assert "过于频繁" in answers[-1].json["data"][0]["status"]
