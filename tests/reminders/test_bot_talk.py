"""People talk to the bot in their own way: by a part of a title, without the word 提醒, with a second thought."""

from datetime import timedelta

import pytest

from tests.clock import FakeClock
from tests.reminders.study import Study
from tests.stores.memory import memory_database


@pytest.fixture
async def home(clock: FakeClock) -> Study:
    """A user with four reminders. It is Wednesday, 2026-11-18 10:30."""
    study = await Study.on(memory_database(), clock)
    for text in (
        "10分钟以后喊我把汤端下来",
        "周五上午要去打疫苗记得带疫苗本",
        "每个月25号交房租",
        "明天下午三点面试",
    ):
        await study.say(text)
    return study


SOUP, JOB, SHOT, RENT = "18 10:40 把汤端下来", "19 15:00 面试", "20 08:00 去打疫苗带疫苗本", "25 08:00 交房租"  # fmt: skip
ALL = [SOUP, JOB, SHOT, RENT]


async def test_what_is_over_is_cancelled(home: Study) -> None:
    cases = [
        ("面试取消了", [SOUP, SHOT, RENT]),
        ("明天面试不去了，提醒取消吧", [SOUP, SHOT, RENT]),
        ("面试不去了", [SOUP, SHOT, RENT]),
        ("汤不用喊我了已经端了", [JOB, SHOT, RENT]),
        ("房租不用提醒了，都交完了", [SOUP, JOB, SHOT]),
    ]

    for text, left in cases:
        study = home.copy()

        answer = await study.say(text)

        assert answer.startswith("已取消提醒："), text
        assert (text, await study.standing()) == (text, left)


async def test_a_word_that_closes_a_talk_gets_no_answer(home: Study) -> None:
    for text in (
        "谢谢",
        "好的谢谢你",
        "收到",
        "知道了",
        "嗯嗯",
        "晚安",
        "今天星期几",
        "快递到了吗",
    ):
        assert (text, await home.say(text)) == (text, "")


async def test_who_asks_the_bot_what_it_can_do_is_told(home: Study) -> None:
    for text in ("你是谁", "你能干什么", "你会做什么？", "怎么用"):
        answer = await home.copy().say(text)

        assert (text, answer) == (text, "把时间和要做的事告诉我，到时我会提醒你，例如：")


async def test_a_time_that_is_past_today_is_told_each_time(home: Study) -> None:
    home.memory.clock.advance(timedelta(hours=5, minutes=40))

    for text in ("今天3点开会", "今天上午9点去银行", "下午2点要开会"):
        answers = [await home.say(text) for _ in range(2)]

        said = [" 已经过去了，请换一个将来的时间" in answer for answer in answers]
        assert (text, said) == (text, [text != "下午2点要开会"] * 2)
    assert await home.say("昨天3点开会") == "没听懂，试试这样说："


async def test_hours_that_would_end_tomorrow_are_asked_about(home: Study) -> None:
    home.memory.clock.advance(timedelta(hours=12, minutes=15))

    over = await home.copy().say("每隔两小时提醒我喝水到晚上十点")
    night = await home.copy().say("每隔两小时提醒我喝水到早上六点")

    await home.say("每隔两小时提醒我喝水到晚上十点")
    await home.say("到明天晚上10点")

    assert over.startswith("/:no今天的这个时间已经过了")
    assert [each.rule for each in await home.kept() if each.title == "喝水"] == [
        "FREQ=HOURLY;INTERVAL=2;UNTIL=20261119T140000Z"
    ]
    assert night.startswith("/:ok将在2小时后提醒你喝水")


async def test_the_half_of_the_day_that_was_assumed_is_corrected_by_its_name(home: Study) -> None:
    home.memory.clock.advance(timedelta(hours=5, minutes=40))
    cases = [
        ("1点半开会", "下午", "19 13:30 开会"),
        ("1点半开会", "不对，是下午的", "19 13:30 开会"),
        ("明天3点看球", "是凌晨", "19 03:00 看球"),
        ("周五9点看球", "晚上", "20 21:00 看球"),
        ("每天3点喝水", "上午", "19 03:00 喝水"),
    ]

    for text, correction, kept in cases:
        study = home.copy()
        await study.say(text)

        said = await study.say(correction)

        assert said.startswith("/:ok已改好"), (text, correction, said)
        assert kept in await study.standing(), (text, correction)


async def test_a_half_of_the_day_that_was_not_assumed_is_not_corrected_by_the_other(
    home: Study,
) -> None:
    cases = [
        ("明天上午9点提醒我开会", "19 09:00 开会"),
        ("明天09:30提醒我开会", "19 09:30 开会"),
        ("10分钟后提醒我开会", "18 10:40 开会"),
        ("明天提醒我开会", "19 08:00 开会"),
    ]

    for text, kept in cases:
        for word in ("下午", "不对，是晚上"):
            study = home.copy()
            await study.say(text)

            said = await study.say(word)

            assert not said.startswith("/:ok已改好"), (text, word, said)
            assert kept in await study.standing(), (text, word)


