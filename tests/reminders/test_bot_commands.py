"""Commands to the bot are done at once, can be undone, and touch no one else's reminders."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clock import START, FakeClock
from tests.reminders.remembering import DAY, MINUTE, at
from tests.reminders.study import Study, shown
from tests.stores.memory import memory_database
from wechat_scheduler.audience.app_events import BotDeed, BotDeedKind
from wechat_scheduler.reminders.bot.commands import LONGEST, read_command
from wechat_scheduler.reminders.model import ReminderState


@pytest.fixture
async def study(clock: FakeClock) -> Study:
    """It is Wednesday, 2026-11-18 10:30."""
    return await Study.on(memory_database(), clock)


@pytest.fixture
async def busy(study: Study) -> Study:
    """A user with reminders on several days."""
    for text in (
        "明天早上7点提醒我起床",
        "明天下午3点提醒我开会",
        "周六上午10点提醒我爬山",
        "每天晚上9点提醒我吃药",
        "下周一提醒我交表",
    ):
        await study.say(text)
    return study


ALL = ["18 21:00 吃药", "19 07:00 起床", "19 15:00 开会", "21 10:00 爬山", "23 08:00 交表"]


def without(*titles: str) -> list[str]:
    return [each for each in ALL if each.partition(" ")[2].partition(" ")[2] not in titles]


async def test_the_one_reminder_that_is_meant_is_cancelled(busy: Study) -> None:
    cases = [
        ("取消周六的提醒", "爬山"),
        ("删掉明天早上7点的闹钟", "起床"),
        ("明天7点不用叫我了", "起床"),
        ("周六不用叫我了", "爬山"),
        ("把周六的提醒删了", "爬山"),
        ("周六的提醒取消吧", "爬山"),
        ("帮我把明天下午3点的闹钟关掉", "开会"),
        ("不用提醒我开会了", "开会"),
        ("别再提醒我每天吃药了", "吃药"),
        ("不用每天提醒我吃药了", "吃药"),
        ("别老是晚上9点提醒我", "吃药"),
        ("明天3点的会取消", "开会"),
        ("明天3点的不要了", "开会"),
        ("明天7点提醒我的那个取消吧", "起床"),
        ("取消每天吃药的提醒", "吃药"),
        ("取消爬山", "爬山"),
        ("下午3点的提醒不要了", "开会"),
        ("取消提醒我交表", "交表"),
        ("請取消週六的提醒。", "爬山"),
        ("明天早上的闹钟取消掉", "起床"),
        ("删除下周的提醒", "交表"),
        ("刚才那个不要了", "交表"),
        ("取消刚才的提醒", "交表"),
        ("我不去爬山了，提醒取消吧", "爬山"),
        ("周六爬山不去了，取消提醒", "爬山"),
        ("把明天3点的会取消", "开会"),
        ("取消晚上9点的闹钟", "吃药"),
        ("清空周六的提醒", "爬山"),
    ]

    for text, title in cases:
        study = busy.copy()

        answer = await study.say(text)

        assert (text, answer) == (text, f"已取消提醒：{title}")
        assert (text, await study.standing()) == (text, without(title))


async def test_several_are_listed_and_a_number_answers(busy: Study) -> None:
    cases = [
        ("1", ("起床",)),
        ("第2个", ("开会",)),
        ("二", ("开会",)),
        ("1和2", ("起床", "开会")),
        ("都取消", ("起床", "开会")),
        ("算了", ()),
        ("4", ()),
    ]

    for pick, gone in cases:
        study = busy.copy()

        question = await study.say("取消明天的提醒")
        listed = study.answer.splitlines()
        await study.say("今天天气真好")
        await study.say(pick)

        assert question == "有2个提醒，要取消哪一个？"
        assert [line.partition(" <")[0] for line in listed[1:3]] == [
            "1. 2026年11月19日 周四 早上7:00",
            "2. 2026年11月19日 周四 下午3:00",
        ]
        assert (pick, sorted(await study.standing())) == (pick, sorted(without(*gone)))


async def test_without_a_match_the_bot_says_so(busy: Study) -> None:
    cases = [
        "取消后天下午的提醒",
        "周日下午不用叫我了",
        "取消体检的提醒",
        "把明天8点的闹钟关掉",
    ]

    answers = [await busy.say(text) for text in cases]

    assert [each[:8] for each in answers] == ["没有找到这个提醒"] * len(cases)
    assert await busy.standing() == ALL


async def test_a_command_with_two_meanings_or_none_is_refused_with_the_reason(busy: Study) -> None:
    cases = [
        "取消明天早上7点和下午3点的提醒", "取消明天和周六的提醒", "把爬山改到25点", "把爬山改到3点或4点", "爬山推迟两三天", "把爬山改到2月30号",
        "把爬山改到昨天", "取消周一和周六的提醒",
    ]  # fmt: skip

    answers = [await busy.say(text) for text in cases]

    assert [each[:4] for each in answers] == ["/:no"] * len(cases)
    assert await busy.standing() == ALL


async def test_all_are_cancelled_only_after_a_question(busy: Study) -> None:
    cases = ["取消提醒", "不要再提醒了", "停止所有提醒", "取消我的所有提醒"]

    for text in cases:
        study = busy.copy()

        question = await study.say(text)
        kept = await study.standing()
        await study.say("都取消")
        cancelled = await study.standing()
        await study.say("撤销")

        assert question in ("有5个提醒，要取消哪一个？", "有5个提醒，要全部取消吗？"), text
        assert (text, kept, cancelled) == (text, ALL, [])
        assert (text, await study.standing()) == (text, ALL)


async def test_a_recurring_reminder_is_not_ended_for_one_day_unasked(busy: Study) -> None:
    await busy.say("取消明天晚上的提醒")
    asked = busy.answer
    kept = await busy.standing()
    await busy.say("1")

    assert asked.startswith("这个提醒是重复的，要整个取消吗？\n1. 每天 晚上9:00")
    assert (kept, await busy.standing()) == (ALL, without("吃药"))


async def test_a_reminder_is_moved(busy: Study) -> None:
    cases = [
        ("把周六的提醒改到周日", "22 10:00 爬山"),
        ("周六的提醒改到周日下午3点", "22 15:00 爬山"),
        ("把爬山改到下午4点", "21 16:00 爬山"),
        ("爬山推迟半小时", "21 10:30 爬山"),
        ("把爬山提前一小时", "21 09:00 爬山"),
        ("周六的爬山推迟一天", "22 10:00 爬山"),
        ("爬山的提醒挪到下周", "28 10:00 爬山"),
        ("把周六上午10点的闹钟调到8点半", "21 08:30 爬山"),
        ("周六的闹钟调成明天晚上8点", "19 20:00 爬山"),
        ("周六的爬山改周日", "22 10:00 爬山"),
        ("把爬山推迟到周三", "25 10:00 爬山"),
        ("爬山推迟到下周三下午2点", "25 14:00 爬山"),
        ("周六的提醒改到周日同一时间", "22 10:00 爬山"),
        ("爬山提前到周五", "20 10:00 爬山"),
        ("把爬山改到9点", "21 09:00 爬山"),
        ("把爬山改到周日9点", "22 09:00 爬山"),
        ("周六上午的闹钟晚半小时", "21 10:30 爬山"),
    ]

    for text, then in cases:
        study = busy.copy()

        answer = await study.say(text)

        assert answer.startswith("/:ok已改好，将在"), text
        assert (text, sorted(await study.standing())) == (text, sorted([*without("爬山"), then]))


async def test_the_time_of_the_day_of_a_recurring_reminder_is_moved_and_its_days_are_not(
    busy: Study,
) -> None:
    timed = await busy.say("把每天吃药的提醒改到晚上10点")
    dated = await busy.say("把吃药改到周日")

    assert timed.startswith("/:ok已改好")
    assert dated.startswith("/:no“吃药”是重复的提醒")
    assert await busy.standing() == ["18 22:00 吃药", *ALL[1:]]


async def test_the_next_time_alone_of_a_recurring_reminder_is_moved_and_moved_back(
    busy: Study,
) -> None:
    cases = [
        ("吃药这次改到晚上10点", "18 22:00"),
        ("把下次吃药改到今晚11点", "18 23:00"),
        ("只把这次的吃药提前到晚上8点", "18 20:00"),
        ("吃药这次推迟半小时", "18 21:30"),
    ]
    for text, moved in cases:
        answer = await busy.say(text)
        first = (await busy.standing())[0]
        (pills,) = [one for one in await busy.kept() if one.title == "吃药"]
        await busy.say("撤销")

        assert answer.startswith("/:ok已改好"), text
        assert (text, first, "RECURRENCE-ID" in pills.rule) == (text, f"{moved} 吃药", True)
        assert await busy.standing() == ALL, text

    refused = await busy.say("吃药这次改到后天晚上8点")

    assert refused.startswith("/:no")
    assert await busy.standing() == ALL


async def test_without_a_name_the_last_one_is_moved(busy: Study) -> None:
    await busy.say("改到下周二")
    moved = await busy.standing()
    busy.memory.clock.advance(timedelta(minutes=11))
    late = await busy.take("改到周日", "late")

    assert moved == [*ALL[:4], "24 08:00 交表"]
    assert (late, await busy.standing()) == (None, moved)


async def test_a_reminder_is_not_moved_later_by_a_word_that_says_earlier(busy: Study) -> None:
    answer = await busy.say("把爬山提前到下周一")

    assert answer.startswith("/:no")
    assert await busy.standing() == ALL


async def test_a_reminder_of_each_week_is_ended_by_its_name(busy: Study) -> None:
    await busy.say("每周五下午5点提醒我交周报")

    answer = await busy.say("取消每周五的提醒")
    none = await busy.say("取消每周四的提醒")

    assert (answer, none[:4]) == ("已取消提醒：交周报", "没有找到")
    assert await busy.standing() == ALL


async def test_a_number_says_which_one_is_moved(busy: Study) -> None:
    question = await busy.say("把明天的提醒改到后天")
    await busy.say("2")

    assert question == "有2个提醒，要改哪一个？"
    assert sorted(await busy.standing()) == sorted([*without("开会"), "20 15:00 开会"])


async def test_what_fired_last_comes_again(study: Study) -> None:
    cases = [
        "推迟半小时",
        "半小时后再提醒我",
        "过半小时再叫我",
        "再推迟30分钟吧",
        "等会再叫我",
        "再睡会儿",
    ]

    await study.say("每天11点提醒我喝水")
    await study.say("11点10分提醒我收衣服")
    await study.memory.run(at("2026-11-18T11:12"))

    for text in cases:
        other = study.copy()
        await other.say(text)
        await other.say("10分钟后再提醒")

        assert (text, await other.standing()) == (text, ["18 11:22 收衣服", "19 11:00 喝水"])


async def test_after_a_while_without_again_is_a_new_alarm_unless_one_just_fired(
    study: Study,
) -> None:
    cases = {
        "过一个小时叫我": "18 13:12",
        "过半小时提醒我": "18 12:42",
        "过20分钟提醒我": "18 12:32",
        "等10分钟喊我一下": "18 12:22",
        "待会儿叫我": "18 12:22",
        "等下提醒我": "18 12:22",
    }
    await study.say("明天下午3点提醒我开会")
    await study.say("11点10分提醒我收衣服")
    fresh = await study.after("过半小时提醒我")
    await study.memory.run(at("2026-11-18T11:12"))
    soon = await study.after("过半小时提醒我")
    await study.memory.run(at("2026-11-18T12:12"))

    later = {text: await study.after(text) for text in cases}

    assert fresh == ["18 11:00 闹钟", "18 11:10 收衣服", "19 15:00 开会"]
    assert soon == ["18 11:42 收衣服", "19 15:00 开会"]
    assert later == {text: [f"{time} 闹钟", "19 15:00 开会"] for text, time in cases.items()}
    assert await study.after("推迟半小时") == ["18 12:42 收衣服", "19 15:00 开会"]


async def test_what_another_asked_for_comes_again_as_a_copy(study: Study) -> None:
    shared = await study.memory.create(START + MINUTE, title="集合", people=(study.person.uid,))
    await study.memory.run(START + 2 * MINUTE)
    before = await study.memory.desk.reminder(shared.id)

    await study.say("10分钟后再提醒")

    (copy,) = [each for each in await study.kept() if each.owner == study.person.uid]
    assert (copy.title, shown(copy)) == ("集合", "18 10:42")
    assert await study.memory.desk.reminder(shared.id) == before


async def test_a_command_with_another_wish_beside_it_is_asked_about(busy: Study) -> None:
    cases = ["取消周六的提醒，明天8点提醒我买菜", "明天不用叫我，后天8点叫我"]

    answers = [await busy.say(text) for text in cases]

    refused = "没看懂要改哪个提醒，一次只说一件事"
    assert [each[: len(refused)] for each in answers] == [refused] * len(cases)
    assert await busy.standing() == ALL


async def test_without_anything_that_fired_the_bot_says_so(study: Study) -> None:
    said = [await study.say(text) for text in ("10分钟后再提醒", "推迟半小时", "推迟一下")]

    assert all(each.startswith("最近一天没有响过的提醒") for each in said)
    assert await study.kept() == []


async def test_the_reminders_of_a_time_are_listed(busy: Study) -> None:
    cases = [
        ("明天有哪些提醒", ["起床", "开会", "吃药"]),
        ("看看周六的提醒", ["爬山", "吃药"]),
        ("明天下午有什么安排？", ["开会"]),
        ("下周有哪些提醒", ["交表"]),
        ("我有哪些提醒", ["吃药", "起床", "开会", "爬山", "交表"]),
        ("明天的提醒", ["起床", "开会", "吃药"]),
        ("后天早上有提醒吗", []),
        ("三天内的提醒", ["吃药", "起床", "开会"]),
        ("11月的提醒有哪些", ["吃药", "起床", "开会", "爬山", "交表"]),
    ]

    known = [each.split(" ")[2] for each in ALL]

    for text, titles in cases:
        await busy.say(text)

        lines = busy.answer.splitlines()[1:]
        listed = [title for line in lines for title in known if title in line]
        assert (text, [title for title in listed if title in titles]) == (text, titles)

    assert await busy.standing() == ALL


async def test_the_last_thing_is_undone_for_ten_minutes(busy: Study) -> None:
    cases = [
        ("取消爬山", "已撤销：“爬山”恢复了"),
        ("把爬山改到周日", "已撤销：“爬山”改回 2026年11月21日 周六 上午10:00"),
        ("后天8点提醒我体检", "已撤销：“体检”取消了"),
        ("后天8点送孩子，9点体检", "已撤销：“送孩子”、“体检”取消了"),
        ("爬山推迟一天", "已撤销：“爬山”改回 2026年11月21日 周六 上午10:00"),
    ]

    for text, answer in cases:
        study = busy.copy()

        await study.say(text)
        changed = await study.standing()
        study.memory.clock.advance(timedelta(minutes=9))
        undone = await study.say("撤销")
        again = await study.say("撤销")

        assert changed != ALL, text
        assert (undone, await study.standing()) == (answer, ALL)
        assert "已撤销" not in again, text


async def test_a_number_of_digits_alone_names_a_reminder(study: Study) -> None:
    cases = ["123456", "000001", "1e2345", "8d2f60", "abcdef", "100000"]

    for number in cases:
        other = study.copy()
        await other.memory.create(
            START + DAY, id=number + "0" * 26, title="遛狗", owner=study.person.uid, people=()
        )

        moved = await other.say(f"{number}改到后天9点")
        answer = await other.say(f"取消 {number.upper()}")

        assert (number, moved[:9], answer) == (number, "/:ok已改好，将", "已取消提醒：遛狗")


async def test_after_ten_minutes_nothing_is_undone(busy: Study) -> None:
    await busy.say("取消爬山")
    busy.memory.clock.advance(timedelta(minutes=11))

    answer = await busy.say("撤销")

    assert answer.startswith("没有可以撤销的")
    assert await busy.standing() == without("爬山")


async def test_what_was_changed_elsewhere_since_is_not_undone(busy: Study) -> None:
    await busy.say("把爬山改到周日")
    (moved,) = [each for each in await busy.kept() if each.title == "爬山"]
    await busy.memory.desk.pause(moved.id)
    await busy.memory.desk.cancel(moved.id)

    answer = await busy.say("撤销")

    assert answer.startswith("/:no没法撤销")


async def test_a_repeated_event_is_one_act_with_one_answer(busy: Study) -> None:
    taken = [await busy.take("取消周六的提醒", "twice") for _ in range(2)]

    assert taken[0] == taken[1]
    assert [each.did for each in taken if each] == [BotDeedKind.CANCELLED] * 2
    assert busy.post.said.count("已取消提醒：爬山\n回复“撤销”可以反悔") == 1


async def test_several_reminders_of_one_sentence_are_all_made_and_listed(study: Study) -> None:
    taken = await study.take("明天8点送孩子，9点开会", "1")

    kept = await study.kept()
    assert await study.standing() == ["19 08:00 送孩子", "19 09:00 开会"]
    assert taken == BotDeed(did=BotDeedKind.CREATED, reminders=tuple(each.id for each in kept))
    assert study.answer.startswith("/:ok设好了2个提醒：\n1. 2026年11月19日 周四 早上8:00 <a")


async def test_of_several_reminders_none_is_made_if_one_is_refused(study: Study) -> None:
    study.memory.desk.shortest = DAY * 2

    await study.say("每天8点吃药，22点睡觉")

    assert study.answer.startswith("/:no")
    assert await study.kept() == []


async def test_commands_do_not_touch_the_reminders_of_others(study: Study) -> None:
    theirs = [
        await study.memory.create(
            START + timedelta(hours=hours), title="开会", owner="UID_b", people=(study.person.uid,)
        )
        for hours in (1, 24)
    ]

    for text in (
        "取消明天的提醒", "取消开会的提醒", f"取消 {theirs[0].id[:6]}", "把开会改到周日", "取消所有提醒", "都取消", "1",
        "把明天的提醒改到后天", "开会推迟半小时", "不用提醒我开会了", "撤销",
    ):  # fmt: skip
        await study.say(text)

    assert [await study.memory.desk.reminder(each.id) for each in theirs] == theirs


def test_a_new_reminder_is_no_command() -> None:
    cases = [
        "提醒我明天取消订阅", "明天提醒我把周六的票改到周日", "下午3点提醒我取消订单", "10分钟后再提醒我关火",
        "记得明天取消会议", "提醒我10分钟后再打电话", "给我定明早7点的闹钟", "后天提醒我去看看明天的提醒牌",
    ]  # fmt: skip

    assert [text for text in cases if read_command(text)] == []


async def test_a_reminder_about_cancelling_is_made(study: Study) -> None:
    cases = ["提醒我明天取消订阅", "明天取消会员", "10分钟后再提醒我关火"]

    for text in cases:
        assert (await study.copy().say(text)).startswith("/:ok将在"), text


CHAT = (
    "后天有货吗", "周六几点开门", "元宵节快乐", "明天多少钱一份", "你好", "取消订单", "把我的快递改到周日送", "能取消吗", "明天不去了",
    "谢谢提醒", "昨天的快递收到了", "撤销", "1", "都取消", "推迟半小时", "会议改到明天了吗", "在哪里取货", "什么时候到", "改到周日",
    "提醒收到了", "闹钟响了", "我没收到提醒", "怎么取消提醒", "提醒怎么删", "你会提醒我吗", "昨天没叫我", "取消明天的预约", "把订单改到明天送",
    "好的，明天见", "我昨天下午3点来过", "1号楼201", "别叫我亲", "早", "取消", "刚才那个不要了", "改一下收货时间", "看看明天的天气",
    "晚上8店打烊吗",
)  # fmt: skip


async def test_chat_is_left_to_the_app(study: Study) -> None:
    for number, text in enumerate(CHAT):
        taken = await study.take(text, f"chat{number}")

        assert (text, taken, study.post.said) == (text, None, [])

    assert await study.kept() == []


async def test_the_example_is_said_once_a_day(study: Study) -> None:
    chat = ["元宵节快乐", "明天不去了", "谢谢提醒", "昨天的快递收到了", "好的，明天见"]

    first = [await study.say(text) for text in chat]
    study.memory.clock.advance(DAY)
    second = [await study.say(text) for text in chat[:2]]

    assert [bool(each) for each in first] == [True] + [False] * (len(chat) - 1)
    assert [each.startswith("没听懂") for each in second] == [True, False]


async def test_a_question_to_the_account_gets_no_example(study: Study) -> None:
    asked = (
        "请问你们周六几点开门？", "我的包裹到哪了", "后天有货吗", "明天多少钱一份",
        "退出会员怎么办理", "退出吗？", "取消吗？", "取消订单吗",
    )  # fmt: skip

    said = [await study.say(text) for text in asked]

    assert said == [""] * len(asked)


async def test_a_question_about_reminders_is_answered(study: Study) -> None:
    by_number = [
        await study.say(text) for text in ("取消 3fa9c1", "取消 3fa9c1吗", "取消 3fa9c1？")
    ]
    how = await study.say("怎么设提醒？")

    assert [each.startswith("没有找到这个提醒") for each in by_number] == [True] * 3
    assert how.startswith("把时间和要做的事告诉我")


async def test_a_bot_that_must_be_asked_takes_only_what_asks_for_it(study: Study) -> None:
    study.bot = study.bot_with("asked")

    silent = [
        await study.say(text)
        for text in ("明天下午3点开会", "明天", "帮助", "你好", "推迟半小时", "取消开会")
    ]
    spoken = [
        await study.say(text)
        for text in ("明天下午3点提醒我开会", "别忘了后天交表", "明天有哪些提醒", "撤销")
    ]

    assert silent == [""] * 6
    assert all(spoken)


async def test_a_bot_that_must_be_asked_hears_the_answers_to_its_questions(study: Study) -> None:
    study.bot = study.bot_with("asked")
    await study.say("明天下午3点提醒我开会")
    await study.say("后天下午3点提醒我开会")
    await study.say("取消开会的提醒")

    answer = await study.say("2")

    assert answer == "已取消提醒：开会"
    assert await study.standing() == ["19 15:00 开会"]


WORDS = (
    "未来", "9999", "年", "提前", "下周", "刚才那个", "改到", "吃药", "11月", "30号", "正月", "三天内",
    "取消", "把", "明天", "周六", "的", "提醒", "我", "改到", "推迟", "半小时", "再", "不用", "叫", "了", "1", "都", "撤销", "有哪些",
    "开会", "每天", "8点", "，", "吗", "和", "所有", "算了", "25点", "2月30号", "\0", "<a>", "٤", "全部", "上午", "前",
)  # fmt: skip
SAID = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=9).map("".join), st.text(max_size=LONGEST + 5)
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=st.lists(SAID, min_size=1, max_size=5))
async def test_whatever_is_said_the_bot_answers_or_is_silent_and_others_keep_theirs(
    said: list[str],
) -> None:
    study = await Study.on(memory_database(), FakeClock())
    await study.say("明天下午3点提醒我开会")
    await study.say("每天8点提醒我吃药")
    theirs = await study.memory.create(
        START + DAY, title="开会", owner="UID_b", people=(study.person.uid,)
    )

    answers = [await study.say(text) for text in said]

    assert all(isinstance(answer, str) for answer in answers)
    assert all(len(text.encode()) <= 2048 for text in study.post.said)
    assert await study.memory.desk.reminder(theirs.id) == theirs
    assert await study.memory.desk.has_joined(theirs.id, study.person.uid)
    assert theirs.state is ReminderState.ACTIVE
