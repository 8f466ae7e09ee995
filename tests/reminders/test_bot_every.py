"""所有, 全部 and 都 mean each reminder that matches, in what is asked for and in what answers the bot's question."""

from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.reminders.remembering import at
from tests.reminders.study import Study
from tests.stores.memory import memory_database

TWO = ["19 09:00 开会", "19 15:00 去银行"]
LATER = ["19 10:00 开会", "19 16:00 去银行"]
NEXT_DAY = ["20 09:00 开会", "20 15:00 去银行"]


@pytest.fixture
async def two(clock: FakeClock) -> Study:
    """A user with two reminders of tomorrow. It is Wednesday, 2026-11-18 10:30."""
    study = await Study.on(memory_database(), clock)
    await study.say("明天上午9点开会")
    await study.say("明天下午3点去银行")
    return study


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("明天的都推迟一小时", LATER),
        ("把明天的提醒都改到后天", NEXT_DAY),
        ("把所有提醒推迟一小时", LATER),
        ("所有提醒都推迟一小时", LATER),
        ("把我的提醒全部改到后天", NEXT_DAY),
        ("全部推迟一小时", LATER),
        ("都推迟一小时", LATER),
        ("把全部提醒改到后天", NEXT_DAY),
        ("把明天所有提醒取消", []),
        ("明天的提醒全部取消", []),
        ("取消全部提醒", []),
        ("把明天的全删了", []),
    ],
)
@pytest.mark.parametrize("answer", ["好", "都", "全部", "两个都要"])
async def test_each_one_is_meant_after_a_yes_and_comes_back_in_one(
    two: Study, text: str, then: list[str], answer: str
) -> None:
    asked = await two.say(text)
    before = await two.standing()
    await two.say(answer)
    after = await two.standing()
    await two.say("撤销")

    assert (asked, before) == (f"有2个提醒，要全部{'改' if then else '取消'}吗？", TWO)
    assert after == then
    assert await two.standing() == TWO


@pytest.mark.parametrize(
    ("text", "answer", "then"),
    [
        ("把明天的提醒改到后天", "都改", NEXT_DAY),
        ("把明天的提醒改到后天", "1和2", NEXT_DAY),
        ("把明天的提醒都改到后天", "2", ["19 09:00 开会", "20 15:00 去银行"]),
        ("把明天的提醒都改到后天", "都取消", []),
        ("把明天的提醒都改到后天", "全部取消", []),
        ("把明天的提醒都改到后天", "都不改了", TWO),
        ("取消明天的提醒", "全部", []),
        ("取消明天的提醒", "两个都取消", []),
    ],
)
async def test_what_the_bot_offers_as_an_answer_is_done(
    two: Study, text: str, answer: str, then: list[str]
) -> None:
    await two.say(text)
    await two.say(answer)

    assert await two.standing() == then


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("取消明天的提醒", "好"),
        ("把明天的提醒改到后天", "好的"),
        ("取消明天的提醒", "都改"),
        ("把明天的提醒都改到后天", "三个都改"),
    ],
)
async def test_an_answer_that_fits_no_question_is_told_what_to_say(
    two: Study, text: str, answer: str
) -> None:
    question = await two.say(text)
    again = await two.say(answer)
    held = await two.standing()
    await two.say("1")

    assert (again, held) == (question, TWO)
    assert len(set(await two.standing()) & set(TWO)) == 1


async def test_two_that_were_made_at_once_are_put_off_together(clock: FakeClock) -> None:
    study = await Study.on(memory_database(), clock)
    await study.say("明天上午9点开会，下午3点去银行")

    asked = await study.say("推迟一小时")
    await study.say("都改")

    assert asked == "有2个提醒，要改哪一个？"
    assert await study.standing() == LATER


@pytest.mark.parametrize("answer", ["好", "都", "两个都"])
async def test_all_of_what_was_just_made_together_are_cancelled_after_a_question(
    clock: FakeClock, answer: str
) -> None:
    study = await Study.on(memory_database(), clock)
    await study.say("周五提醒我交表")
    await study.say("明天上午9点开会，下午3点去银行")

    asked = await study.say("这两个都删了吧")
    await study.say(answer)

    assert asked == "有2个提醒，要全部取消吗？"
    assert await study.standing() == ["20 08:00 交表"]


async def test_all_that_fired_together_are_put_off_and_come_back_in_one(clock: FakeClock) -> None:
    study = await Study.on(memory_database(), clock)
    await study.say("11点10分提醒我收衣服")
    await study.say("11点11分提醒我关火")
    await study.memory.run(at("2026-11-18T11:12"))

    await study.say("都推迟十分钟")
    once = await study.standing()
    await study.say("都推迟二十分钟")
    twice = await study.standing()
    await study.say("撤销")

    assert sorted(once) == ["18 11:22 关火", "18 11:22 收衣服"]
    assert sorted(twice) == ["18 11:32 关火", "18 11:32 收衣服"]
    assert sorted(await study.standing()) == sorted(once)


@pytest.mark.parametrize("text", ["都删了吧", "全部取消", "都取消"])
async def test_all_is_left_to_the_app_long_after_the_bot_did_something(
    two: Study, text: str
) -> None:
    two.memory.clock.advance(timedelta(minutes=11))

    assert await two.take(text, "later") is None
    assert await two.standing() == TWO


async def test_of_several_none_is_moved_if_one_cannot_be(two: Study) -> None:
    await two.say("每天晚上9点吃药")
    await two.say("所有提醒改到后天")

    refused = await two.say("好")

    assert refused.startswith("/:no“吃药”是重复的提醒")
    assert await two.standing() == ["18 21:00 吃药", *TWO]


async def test_what_the_last_one_was_does_not_matter_if_each_is_meant(two: Study) -> None:
    await two.say("银行推迟一小时")
    await two.say("把所有提醒推迟半小时")
    await two.say("好")

    assert await two.standing() == ["19 09:30 开会", "19 16:30 去银行"]


async def test_a_city_is_no_word_for_all(clock: FakeClock) -> None:
    study = await Study.on(memory_database(), clock)
    await study.say("明天上午9点去成都")
    await study.say("去成都改到后天")

    assert await study.standing() == ["20 09:00 去成都"]