async def test_a_part_of_the_day_is_no_correction_of_its_own_half(home: Study) -> None:
    await home.say("1点半开会")  # at 10:30 it is in the afternoon

    assert not (await home.say("下午")).startswith("/:ok已改好")
    assert "18 13:30 开会" in await home.standing()


async def test_the_answer_to_the_question_which_time_is_meant_is_for_the_sentence(
    home: Study,
) -> None:
    home.memory.clock.advance(timedelta(hours=5, minutes=40))
    cases = [
        ("下午要开会", "今天", "18 16:20 开会"),
        ("下午要开会", "今天吧", "18 16:20 开会"),
        ("下午要开会", "明天", "19 13:00 开会"),
        ("下午要开会", "下午4点半", "18 16:30 开会"),
        ("下午要开会", "5点", "18 17:00 开会"),
        ("每年提醒我体检", "6月1号", "01 08:00 体检"),
    ]

    for text, answer, kept in cases:
        study = home.copy()
        await study.say(text)

        said = await study.say(answer)

        assert said.startswith("/:ok将在"), (text, answer, said)
        assert kept in await study.standing(), (text, answer)


async def test_a_yes_to_the_question_which_time_is_meant_is_asked_once_more(home: Study) -> None:
    home.memory.clock.advance(timedelta(hours=5, minutes=40))
    await home.say("下午要开会")

    again, kept = await home.say("好"), await home.say("今天下午五点")

    assert (again, kept) == (
        "什么时候提醒你“开会”？例如“半小时后”“明天下午3点”",
        "/:ok将在50分钟后提醒你开会",
    )


async def test_another_sentence_is_no_answer_to_the_question_which_time_is_meant(
    home: Study,
) -> None:
    home.memory.clock.advance(timedelta(hours=5, minutes=40))
    await home.say("下午要开会")

    await home.say("明天9点提醒我买菜")

    assert "19 09:00 买菜" in await home.standing()
    assert not [each for each in await home.standing() if "开会" in each]


async def test_the_answer_to_what_an_event_means_is_the_hour_of_its_day(home: Study) -> None:
    cases = [
        ("今晚睡前提醒我关空调", "睡前", "10点半", "18 22:30 关空调"),
        ("每天饭后提醒我吃药", "饭后", "早上8点", "19 08:00 吃药"),
        ("周五放学后买本子", "放学后", "下午五点", "20 17:00 买本子"),
        ("明天下班后提醒我买菜", "下班后", "晚上六点半", "19 18:30 买菜"),
    ]

    for text, word, answer, kept in cases:
        study = home.copy()

        asked = await study.say(text)
        await study.say(answer)

        assert asked.startswith(f"“{word}”是什么时候？"), text
        assert kept in await study.standing(), (text, await study.standing())


async def test_a_yes_before_a_request_is_no_answer(home: Study) -> None:
    assert (await home.say("嗯明天下午四点提醒我")).startswith("/:ok将在1天5小时")
    assert await home.say("嗯提醒收到了") == ""


async def test_a_vague_day_is_no_new_time(home: Study) -> None:
    assert (await home.say("改天提醒我请客")).startswith("“改天”是什么时候？")


async def test_a_part_of_a_title_is_cancelled_after_a_question(home: Study) -> None:
    cases = [
        ("疫苗取消了", "要取消这个提醒吗？", "好的", [SOUP, JOB, RENT]),
        ("取消疫苗", "要取消这个提醒吗？", "1", [SOUP, JOB, RENT]),
        ("房租取消了吧", "这个提醒是重复的，要整个取消吗？", "对", [SOUP, JOB, SHOT]),
        ("把疫苗删了", "要取消这个提醒吗？", "算了", ALL),
        ("帮我把所有的都删了", "有4个提醒，要全部取消吗？", "都取消", []),
        ("把全部都取消", "有4个提醒，要全部取消吗？", "嗯", []),
    ]

    for text, question, answer, left in cases:
        study = home.copy()

        asked = await study.say(text)
        before = await study.standing()
        await study.say(answer)

        assert (text, asked, before) == (text, question, ALL)
        assert (text, await study.standing()) == (text, left)


async def test_a_part_of_a_title_is_moved_to_a_time(home: Study) -> None:
    cases = [
        ("打疫苗那个挪到下午吧", "20 13:00 去打疫苗带疫苗本"),
        ("疫苗改成九点半", "20 09:30 去打疫苗带疫苗本"),
        ("疫苗推迟一天", "21 08:00 去打疫苗带疫苗本"),
        ("疫苗往后挪一天", "21 08:00 去打疫苗带疫苗本"),
        ("打疫苗往前挪半小时", "20 07:30 去打疫苗带疫苗本"),
        ("疫苗提前到周四上午十点", "19 10:00 去打疫苗带疫苗本"),
    ]

    for text, moved in cases:
        assert (text, await home.after(text)) == (text, sorted([SOUP, JOB, moved, RENT]))


