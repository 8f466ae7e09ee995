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
async def study(clock: FakeClock) -> Study:
    """It is Wednesday, 2026-11-18 10:30."""
    return await Study.on(memory_database(), clock)


@pytest.fixture
async def two(study: Study) -> Study:
    """A user with two reminders of tomorrow."""
    await study.say("明天上午9点开会")
    await study.say("明天下午3点去银行")
    return study


async def test_each_one_is_meant_after_a_yes_and_comes_back_in_one(two: Study) -> None:
    cases = [
        ("明天的都推迟一小时", "好", LATER),
        ("明天的都推迟一小时", "都", LATER),
        ("明天的都推迟一小时", "全部", LATER),
        ("明天的都推迟一小时", "两个都要", LATER),
        ("把明天的提醒都改到后天", "好", NEXT_DAY),
        ("把所有提醒推迟一小时", "都", LATER),
        ("所有提醒都推迟一小时", "全部", LATER),
        ("把我的提醒全部改到后天", "两个都要", NEXT_DAY),
        ("全部推迟一小时", "好", LATER),
        ("都推迟一小时", "都", LATER),
        ("把全部提醒改到后天", "全部", NEXT_DAY),
        ("把明天所有提醒取消", "两个都要", []),
        ("明天的提醒全部取消", "好", []),
        ("取消全部提醒", "都", []),
        ("把明天的全删了", "全部", []),
    ]

    for text, answer, then in cases:
        study = two.copy()

        asked = await study.say(text)
        before = await study.standing()
        await study.say(answer)
        after = await study.standing()
        await study.say("撤销")

        assert (asked, before) == (f"有2个提醒，要全部{'改' if then else '取消'}吗？", TWO)
        assert (text, answer, after) == (text, answer, then)
        assert (text, await study.standing()) == (text, TWO)


async def test_what_the_bot_offers_as_an_answer_is_done(two: Study) -> None:
    cases = [
        ("把明天的提醒改到后天", "都改", NEXT_DAY),
        ("把明天的提醒改到后天", "1和2", NEXT_DAY),
        ("把明天的提醒都改到后天", "2", ["19 09:00 开会", "20 15:00 去银行"]),
        ("把明天的提醒都改到后天", "都取消", []),
        ("把明天的提醒都改到后天", "全部取消", []),
        ("把明天的提醒都改到后天", "都不改了", TWO),
        ("取消明天的提醒", "全部", []),
        ("取消明天的提醒", "两个都取消", []),
    ]

    for text, answer, then in cases:
        study = two.copy()

        await study.say(text)
        await study.say(answer)

        assert (text, answer, await study.standing()) == (text, answer, then)


async def test_an_answer_that_fits_no_question_is_told_what_to_say(two: Study) -> None:
    cases = [
        ("取消明天的提醒", "好"),
        ("把明天的提醒改到后天", "好的"),
        ("取消明天的提醒", "都改"),
        ("把明天的提醒都改到后天", "三个都改"),
    ]

    for text, answer in cases:
        study = two.copy()

        question = await study.say(text)
        again = await study.say(answer)
        held = await study.standing()
        await study.say("1")

        assert (answer, again, held) == (answer, question, TWO)
        assert len(set(await study.standing()) & set(TWO)) == 1, answer


async def test_two_that_were_made_at_once_are_put_off_together(clock: FakeClock) -> None:
    study = await Study.on(memory_database(), clock)
    await study.say("明天上午9点开会，下午3点去银行")

    asked = await study.say("推迟一小时")
    await study.say("都改")

    assert asked == "有2个提醒，要改哪一个？"
    assert await study.standing() == LATER


async def test_all_of_what_was_just_made_together_are_cancelled_after_a_question(
    study: Study,
) -> None:
    cases = ["好", "都", "两个都"]

    await study.say("周五提醒我交表")
    await study.say("明天上午9点开会，下午3点去银行")

    asked = await study.say("这两个都删了吧")
    left = {answer: await study.after(answer) for answer in cases}

    assert asked == "有2个提醒，要全部取消吗？"
    assert left == {answer: ["20 08:00 交表"] for answer in cases}


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


async def test_all_is_left_to_the_app_long_after_the_bot_did_something(two: Study) -> None:
    cases = ["都删了吧", "全部取消", "都取消"]

    two.memory.clock.advance(timedelta(minutes=11))

    taken = [await two.take(text, text) for text in cases]

    assert taken == [None] * len(cases)
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
