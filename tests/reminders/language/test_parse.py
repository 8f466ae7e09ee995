"""The parser says what it understood, and why it refuses a sentence."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.reminders.language.sentences import NOW, ZONE, read_one
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.policy import Part, Policy
from wechat_scheduler.reminders.language.refused_sentences import LanguageError


def test_a_refusal_says_what_is_wrong() -> None:
    cases = [
        ("2月30号开会", Reason.SENTENCE_IMPOSSIBLE, "2月30号"),
        ("明天25点开会", Reason.SENTENCE_IMPOSSIBLE, "25点"),
        ("今天早上8点开会", Reason.SENTENCE_PAST, "2026年11月18日 周三 早上8:00"),
        ("明天3点或4点开会", Reason.SENTENCE_AMBIGUOUS, "“3点”还是“4点”"),
        ("明天或后天开会", Reason.SENTENCE_AMBIGUOUS, "“明天”还是“后天”"),
        ("11月20日(周四)开会", Reason.SENTENCE_AMBIGUOUS, "不是周四"),
        ("每秒提醒我", Reason.SENTENCE_TOO_OFTEN, "频繁"),
        ("我" * 201, Reason.SENTENCE_TOO_LONG, "200"),
    ]

    for text, reason, named in cases:
        refused = read_one(text)

        assert isinstance(refused, LanguageError), text
        assert (refused.reason, refused.field) == (reason, "text"), text
        assert named in refused.sentence, text


def test_what_was_understood_is_told_in_one_sentence() -> None:
    cases = [
        ("每月25号提醒我还信用卡", "每月25日 早上8:00 提醒“还信用卡”，第一次在 2026年11月25日 周三 早上8:00"),
        ("下午3点开会提前半小时", "2026年11月18日 周三 下午3:00 提前30分钟提醒“开会”"),
        ("每隔三天浇花", "每3天 早上8:00 提醒“浇花”，第一次在 2026年11月19日 周四 早上8:00"),
        ("半小时后", "2026年11月18日 周三 上午11:00 提醒"),
    ]  # fmt: skip

    told = [parse(text, now=NOW, zone=ZONE).understood for text, _ in cases]

    assert told == [understood for _, understood in cases]


def test_the_policy_decides_what_a_sentence_leaves_open() -> None:
    policy = Policy(
        hours={part: Policy().hours[part].replace(minute=5) for part in Part},
        soon=timedelta(minutes=3),
        shortest=timedelta(hours=1),
    )

    assert parse("明天晚上", now=NOW, zone=ZONE, policy=policy).time.minute == 5
    assert parse("一会儿喊我", now=NOW, zone=ZONE, policy=policy).time == NOW + timedelta(minutes=3)
    with pytest.raises(LanguageError):
        parse("每30分钟喝水", now=NOW, zone=ZONE, policy=policy)


def test_hours_are_time_that_passes_and_days_are_the_calendars() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    eve = datetime(2026, 10, 24, 20, 0, tzinfo=berlin)  # the clocks go back in that night

    hours = parse("12小时后", now=eve, zone=berlin).time
    day = parse("1天后", now=eve, zone=berlin).time

    assert hours.replace(tzinfo=None) == datetime(2026, 10, 25, 7, 0)  # noqa: DTZ001
    assert day.replace(tzinfo=None) == datetime(2026, 10, 25, 20, 0)  # noqa: DTZ001


def test_the_titles_spelling_is_the_writers() -> None:
    parsed = parse("明天８點 買３斤蘋果 ＡＢＣ", now=NOW, zone=ZONE)

    assert parsed.title == "買３斤蘋果 ＡＢＣ"
