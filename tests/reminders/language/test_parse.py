"""The parser reads the evaluation sets, and refuses impossible sentences."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.reminders.language.sentences import NOW, ZONE, Outcome, Sentence, sentences
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.policy import Part, Policy
from wechat_scheduler.reminders.language.refused_sentences import LanguageError


def _by_kind(table: str) -> dict[str, list[Sentence]]:
    kinds: dict[str, list[Sentence]] = {}
    for sentence in sentences(table):
        kinds.setdefault(sentence.kind, []).append(sentence)
    return kinds


OURS = _by_kind("sentences") | _by_kind("kinds")
STRANGERS = {
    f"{table}.{kind}": sentences
    for table in ("stranger", "unseen", "customers", "callers", "visitors")
    for kind, sentences in _by_kind(table).items()
}
ASKED = {
    "stranger.once.title": 8,
    "stranger.once.weekday": 1,
    "stranger.again.hourly": 7,
    "unseen.once.nurses": 1,
    "callers.refused.restaurants": 1,
    "callers.refused.training": 1,
}
"""The sentences of each kind of the strangers' tables whose writers are asked, or refused."""


@pytest.mark.parametrize("kind", OURS)
def test_every_sentence_is_read_as_it_is_meant(kind: str) -> None:
    misread = {sentence.text: sentence.misread() for sentence in OURS[kind]}

    assert not {text: wrong for text, wrong in misread.items() if wrong}


@pytest.mark.parametrize("kind", STRANGERS)
def test_a_strangers_sentences_are_read_right_or_asked_about(kind: str) -> None:
    outcomes = {sentence.text: sentence.outcome() for sentence in STRANGERS[kind]}

    amiss = {text: how for text, how in outcomes.items() if how is not Outcome.RIGHT}

    assert Outcome.WRONG not in amiss.values(), amiss
    assert len(amiss) <= ASKED.get(kind, 0), amiss


@pytest.mark.parametrize(
    ("text", "reason", "named"),
    [
        ("2月30号开会", Reason.SENTENCE_IMPOSSIBLE, "2月30号"),
        ("明天25点开会", Reason.SENTENCE_IMPOSSIBLE, "25点"),
        ("今天早上8点开会", Reason.SENTENCE_PAST, "2026年11月18日 周三 早上8:00"),
        ("明天3点或4点开会", Reason.SENTENCE_AMBIGUOUS, "“3点”还是“4点”"),
        ("明天或后天开会", Reason.SENTENCE_AMBIGUOUS, "“明天”还是“后天”"),
        ("11月20日(周四)开会", Reason.SENTENCE_AMBIGUOUS, "不是周四"),
        ("每秒提醒我", Reason.SENTENCE_TOO_OFTEN, "频繁"),
        ("我" * 201, Reason.SENTENCE_TOO_LONG, "200"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, reason: Reason, named: str) -> None:
    with pytest.raises(LanguageError) as refused:
        parse(text, now=NOW, zone=ZONE)

    assert refused.value.reason is reason
    assert refused.value.field == "text"
    assert named in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("每月25号提醒我还信用卡", "每月25日 早上8:00 提醒“还信用卡”，第一次在 2026年11月25日 周三 早上8:00"),
        ("下午3点开会提前半小时", "2026年11月18日 周三 下午3:00 提前30分钟提醒“开会”"),
        ("每隔三天浇花", "每3天 早上8:00 提醒“浇花”，第一次在 2026年11月19日 周四 早上8:00"),
        ("半小时后", "2026年11月18日 周三 上午11:00 提醒"),
    ],
)  # fmt: skip
def test_what_was_understood_is_told_in_one_sentence(text: str, understood: str) -> None:
    parsed = parse(text, now=NOW, zone=ZONE)

    assert parsed.understood == understood


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
