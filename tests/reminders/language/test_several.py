"""A sentence with two errands becomes two reminders, or its writer is asked; never one with both titles."""

from itertools import pairwise, permutations

import pytest

from tests.reminders.language.sentences import NOW, ZONE
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.dividing import AND
from wechat_scheduler.reminders.language.parse import parse_all
from wechat_scheduler.reminders.language.refused_sentences import LanguageError

ERRANDS = {
    "每天早上7点起床": "19 07:00 FREQ=DAILY 起床",
    "每晚10点关电脑": "18 22:00 FREQ=DAILY 关电脑",
    "每周五下午4点交周报": "20 16:00 FREQ=WEEKLY;BYDAY=FR 交周报",
    "每月25号还信用卡": "25 08:00 FREQ=MONTHLY;BYMONTHDAY=25 还信用卡",
    "每个工作日8点半提醒我打卡": "19 08:30 WORKDAY 打卡",
}


def _read(text: str) -> list[str]:
    readings = parse_all(text, now=NOW, zone=ZONE)
    return [" ".join(f"{r.time:%d %H:%M} {r.rule} {r.title}".split()) for r in readings]


def test_two_recurring_errands_are_two_reminders_however_they_are_linked() -> None:
    cases = ["，", "。", *(each for each in AND.split("|") if each != "之后")]

    each_twice = list(pairwise([*ERRANDS, *list(ERRANDS)[:1]]))

    for link in cases:
        pairs = list(permutations(ERRANDS, 2)) if link in ("，", "和") else each_twice
        read = {pair: _read(link.join(pair)) for pair in pairs}

        assert read == {(one, two): [ERRANDS[one], ERRANDS[two]] for one, two in pairs}, link


def test_each_part_has_its_own_title() -> None:
    cases = [
        ("每天晚上十点提醒我关电脑还有每天早上七点叫我起床", ["18 22:00 FREQ=DAILY 关电脑", "19 07:00 FREQ=DAILY 起床"]),
        ("每天早上7点起床、还有就是每晚10点关电脑", ["19 07:00 FREQ=DAILY 起床", "18 22:00 FREQ=DAILY 关电脑"]),
        ("每天早上7点起床，还要每晚10点关电脑", ["19 07:00 FREQ=DAILY 起床", "18 22:00 FREQ=DAILY 关电脑"]),
        ("每天早上7点起床及每晚10点关电脑", ["19 07:00 FREQ=DAILY 起床", "18 22:00 FREQ=DAILY 关电脑"]),
        ("起床每天早上7点，关电脑每天晚上10点", ["19 07:00 FREQ=DAILY 起床", "18 22:00 FREQ=DAILY 关电脑"]),
        ("15分钟后关火顺便半小时后收衣服", ["18 10:45 关火", "18 11:00 收衣服"]),
        ("明天上午9点开会同时后天下午3点去银行", ["19 09:00 开会", "20 15:00 去银行"]),
        ("明天早上8点吃药，晚上8点也要吃药", ["19 08:00 吃药", "19 20:00 吃药"]),
        ("明天早上8点提醒我吃药晚上8点也提醒我", ["19 08:00 吃药", "19 20:00 吃药"]),
        ("明天早上8点吃药，中午12点也吃，晚上8点也要吃", ["19 08:00 吃药", "19 12:00 吃药", "19 20:00 吃药"]),
        ("提醒我：1.明天8点吃药 2.后天9点遛狗", ["19 08:00 吃药", "20 09:00 遛狗"]),
        ("1、明天8点吃药 2、后天9点遛狗", ["19 08:00 吃药", "20 09:00 遛狗"]),
        ("每天早上8点提醒我吃药，晚上8点也提醒我", ["19 08:00 FREQ=DAILY 吃药", "18 20:00 FREQ=DAILY 吃药"]),
    ]  # fmt: skip

    assert {text: _read(text) for text, _ in cases} == dict(cases)


def test_two_times_of_one_errand_are_one_reminder() -> None:
    cases = ["每天早上7点和每天晚上10点吃药", "提醒我每天早上7点还有每天晚上10点吃药", "每天早上7点还有晚上10点吃药"]  # fmt: skip

    times = "FREQ=DAILY;BYHOUR=7;BYMINUTE=0 FREQ=DAILY;BYHOUR=22;BYMINUTE=0"

    assert [_read(text) for text in cases] == [[f"18 22:00 {times} 吃药"]] * len(cases)


def test_a_second_errand_that_may_repeat_is_asked_about() -> None:
    cases = [
        "每月1号交房租，25号还信用卡",
        "每月1号交房租还有25号还信用卡",
        "每周一跑步还有周三游泳",
    ]

    for text in cases:
        with pytest.raises(LanguageError) as asked:
            _read(text)

        assert asked.value.reason is Reason.SENTENCE_AMBIGUOUS, text
        assert "另一件事" in asked.value.sentence, text


def test_errands_that_may_repeat_otherwise_are_asked_about() -> None:
    cases = [
        "每小时喝水另外每天晚上10点睡觉",
        "每两小时喝水到晚上8点另外每天晚上10点睡觉",
        "每20分钟提醒我看一下锅，到晚上11点，另外每天早上7点叫我起床",
        "每天早上7点叫我起床另外每20分钟提醒我看一下锅到晚上11点",
        "周一到周五早上7点起床还有周末早上9点起床",
    ]

    for text in cases:
        with pytest.raises(LanguageError) as asked:
            _read(text)

        assert asked.value.reason in (Reason.SENTENCE_AMBIGUOUS, Reason.SENTENCE_UNREAD), text


def test_a_part_that_is_past_is_told_as_past() -> None:
    with pytest.raises(LanguageError) as refused:
        _read("今天早上8点交表另外明早8点出发")

    assert refused.value.reason is Reason.SENTENCE_PAST


def test_a_title_neither_begins_nor_ends_with_a_word_that_links() -> None:
    cases = [
        ("每天早上饭后提醒我吃药", "饭后吃药"),
        ("每天早中晚饭后提醒我吃药", "饭后吃药"),
        ("另外明天提醒我买菜", "买菜"),
        ("明天提醒我买菜还有", "买菜"),
        ("明天下班顺便买菜", "下班顺便买菜"),
    ]

    read = {text: parse_all(text, now=NOW, zone=ZONE) for text, _ in cases}

    assert {text: [each.title for each in some] for text, some in read.items()} == {
        text: [title] for text, title in cases
    }
