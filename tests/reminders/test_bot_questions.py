"""The bot asks for what a sentence lacks, and the next message is the answer."""

from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.reminders.study import Study
from tests.stores.memory import memory_database


@pytest.fixture
async def study(clock: FakeClock) -> Study:
    """It is Wednesday, 2026-11-18 10:30."""
    return await Study.on(memory_database(), clock)


async def test_the_answer_completes_the_sentence(study: Study) -> None:
    cases = [
        ("提醒我喝水", "什么时候提醒你“喝水”？", "半小时后", "18 11:00 喝水"),
        ("提醒我给奶奶打电话", "什么时候提醒你“给奶奶打电话”？", "明天上午", "19 08:00 给奶奶打电话"),
        ("记得带伞", "什么时候提醒你“带伞”？", "明早7点吧", "19 07:00 带伞"),
        ("提醒我喝水", "什么时候提醒你“喝水”？", "晚上", "18 20:00 喝水"),
        ("叫我起床", "什么时候提醒你“起床”？", "明天", "19 08:00 起床"),
        ("过几天提醒我开会", "“过几天”是什么时候？", "3天后上午9点", "21 09:00 开会"),
        ("提醒我改天请客", "“改天”是什么时候？", "周五下午", "20 13:00 请客"),
        ("有空提醒我洗车", "“有空”是什么时候？", "晚上", "18 20:00 洗车"),
        ("晚点提醒我喝水", "“晚点”是什么时候？", "半小时后", "18 11:00 喝水"),
        ("明天提醒我", "几点提醒你，提醒什么？", "下午三点", "19 15:00 闹钟"),
        ("明天提醒我", "几点提醒你，提醒什么？", "下午3点开会", "19 15:00 开会"),
        ("周五叫我", "几点提醒你，提醒什么？", "交周报", "20 08:00 交周报"),
        ("明天提醒我", "几点提醒你，提醒什么？", "好", "19 08:00 闹钟"),
        ("今晚提醒我", "几点提醒你，提醒什么？", "9点吃药", "18 21:00 吃药"),
        ("明天上午叫我", "几点提醒你，提醒什么？", "开会", "19 08:00 开会"),
        ("下午提醒我", "几点提醒你，提醒什么？", "三点", "18 15:00 闹钟"),
        ("630叫我起床", "要在 2026年11月19日 周四 早上6:30 提醒你“起床”吗？", "好", "19 06:30 起床"),
        ("我约了后天下午三点理发", "要在 2026年11月20日 周五 下午3:00 提醒你“理发”吗？", "好", "20 15:00 理发"),
    ]  # fmt: skip

    for text, question, answer, kept in cases:
        other = study.copy()

        asked = await other.say(text)
        before = await other.standing()
        await other.say(answer)

        assert (asked.startswith(question), before) == (True, []), (text, asked)
        after = [each.replace(":01 ", ":00 ") for each in await other.standing()]
        assert (text, answer, after) == (text, answer, [kept])


async def test_what_is_no_answer_makes_no_reminder(study: Study) -> None:
    answers = ["你们几点关门", "算了", "取消", "今天天气真好", "谢谢", "老师明天请假"]

    for text in ("提醒我喝水", "明天提醒我"):
        asked = study.copy()
        await asked.say(text)

        kept = {answer: await asked.after(answer) for answer in answers}

        assert (text, kept) == (text, {answer: [] for answer in answers})


async def test_a_command_is_no_answer(study: Study) -> None:
    cases = [
        "取消吧",
        "取消",
        "退出",
        "都取消",
        "帮助",
        "我的提醒",
        "全部",
        "转人工",
        "3",
        "撤销",
        "有哪些提醒",
    ]

    await study.say("明天提醒我")

    kept = {answer: await study.after(answer) for answer in cases}

    assert kept == {answer: [] for answer in cases}


async def test_a_yes_after_midnight_means_the_day_of_the_sentence(study: Study) -> None:
    study.memory.clock.advance(timedelta(hours=13, minutes=28))
    await study.say("从明天起每小时提醒我喝水")
    study.memory.clock.advance(timedelta(minutes=5))

    await study.say("好")

    assert [each.start.day for each in await study.kept()] == [19]


async def test_the_subject_is_kept_through_a_yes_and_a_second_question(study: Study) -> None:
    first = await study.say("提醒我喝水")
    again = await study.say("好")
    until = await study.say("每小时")
    await study.say("到晚上8点")

    assert again == first
    assert until == "每小时提醒到什么时候为止？"
    assert [(each.title, each.rule) for each in await study.kept()] == [
        ("喝水", "FREQ=HOURLY;UNTIL=20261118T120000Z")
    ]


async def test_what_a_shop_is_asked_for_is_left_alone(study: Study) -> None:
    cases = ["记得给我发货", "别忘了给我留两个", "记得帮我留个位子"]

    assert [await study.take(text, text) for text in cases] == [None] * len(cases)


