"""A conversation of 20 turns with the bot, on the sandbox's phone, while an app of the account listens."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.business import Business
from tests.house import in_memory
from tests.sending.town import Town, town

SECOND = timedelta(seconds=1)
HALF_HOUR = timedelta(minutes=30)

# What the user writes, how the answer begins ("" if the bot is silent), and what the app hears was done.
TURNS = (
    ("明天早上7点叫我起床", "/:ok将在20小时", "created"),
    ("后天8点送孩子，9点开会", "/:ok设好了2个提醒：", "created"),
    ("周六有货吗", "", None),
    ("周六上午10点提醒我爬山", "/:ok将在2天", "created"),
    ("半小时后提醒我收衣服", "/:ok将在30分钟后提醒你收衣服", "created"),
    ("后天有哪些提醒？", "后天的提醒：", "listed"),
    ("把周六的提醒改到周日", "/:ok已改好，将在3天", "moved"),
    ("元宵节快乐", "", None),
    ("撤销", "已撤销：“爬山”改回 2026年11月21日", "undone"),
    ("取消后天的提醒", "有2个提醒，要取消哪一个？", "asked"),
    ("你们几点开门", "", None),
    ("2", "已取消提醒：开会", "cancelled"),
    ("撤销", "已撤销：“开会”恢复了", "undone"),
    ("取消体检的提醒", "没有找到这个提醒", "asked"),
    ("取消订单", "", None),
    ("推迟十分钟", "/:ok将在10分钟后提醒你收衣服", "repeated"),
    ("明天不用叫我了", "已取消提醒：起床", "cancelled"),
    ("下周三双周例会", "/:no没有看懂“双周”", "asked"),
    ("谢谢提醒", "", None),
    ("我的提醒", "你的提醒：", "listed"),
)
# The turn before which half an hour passes: what is due is said.
RINGS = "推迟十分钟"


@pytest.fixture
async def shop() -> AsyncIterator[Business]:
    async with Business() as served:
        yield served


@pytest.fixture
async def place(tmp_path: Path, shop: Business) -> AsyncIterator[Town]:
    async with town(tmp_path, opener=in_memory, bot=True) as settled:
        listens = replace(settled.app, callback=shop.url("/told"))
        await settled.directory.change_app(listens.id, lambda _: listens)
        yield settled


async def talk(place: Town, uid: str) -> list[str]:
    """The first line of each answer."""
    answers, openid = [], await place.openid(uid)
    for text, _, _ in TURNS:
        place.clock.advance(HALF_HOUR if text == RINGS else SECOND)
        await place.settle()
        before = len(await place.arrived(uid))
        place.people.write(place.app.appid, openid, text)
        await place.tell()
        told = [shown.text for shown in (await place.arrived(uid))[before:]]
        answers.append(told[0].partition("\n")[0] if told else "")
    return answers


async def test_a_conversation_makes_lists_moves_cancels_and_undoes_and_leaves_chat_to_the_app(
    place: Town, shop: Business
) -> None:
    uid = await place.follow()

    answers = await talk(place, uid)

    wrong = [
        (text, answer)
        for (text, begins, _), answer in zip(TURNS, answers, strict=True)
        if not (answer.startswith(begins) if begins else not answer)
    ]
    assert wrong == []
    listed = (await place.arrived(uid))[-1].text.splitlines()[1:]
    titles = ("起床", "收衣服", "送孩子", "开会", "爬山")
    assert [title for line in listed for title in titles if title in line] == [
        "收衣服", "送孩子", "开会", "爬山",
    ]  # fmt: skip


async def test_the_app_hears_each_turn_and_what_was_done_with_it(
    place: Town, shop: Business
) -> None:
    uid = await place.follow()

    await talk(place, uid)

    heard = {
        (said["content"], said["time"]): said["bot"] and said["bot"]["did"]
        for call in shop.calls
        if call.json["action"] == "send_up_cmd" and (said := call.json["data"])
    }
    in_order = sorted(heard.items(), key=lambda one: one[0][1])
    assert [(text, did) for (text, _), did in in_order] == [(text, did) for text, _, did in TURNS]
