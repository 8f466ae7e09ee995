"""Tencent's OpenAPI V3 answers as its pages say."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import pytest_asyncio

from tests.clock import START, FakeClock
from tests.house import in_memory
from tests.sending.town import PUBLIC, Town, town
from tests.web.compat.games import DONE, IS_SET, SET, Game, play, scan_consent, slot
from wechat_scheduler.reminders.model import ReminderState

NOW = int(START.timestamp())
HOUR, DAY = 3600, 24 * 3600
LOST = DONE | {"is_lost": 1}
# The private parameters of the request in Tencent's documentation.
EXAMPLE = {
    **slot(0, 1320000000, "苹果成熟了", key="17C28", type="20100"),
    **slot(1, 1320002020, "花儿该浇水了", key="88998", type="20101"),
    **slot(2, 1320003050, "该去喂小宠物了", key="18999", type="20102"),
}


@pytest_asyncio.fixture(loop_scope="module")
async def game(place: Town) -> Game:
    return await play(place)


@pytest.fixture
async def worded(tmp_path: Path) -> AsyncIterator[Game]:
    """Words must not stand in a title, and bodies not be long."""
    settings: dict[str, Any] = {
        "compat__tencent_words": "赌博, money",
        "server__body_limit": "8KiB",
    }
    async with town(tmp_path, opener=in_memory, **settings) as place:
        yield await play(place)


async def test_the_example_sets_three_and_a_report_of_two_leaves_two(tmp_path: Path) -> None:
    clock = FakeClock(datetime(2011, 10, 1, tzinfo=UTC))
    async with town(tmp_path, clock=clock, opener=in_memory) as place:
        game = await play(place)

        assert await game.report(**EXAMPLE) == DONE
        assert [it.mark for it in await game.reported()] == ["17C28", "88998", "18999"]
        two = {name: value for name, value in EXAMPLE.items() if name[-1] != "2"}
        assert await game.report(**two) == DONE

        before = len(await place.arrived(game.uid))
        arrived = []
        for second in (1319999999, 1320000000, 1320002019, 1320002020, 1320003050):
            clock.advance(datetime.fromtimestamp(second, UTC) - clock.now())
            await place.settle()
            arrived.append(len(await place.arrived(game.uid)) - before)
        assert arrived == [0, 1, 1, 2, 2]
        shown = (await place.arrived(game.uid))[before:]
        assert ["苹果成熟了" in str(shown[0]), "花儿该浇水了" in str(shown[1])] == [True, True]
        assert [it.state for it in await game.reported()] == [
            ReminderState.DONE,
            ReminderState.DONE,
        ]


async def test_xml_says_what_json_says(game: Game) -> None:
    for params in (slot(0, NOW + DAY), slot(0, "soon")):
        as_json = json.loads((await game.call(SET, params)).json)
        text = (await game.call(SET, params | {"format": "xml"})).json

        tree = ElementTree.fromstring(text.encode())
        assert text.startswith('<?xml version="1.0" encoding="UTF-8"?><data><ret>')
        assert {it.tag: it.text or "" for it in tree} == {k: str(v) for k, v in as_json.items()}


REFUSED = [
    ({"pf": ""}, -1, "pf: "),
    ({"openkey": ""}, -1, "openkey: "),
    ({"sig": ""}, -1, "sig: "),
    ({"appid": "12345"}, -2, "appid: "),
    ({"appid": "qzone"}, -2, "appid: "),
    ({"sig": "d3Jvbmc="}, -5, "signature verification failed"),
    ({"openid": "08B8273CACFBE0D9F57CAB4E7D8AAAA0"}, -64, "openid: "),
    ({"openid": "\0" * 32}, -64, "openid: "),
    ({"openkey": "9999999917C28878F66F28E7F16B7F89"}, -64, "openkey: "),
    (slot(0, "soon"), 1000, "begin0: "),
    (slot(1, "1.5"), 1000, "begin1: "),
    (slot(0, 99999999999), 1000, "begin0: "),
    (slot(0, NOW, type="19999"), 1000, "type0: "),
    (slot(2, NOW, type="farm"), 1000, "type2: "),
    (slot(0, NOW, key="k" * 129), 1000, "key0: "),
    (slot(0, NOW, "   "), 1000, "title0: "),
    (slot(0, NOW, "果" * 31), 2000, "title0: "),
    (slot(0, NOW, "a\nb"), 2000, "title0: "),
    (slot(0, NOW, "\u202e果"), 2000, "title0: "),
    (slot(0, NOW, "Free MONEY 果"), 2000, "title0: "),
    (slot(0, "", "果" * 31), 2000, "title0: "),
    (slot(3, NOW), 2003, "begin3: "),
    ({"title10": "x"}, 2003, "title10: "),
    ({"begin00": "1"}, 1000, "begin00: "),
    ({"begin-1": "1"}, 1000, "begin-1: "),
    ({"key+1": "a"}, 1000, "key+1: "),
    ({"title1.0": "a"}, 1000, "title1.0: "),
]


async def test_what_is_refused_names_the_parameter_and_replaces_nothing(worded: Game) -> None:
    await worded.report(**slot(0, NOW + DAY))

    for params, ret, words in REFUSED:
        answer = await worded.report(**slot(0, NOW + HOUR) | params)

        assert list(answer) == ["ret", "msg"], params
        assert answer["ret"] == ret, params
        assert answer["msg"].startswith(words), params
        assert [it.start.timestamp() for it in await worded.reported()] == [NOW + DAY], params


LEFT_OUT: list[tuple[str, dict[str, str], dict[str, Any], list[str]]] = [
    ("none", {}, DONE, []),
    ("no key", slot(0, NOW + HOUR, key=""), LOST, []),
    ("one half", slot(0, NOW + HOUR) | slot(1, NOW, type=""), LOST, ["17C28"]),
    ("a gap", slot(0, NOW + HOUR) | slot(2, NOW + HOUR, key="late"), LOST, ["17C28", "late"]),
    ("too old", slot(0, NOW - DAY - 1), LOST, []),
    ("old", slot(0, NOW - DAY + 60), DONE, ["17C28"]),
    ("twice the same", slot(0, NOW + HOUR) | slot(1, NOW + HOUR), DONE, ["17C28", "17C28"]),
]


async def test_what_cannot_be_kept_is_left_out_and_the_rest_replaces_all(game: Game) -> None:
    for case, params, answer, marks in LEFT_OUT:
        await game.report(**slot(0, NOW + DAY, key="before"))

        assert await game.report(**params) == answer, case
        assert [it.mark for it in await game.reported()] == marks, case


async def test_what_was_said_already_is_not_said_again_when_it_is_reported_again(
    game: Game,
) -> None:
    before = len(await game.place.arrived(game.uid))

    for _ in range(2):
        assert await game.report(**slot(0, NOW - HOUR)) == DONE
        await game.place.settle()

    assert len(await game.place.arrived(game.uid)) == before + 1


async def test_it_says_who_follows_and_who_lets_the_app_remind(place: Town) -> None:
    game = await play(place, consents=False)
    unasked = await game.ask(IS_SET, "GET", cmd="2")
    refused = await game.report(**slot(0, NOW + HOUR))
    await scan_consent(place, game.uid)
    allowed = await game.ask(IS_SET, cmd="1")
    (subscription,) = await place.audience.subscribers(place.app, uid=game.uid, limit=10)
    await place.audience.mute(game.uid, subscription[0].id, muted=True)
    muted = await game.ask(IS_SET, cmd="2")
    place.people.unfollow(place.app.appid, await place.openid(game.uid))
    await place.tell()

    assert unasked == {"ret": 0, "is_lost": 0, "setup": 1, "reg": -1}
    assert refused["ret"] == -20
    assert allowed == {"ret": 0, "is_lost": 0, "reg": 1}
    assert muted == {"ret": 0, "is_lost": 0, "setup": 1, "reg": 0}
    assert (await game.ask(IS_SET, cmd="0")) == {"ret": 0, "is_lost": 0, "setup": 0}
    assert (await game.ask(IS_SET))["msg"].startswith("cmd: ")


async def test_a_user_whom_the_app_blocked_is_told_apart(place: Town) -> None:
    game = await play(place)
    (subscription,) = await place.audience.subscribers(place.app, uid=game.uid, limit=10)
    await place.audience.block(place.app, subscription[0].id, blocked=True)

    refused = await game.report(**slot(0, NOW + HOUR))

    assert refused["ret"] == 1003
    assert (await game.ask(IS_SET, cmd="1"))["reg"] == 0
    assert await game.reported() == []


async def test_an_app_whose_account_is_not_kept_may_remind_no_user(apart: Town) -> None:
    game = await play(apart)
    await apart.call("DELETE", f"/task/{apart.app.appid}/0")

    refused = await game.report(**slot(0, NOW + HOUR))

    assert refused["ret"] == 2001
    assert apart.app.appid in refused["msg"]
    assert (await game.ask(IS_SET, cmd="1"))["reg"] == -1
    assert await game.reported() == []


async def test_a_page_leads_a_user_to_the_consent(place: Town) -> None:
    uid = await place.follow()
    path = f"/v1/apps/{place.app.id}/subscribers/{uid}/openid"
    login = (await place.call("POST", path)).result
    page = login["consent_url"].removeprefix(PUBLIC)

    before = await place.call("GET", page, key="")
    await scan_consent(place, uid)
    after = await place.call("GET", page, key="")
    wrong = await place.call("GET", f"{page[:-1]}{'A' if page[-1] != 'A' else 'B'}", key="")

    assert login["consented"] is False
    assert (before.status, after.status, wrong.status) == (200, 200, 404)
    assert "扫码即表示允许" in before.json
    assert "<img" in before.json
    assert "已允许" in after.json
    assert "<img" not in after.json
    assert (await place.call("POST", path)).result["consented"] is True


async def test_the_page_of_a_user_who_turned_reminders_off_has_the_code_again(
    fresh: Town,
) -> None:
    game = await play(fresh)
    path = f"/v1/apps/{fresh.app.id}/subscribers/{game.uid}/openid"
    page = (await fresh.call("POST", path)).result["consent_url"].removeprefix(PUBLIC)
    (subscription,) = await fresh.audience.subscribers(fresh.app, uid=game.uid, limit=10)
    await fresh.audience.mute(game.uid, subscription[0].id, muted=True)

    off = await fresh.call("GET", page, key="")
    fresh.clock.advance(timedelta(minutes=1))  # in the same second it were the same scan
    await scan_consent(fresh, game.uid)
    on = await fresh.call("GET", page, key="")

    assert ("<img" in off.json, "已允许" in off.json) == (True, False)
    assert ("<img" in on.json, "已允许" in on.json) == (False, True)
