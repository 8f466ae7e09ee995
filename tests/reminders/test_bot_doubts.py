"""The bot asks before it keeps a sentence that may be told to others, and leaves clear chat alone."""

from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.reminders.study import Study
from tests.stores.memory import memory_database


@pytest.fixture
async def study(clock: FakeClock) -> Study:
    """It is Wednesday, 2026-11-18 10:30."""
    return await Study.on(memory_database(), clock)


async def test_what_may_be_told_to_others_is_kept_after_a_yes(study: Study) -> None:
    cases = [
        ("孩子六点放学", "要在 2026年11月18日 周三 晚上6:00 提醒你“孩子放学”吗？", "18 18:00 孩子放学"),
        ("我后天去体检", "要在 2026年11月20日 周五 早上8:00 提醒你“去体检”吗？", "20 08:00 去体检"),
        ("周六下午", "要在 2026年11月21日 周六 下午1:00 提醒你吗？", "21 13:00 闹钟"),
        ("每周三限购两份", "要在 每周三 早上8:00 提醒你“限购两份”吗？", "25 08:00 限购两份"),
    ]  # fmt: skip

    for text, question, kept in cases:
        other = study.copy()

        asked = await other.say(text)
        before = await other.standing()
        await other.say("好的")

        assert (asked, before) == (question, [])
        assert (text, await other.standing()) == (text, [kept])


async def test_the_time_is_counted_from_the_sentence_and_not_from_the_yes(study: Study) -> None:
    await study.say("孩子六点放学")
    study.memory.clock.advance(timedelta(minutes=9))
    await study.say("嗯")

    assert await study.standing() == ["18 18:00 孩子放学"]


async def test_a_no_keeps_nothing(study: Study) -> None:
    cases = ["不用", "算了", "不是"]

    await study.say("孩子六点放学")

    for answer in cases:
        other = study.copy()
        said = await other.say(answer)
        await other.say("好")

        assert (answer, said) == (answer, "好的，不提醒")
        assert await other.standing() == []


async def test_a_yes_answers_the_message_before_it_only(study: Study) -> None:
    cases = ["你们几点关门", "今天"]

    await study.say("孩子六点放学")

    for between in cases:
        other = study.copy()
        await other.say(between)
        taken = await other.take("好", "later")

        assert (between, taken) == (between, None)
        assert await other.standing() == []


async def test_a_yes_after_ten_minutes_is_for_others(study: Study) -> None:
    await study.say("孩子六点放学")
    study.memory.clock.advance(timedelta(minutes=11))
    taken = await study.take("好", "later")

    assert taken is None
    assert await study.standing() == []


async def test_a_question_that_comes_again_is_the_same_and_a_repeated_yes_keeps_one(
    study: Study,
) -> None:
    for event, text in (("1", "孩子六点放学"), ("1", "孩子六点放学"), ("2", "好"), ("2", "好")):
        await study.hear(text, event)

    assert await study.standing() == ["18 18:00 孩子放学"]


async def test_a_rule_without_an_end_takes_it_from_the_answer(study: Study) -> None:
    cases = [
        ("好", "FREQ=HOURLY"),
        ("到晚上8点", "FREQ=HOURLY;UNTIL=20261118T120000Z"),
        ("一共5次", "FREQ=HOURLY;COUNT=5"),
    ]

    asked = await study.say("每小时提醒我喝水")

    for answer, rule in cases:
        other = study.copy()
        await other.say(answer)

        assert [(each.title, each.rule) for each in await other.kept()] == [("喝水", rule)]

    assert asked == "每小时提醒到什么时候为止？"


async def test_another_errand_is_no_end_of_the_rule(study: Study) -> None:
    await study.say("每小时提醒我喝水")
    await study.say("明天下午3点开会")

    assert await study.standing() == ["19 15:00 开会"]


async def test_chat_is_no_end_of_the_rule(study: Study) -> None:
    cases = ["你好", "什么", "收到", "多少钱", "谢谢"]

    await study.say("每小时提醒我喝水")

    kept = {answer: await study.after(answer) for answer in cases}

    assert kept == {answer: [] for answer in cases}


async def test_answers_and_facts_are_left_alone(study: Study) -> None:
    cases = [
        "周六下午吧", "那就周日", "七点左右", "大概三点", "下午三点以后都行", "最迟周三", "四点之后", "一天三次", "周六帮我洗两件羽绒服",
        "五点前后", "周三下午吧 上午有课", "今天九点起的", "会议改到周四下午两点了", "十点以后别吵", "车位每月300", "我十分钟后到", "我周三有课", "拍一上午",
    ]  # fmt: skip

    taken = [await study.take(text, text) for text in cases]

    assert taken == [None] * len(cases)
    assert await study.kept() == []


async def test_a_bell_needs_no_title(study: Study) -> None:
    cases = ["半小时后", "20分钟后", "25分钟倒计时", "定个明早六点的闹钟"]

    for text in cases:
        other = study.copy()
        await other.say(text)

        assert (text, [each.title for each in await other.kept()]) == (text, ["闹钟"])
