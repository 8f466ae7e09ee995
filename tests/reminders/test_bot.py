"""The bot keeps sentences as reminders, obeys commands, and leaves the rest to other listeners."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.audience.people import an_app
from tests.clock import START, FakeClock
from tests.reminders.remembering import DAY, at
from tests.reminders.study import Study
from tests.stores.memory import memory_database
from wechat_scheduler.audience.model import Subscription, Template
from wechat_scheduler.audience.user_acts import UserActKind
from wechat_scheduler.reminders.model import ReminderState

TEMPLATES = {"reminder": Template(template_id="T", fields={})}


@pytest.fixture
async def study(clock: FakeClock) -> Study:
    return await Study.on(memory_database(), clock)


async def test_a_sentence_becomes_a_reminder(study: Study) -> None:
    cases = [
        ("明天下午3点提醒我开会", "开会", "2026-11-19T15:00", "", "将在1天4小时后提醒你开会"),
        (
            "每月25号还信用卡",
            "还信用卡",
            "2026-11-25T08:00",
            "FREQ=MONTHLY;BYMONTHDAY=25",
            "将在6天",
        ),
        ("半小时后。", "闹钟", "2026-11-18T11:00", "", "将在30分钟后响铃"),
        ("明天8点提前10分钟提醒我出门", "出门", "2026-11-19T08:00", "", "将在21小时20分钟后"),
    ]

    for text, title, start, rule, head in cases:
        other = study.copy()

        assert await other.hear(text)

        (reminder,) = await other.kept()
        assert (reminder.title, reminder.start) == (title, at(start))
        assert reminder.rule.startswith(rule), text
        assert (reminder.source, reminder.owner) == ("bot", study.person.uid)
        assert other.answer.startswith(f"/:ok{head}"), (text, other.answer)


async def test_the_answer_tells_the_time_that_was_asked_for_if_the_message_is_fresh(
    study: Study,
) -> None:
    cases = [
        ("10秒后提醒我喝茶", 0, "10秒后"),
        ("10秒后提醒我喝茶", -1, "10秒后"),
        ("1分钟后提醒我喝茶", 1, "1分钟后"),
        ("90秒后提醒我喝茶", 3, "2分钟后"),
        ("10分钟后提醒我喝茶", 130, "8分钟后"),
    ]

    now = study.memory.clock.now()
    study.memory.clock.advance(timedelta(seconds=0.9))

    for number, (text, seconds, _) in enumerate(cases):
        await study.hear(text, str(number), at=now - timedelta(seconds=seconds))

    answers = [said.splitlines()[0] for said in study.post.said]
    assert answers == [f"/:ok将在{told}提醒你喝茶" for _, _, told in cases]


async def test_the_answer_says_what_was_understood_and_how_to_change_it(study: Study) -> None:
    await study.hear("每周四下午3点提前10分钟提醒我交<a>周报")

    (reminder,) = await study.kept()
    assert study.answer.splitlines() == [
        "/:ok将在1天4小时后提醒你交＜a>周报",
        "",
        "时间：2026年11月19日 周四 下午3:00",
        "提醒：提前10分钟",
        "重复：每周四 下午3:00",
        f"编号：{reminder.id[:6]}",
        "",
        '<a href="https://here/o">修改/分享</a>',
    ]


async def test_the_answer_says_that_an_hour_is_assumed(study: Study) -> None:
    for number, text in enumerate(("明天提醒我开会", "明天下午3点提醒我开会", "1点半开会")):
        await study.hear(text, str(number))
    study.memory.clock.advance(timedelta(hours=14))
    await study.hear("明早8点提醒我开会", "night")

    assert [said.splitlines()[2] for said in study.post.said] == [
        "时间：2026年11月19日 周四 早上8:00（没有写几点，按早上8:00）",
        "时间：2026年11月19日 周四 下午3:00",
        "时间：2026年11月18日 周三 下午1:30（“1点半”没有写上午还是下午，按下午1:30）",
        "时间：2026年11月20日 周五 早上8:00（现在是凌晨，“明天”按2026年11月20日）",
    ]


async def test_the_answer_says_that_the_account_can_send_nothing(study: Study) -> None:
    study.sends = False

    told = {}
    for text in ("明天下午3点提醒我开会", "改到周五下午3点", "每小时提醒我喝水", "取消开会"):
        await study.hear(text, text)
        told[text] = study.answer.endswith("\n\n这个公众号现在发不了消息，恢复之前收不到提醒")

    assert list(told.values()) == [True, True, False, False]


async def test_the_answer_says_what_is_assumed_of_each_of_several(study: Study) -> None:
    await study.hear("明天3点提醒我送孩子，下午5点提醒我开会")

    first, second = study.answer.splitlines()[1:3]
    assert first.endswith("（“3点”没有写上午还是下午，按下午3:00）")
    assert second.endswith("]")


async def test_the_same_event_is_one_reminder_and_one_answer(study: Study) -> None:
    for _ in range(2):
        assert await study.hear("10分钟后喝水")
    await study.hear("10分钟后喝水", "2")

    assert len(await study.kept()) == 2
    assert len(study.post.said) == 2


async def test_what_cannot_be_is_answered_with_the_reason(study: Study) -> None:
    cases = [
        ("2026年11月17日提醒我开会", "已经过去了"),
        ("2月30号提醒我开会", "2月30号"),
        ("明天3点或4点提醒我开会", "/:no"),
        ("提醒我开会", "什么时候提醒你“开会”？"),
        ("提醒我" + "开会" * 100, "太长了"),
    ]

    for text, answer in cases:
        assert await study.hear(text, text)

        assert answer in study.answer, text

    assert await study.kept() == []


async def test_what_was_said_long_ago_is_past(study: Study) -> None:
    await study.hear("10分钟后喝水", at=START - timedelta(hours=1))

    assert "已经过去了，请重设一个将来的提醒" in study.answer


async def test_a_rule_that_comes_too_often_is_refused(study: Study) -> None:
    study.memory.desk.shortest = DAY

    await study.hear("每小时提醒我喝水")

    assert study.answer.startswith("/:no")
    assert await study.kept() == []


async def test_what_is_no_request_is_answered_only_if_nobody_else_takes_it(study: Study) -> None:
    cases = [
        ("你好", "把时间和要做的事告诉我"),
        ("随便说说", "没听懂"),
        ("取消 ffffff", "没有找到"),
        ("退出", "没有找到"),
    ]

    for text, answer in cases:
        other = study.copy()

        offered = [await other.hear(text, unclaimed=unclaimed) for unclaimed in (False, True)]

        assert (text, offered, len(other.post.said)) == (text, [False, True], 1)
        assert other.answer.startswith(answer), text


async def test_a_menu_commands_and_asks_for_nothing(study: Study) -> None:
    asked = await study.hear("明天下午3点开会", kind=UserActKind.CLICK)

    assert (asked, study.post.said, await study.kept()) == (False, [], [])


async def test_days_are_listed_with_what_recurs_on_them(study: Study) -> None:
    for number, text in enumerate(("今晚8点遛狗", "每天早上9点吃药", "后天10点体检")):
        await study.hear(text, str(number))
    await study.memory.run(at("2026-11-18T21:00"))

    lists: dict[str, list[str]] = {}
    for name in ("今天", "明天", "后天", "全部"):
        await study.hear(name, name, kind=UserActKind.CLICK)
        lists[name] = [line.partition(" [")[0] for line in study.answer.splitlines()]

    pill, check = (
        '上午9:00 <a href="https://here/o">吃药</a>',
        '上午10:00 <a href="https://here/o">体检</a>',
    )
    assert lists == {
        "今天": ["今天的提醒：", '晚上8:00 <a href="https://here/o">遛狗</a>（已提醒）'],
        "明天": ["明天的提醒：", pill],
        "后天": ["后天的提醒：", pill, check],
        "全部": ["你的提醒：", f"2026年11月19日 周四 {pill}", f"2026年11月20日 周五 {check}"],
    }


async def test_an_empty_day_and_help_say_so(study: Study) -> None:
    for name in ("明天。", "我的提醒", "help"):
        assert await study.hear(name, name)

    none, nothing, help_ = study.post.said
    assert none == "明天没有提醒"
    assert nothing.startswith("你还没有提醒")
    assert "每个工作日早上8点半打卡" in help_


async def test_a_long_list_is_cut(study: Study) -> None:
    for number in range(12):
        await study.memory.create(START + DAY, title=f"第{number}件", owner=study.person.uid)

    await study.hear("全部")

    assert study.answer.splitlines()[-1] == "……还有4个"
    assert len(study.answer.encode()) < 2048


async def test_owners_cancel_by_number_or_title_and_only_their_own(study: Study) -> None:
    mine = await study.memory.create(START + DAY, title="遛狗", owner=study.person.uid)
    joined = await study.memory.create(START + DAY, title="开会", people=(study.person.uid,))

    taken = [
        await study.hear(text, text)
        for text in (f"取消 {joined.id[:6]}", "取消订单", f"取消 {mine.id[:6].upper()}", "删除遛狗")
    ]

    assert taken == [False, False, True, False]
    assert study.post.said == ["已取消提醒：遛狗\n回复“撤销”可以反悔"]
    assert (await study.memory.desk.reminder(mine.id)).state is ReminderState.CANCELLED


async def test_an_app_that_can_remind_speaks_unless_the_user_silenced_it(study: Study) -> None:
    older, able = an_app("older"), an_app("able", templates=TEMPLATES)
    for app in (older, able):
        await study.directory.make_app(app)
    await study.hear("明天8点起床", "1")
    study.person = replace(study.person, zone="Europe/Berlin")
    kept, _ = await study.subscriptions.subscribe(
        Subscription(id=1, app_id=able.id, topic_id=0, uid=study.person.uid, created_at=START)
    )
    await study.subscriptions.set_muted(kept.id, muted=True)
    await study.hear("明天8点起床", "2")

    first, second = await study.kept()
    assert [first.app_id, second.app_id] == [able.id, older.id]
    assert (second.zone, second.start) == ("Europe/Berlin", at("2026-11-19T08:00", "Europe/Berlin"))