async def test_an_end_that_is_past_today_is_asked_about(study: Study) -> None:
    study.memory.clock.advance(timedelta(hours=11))
    await study.say("每小时提醒我站起来活动")

    asked = await study.say("到晚上6点")
    before = await study.standing()
    await study.say("到明天晚上6点")

    assert (asked, before) == ("今天的这个时间已经过了。", [])
    assert [each.rule for each in await study.kept()] == ["FREQ=HOURLY;UNTIL=20261119T100000Z"]


async def test_an_end_later_today_is_taken_in_the_small_hours_too(study: Study) -> None:
    ends = {
        "到晚上8点": 12,
        "到晚上10点": 14,
        "到23点": 15,
        "到晚上12点": 16,
        "到下午5点": 9,
        "到20:00": 12,
    }
    study.memory.clock.advance(timedelta(hours=18, minutes=42))  # 05:12
    asked = study.copy()
    await asked.say("每小时提醒我喝水")

    for end, hour in ends.items():
        whole, answered = study.copy(), asked.copy()
        await whole.say(f"每小时提醒我喝水{end}")
        await answered.say(end)

        rules = [[each.rule for each in await one.kept()] for one in (whole, answered)]
        assert (end, rules) == (end, [[f"FREQ=HOURLY;UNTIL=20261119T{hour:02}0000Z"]] * 2)


async def test_a_time_alone_is_the_end_that_was_asked_for(study: Study) -> None:
    for end in ("晚上8点", "20:00", "晚上八点吧", "今晚8点"):
        other = study.copy()
        await other.say("每小时提醒我喝水")
        await other.say(end)

        rules = [(each.title, each.rule) for each in await other.kept()]
        assert (end, rules) == (end, [("喝水", "FREQ=HOURLY;UNTIL=20261118T120000Z")])


async def test_an_end_before_the_first_time_is_past_in_each_form(study: Study) -> None:
    study.memory.clock.advance(timedelta(hours=9))  # 19:30

    said = [await study.say(f"每小时提醒我喝水{end}") for end in ("到晚上8点", "到20:00", "到8点")]

    assert {each[:9] for each in said} == {"/:no今天的这个"}
    assert await study.kept() == []


async def test_the_sentence_once_more_is_asked_about_once_more(study: Study) -> None:
    study.memory.clock.advance(timedelta(hours=11))
    asked = await study.say("每小时提醒我喝水")
    await study.say("到晚上6点")

    again = await study.say("每小时提醒我喝水")
    await study.say("到凌晨1点")

    assert again == asked == "每小时提醒到什么时候为止？"
    assert [each.rule for each in await study.kept()] == ["FREQ=HOURLY;UNTIL=20261118T170000Z"]


async def test_it_is_what_was_made_or_moved_last(study: Study) -> None:
    cases = ["把它删了", "删掉它", "取消这个", "把这条提醒删掉", "它不要了", "取消刚设的"]
    await study.say("明天上午9点买菜")
    await study.say("明天下午3点开会")
    moved = study.copy()
    await moved.say("买菜改到10点")

    left = {text: (await study.after(text), await moved.after(text)) for text in cases}

    assert left == dict.fromkeys(cases, (["19 09:00 买菜"], ["19 15:00 开会"]))


async def test_it_is_moved_too(study: Study) -> None:
    await study.say("明天下午3点开会")
    await study.say("把它改到4点")
    await study.say("它推迟半小时")

    assert await study.standing() == ["19 16:30 开会"]


async def test_a_week_without_any_left_is_told_to_who_has_reminders(study: Study) -> None:
    cases = ["这周还有什么事", "我这周还有什么事", "今天还有啥要做的"]

    before = [await study.take(text, text) for text in cases]
    await study.say("12月20日交表")

    answers = [await study.say(text) for text in cases]

    assert before == [None] * len(cases)
    assert [each[-4:] for each in answers] == ["没有提醒"] * len(cases)


async def test_what_else_a_person_wants_is_left_to_the_app(study: Study) -> None:
    cases = ["还有什么事", "还有什么事吗", "你还有什么事"]

    await study.say("12月20日交表")

    assert [await study.take(text, text) for text in cases] == [None] * len(cases)


async def test_what_an_app_may_cancel_is_left_alone_even_without_an_app(study: Study) -> None:
    cases = ["取消订单", "取消预约", "删除我的地址", "取消挂号谢谢"]

    assert [await study.say(text) for text in cases] == [""] * len(cases)


async def test_a_title_is_cancelled_by_its_first_words(study: Study) -> None:
    await study.say("明天上午9点复查牙齿")

    answer = await study.say("取消复查")

    assert answer == "已取消提醒：复查牙齿"


async def test_a_new_repetition_of_no_reminder_is_not_found(study: Study) -> None:
    assert (await study.say("周报改成每周四下午4点")).startswith("你现在没有提醒")
