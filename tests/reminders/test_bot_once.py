"""这次 and 下次 mean the next occurrence of a repeating reminder alone, and never the others."""

import pytest

from tests.clock import FakeClock
from tests.reminders.study import Study
from tests.stores.memory import memory_database

PILLS, REPORT, PAPERS = "19 08:00 吃药", "20 16:00 写周报", "24 08:00 准备下次会议的材料"
ALL = [PILLS, REPORT, PAPERS]


@pytest.fixture
async def home(clock: FakeClock) -> Study:
    """A user with three reminders. It is Wednesday, 2026-11-18 10:30."""
    study = await Study.on(memory_database(), clock)
    for text in (
        "每周五下午4点提醒我写周报",
        "每天早上8点提醒我吃药",
        "下周二上午提醒我准备下次会议的材料",
    ):
        await study.say(text)
    return study


async def test_the_next_one_alone_is_moved(home: Study) -> None:
    cases = [
        ("写周报这次改到周六", [PILLS, "21 16:00 写周报", PAPERS]),
        ("这次写周报改到周六上午10点", [PILLS, "21 10:00 写周报", PAPERS]),
        ("写周报下次提前一天", [PILLS, "19 16:00 写周报", PAPERS]),
        ("只把这次吃药改到10点", ["19 10:00 吃药", REPORT, PAPERS]),
        ("明天的吃药这次改到中午", ["19 12:00 吃药", REPORT, PAPERS]),
    ]

    for text, then in cases:
        study = home.copy()

        await study.say(text)

        assert (text, await study.standing()) == (text, then)
        moved = [each.rule for each in await study.kept() if "RECURRENCE-ID" in each.rule]
        assert (text, len(moved)) == (text, 1)


async def test_another_one_than_the_next_is_not_moved(home: Study) -> None:
    cases = [
        ("周六的吃药这次改到中午", "/:no“吃药”是重复的提醒"),
        ("周六的吃药改到中午", "/:no“吃药”是重复的提醒"),
        ("吃药这次改到每天9点", "/:no“吃药”是重复的提醒"),
        ("吃药这次改到后天", "/:no只改下一次时，新的时间要在再下一次之前"),
        ("写周报这次推迟一周", "/:no只改下一次时，新的时间要在再下一次之前"),
    ]

    for text, said in cases:
        study = home.copy()

        answer = await study.say(text)

        assert answer.startswith(said), (text, answer)
        assert await study.standing() == ALL


async def test_a_repetition_is_not_cancelled_for_one_time_without_a_question(home: Study) -> None:
    for text in (
        "写周报这次不用提醒了",
        "下次吃药不用提醒了",
        "这次吃药不用叫我了",
        "取消这次写周报",
    ):
        study = home.copy()

        answer = await study.say(text)
        before = await study.standing()
        await study.say("好")

        assert (text, answer) == (text, "这个提醒是重复的，要整个取消吗？")
        assert before == ALL
        assert len(await study.standing()) == 2

    assert await home.say("这次不用提醒了") == "没有找到这个提醒，发送“我的提醒”查看"
    assert await home.standing() == ALL


async def test_the_next_time_within_a_title_belongs_to_it(home: Study) -> None:
    moved = await home.after("准备下次会议的材料改到周一")

    assert moved == [PILLS, REPORT, "23 08:00 准备下次会议的材料"]


async def test_the_day_of_a_weekly_reminder_names_it_and_one_of_its_days_names_that_day(
    clock: FakeClock,
) -> None:
    study = await Study.on(memory_database(), clock)
    await study.say("每周四下午3点提醒我开会")
    await study.say("每周一三五早上7点提醒我跑步")

    await study.say("周四的会改到4点")
    await study.say("周五的跑步改到8点")

    rules = {each.title: each.rule for each in await study.kept()}
    assert await study.standing() == ["19 16:00 开会", "20 08:00 跑步"]
    assert {title: "RECURRENCE-ID" in rule for title, rule in rules.items()} == {
        "开会": False,
        "跑步": True,
    }


async def test_one_day_of_a_repetition_is_moved_alone_and_a_new_repetition_keeps_the_hour(
    clock: FakeClock,
) -> None:
    study = await Study.on(memory_database(), clock)
    await study.say("每天早上8点提醒我吃药")
    (whole,) = await study.kept()

    await study.say("明天的吃药改到9点")
    (once,) = await study.kept()
    await study.say("吃药改成每周一三五")

    assert (whole.rule, once.rule.splitlines()[0]) == ("FREQ=DAILY", "FREQ=DAILY")
    assert "RECURRENCE-ID:20261119T000000Z" in once.rule
    assert await study.standing() == ["20 08:00 吃药"]