async def test_a_recurring_one_is_moved_for_good(home: Study) -> None:
    await home.say("房租以后改成早上9点吧")

    assert await home.standing() == [SOUP, JOB, SHOT, "25 09:00 交房租"]


async def test_what_was_cancelled_comes_back_by_a_second_thought(home: Study) -> None:
    await home.say("面试不去了")
    answer = await home.say("诶还是恢复吧")

    assert answer == "已撤销：“面试”恢复了"
    assert await home.standing() == ALL


async def test_a_second_thought_is_about_what_was_moved_last(home: Study) -> None:
    await home.say("打疫苗那个挪到下午吧")
    await home.say("不对改回上午九点")

    assert "20 09:00 去打疫苗带疫苗本" in await home.standing()


async def test_what_is_to_be_done_is_listed(home: Study) -> None:
    cases = [
        ("这周还有什么要做的", "这周的提醒："),
        ("明天有啥事", "明天的提醒："),
        ("明天还有什么事情没", "明天的提醒："),
        ("看看我设了啥", "你的提醒："),
        ("我都记了哪些", "你的提醒："),
    ]

    assert [await home.say(text) for text, _ in cases] == [head for _, head in cases]


async def test_what_fits_no_reminder_is_left_to_the_app(home: Study) -> None:
    cases = [
        "疫苗改成进口的", "订单取消了", "取消订单", "周日有什么事", "有什么事吗", "找我有啥事", "好的", "嗯", "快递改到周六", "已经取消了",
        "预约不去了",
    ]  # fmt: skip

    taken = [await home.take(text, text) for text in cases]

    assert taken == [None] * len(cases)
    assert await home.standing() == ALL


async def test_a_greeting_that_no_app_takes_is_answered_with_help(clock: FakeClock) -> None:
    cases = ["你好", "嗨", "Hello", "在吗", "早上好"]

    study = await Study.on(memory_database(), clock)

    for text in cases:
        assert (await study.copy().say(text)).startswith("把时间和要做的事告诉我"), text


async def test_who_asks_how_the_bot_is_used_is_told_each_time(home: Study) -> None:
    cases = [
        "怎么取消提醒", "如何删除提醒", "怎么设置提醒", "提醒怎么删", "我怎么看我的提醒", "请问怎么推迟提醒？", "要怎么设闹钟呢",
        "怎样把闹钟取消", "怎么把提醒删了", "提醒怎么改时间", "取消提醒怎么弄", "怎么关闭这个提醒", "使用帮助",
        "有什么功能", "都有什么功能", "每天的提醒怎么改", "怎么取消明天的提醒", "怎么用", "如何使用", "菜单", "教程", "?", "？", "帮助",
    ]  # fmt: skip
    shop = [
        "怎么退款",
        "怎么取消订单",
        "菜单有什么",
        "怎么样",
        "你们能做什么蛋糕",
        "说明书在哪",
        "怎么卖",
        "有什么好吃的",
    ]

    told = [await home.say(text) for text in cases]
    silent = [await home.say(text) for text in shop]

    assert told == ["把时间和要做的事告诉我，到时我会提醒你，例如："] * len(cases)
    assert silent == [""] * len(shop)
    assert await home.standing() == ALL


async def test_how_something_is_done_is_no_question_to_the_bot_beside_a_time(
    home: Study,
) -> None:
    cases = {
        "明天提醒老公怎么弄发票": "19 08:00 老公怎么弄发票",
        "后天提醒小王怎么写周报": "20 08:00 小王怎么写周报",
        "明晚提醒爸怎么查账单": "19 20:00 爸怎么查账单",
        "设个闹钟明天看怎么改": "19 08:00 看怎么改",
    }

    for text, kept in cases.items():
        study = home.copy()

        await study.say(text)

        assert (text, set(await study.standing()) - set(ALL)) == (text, {kept})


async def test_without_any_reminder_the_bot_says_that_there_are_none(clock: FakeClock) -> None:
    study = await Study.on(memory_database(), clock)
    cases = [
        "删除所有提醒",
        "清空提醒",
        "取消所有闹钟",
        "把提醒都删了",
        "取消明天的提醒",
        "把所有提醒推迟一小时",
    ]

    told = [await study.say(text) for text in cases]

    assert {each[:8] for each in told} == {"你现在没有提醒；"}


async def test_what_is_assumed_is_written_as_the_time_is(clock: FakeClock) -> None:
    study = await Study.on(memory_database(), clock)
    cases = {
        "周五前提醒我交材料": "周五 早上8:00（没有写几点，按早上8:00；“周五前”按2026年11月20日 周五 早上8:00，要提前请写更早的时间）",
        "下周提醒我交电费": "周一 早上8:00（没有写几点，按早上8:00；“下周”没有写哪一天，按2026年11月23日）",
        "每天早中晚吃药": "中午12:00（没有写几点，按早上8:00、中午12:00、晚上8:00）",
        "一会儿提醒我关灯": "上午10:40:03（“一会儿”没有写多久，按上午10:40）",
    }

    for text, time in cases.items():
        await study.say(text)

        assert time in study.answer
