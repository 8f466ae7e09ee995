"""What a sentence leaves open is said with the time that it is read as."""

from datetime import datetime, timedelta

import pytest

from tests.reminders.language.sentences import NOW, ZONE, read_one
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.refused_sentences import LanguageError

EIGHT = ("hour", "", "08:00")


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("明天下午3点提醒我开会", []),
        ("下周一9点提醒我开会", []),
        ("下周周五9点提醒我开会", []),
        ("晚上8点提醒我吃药", []),
        ("明天9点提醒我开会", []),
        ("每月底9点提醒我交租", []),
        ("明天3点提醒我开会", [("half", "3点", "15:00")]),
        ("每天早中晚吃药", [("hour", "", "08:00, 12:00, 20:00")]),
        ("下周提醒我交电费", [EIGHT, ("day", "下周", "2026-11-23")]),
        ("下个月9点提醒我交电费", [("day", "下个月", "2026-12-01")]),
        ("月底提醒我交电费", [EIGHT, ("day", "月底", "2026-11-30")]),
        ("年底提醒我交电费", [EIGHT, ("day", "年底", "2026-12-31")]),
        ("周末9点提醒我打扫", [("day", "周末", "2026-11-21")]),
        ("1月中旬9点提醒我体检", [("day", "1月中旬", "2027-01-15")]),
        ("周五前提醒我交材料", [EIGHT, ("before", "周五前", "2026-11-20 08:00")]),
        ("28号之前9点提醒我交材料", [("before", "28号之前", "2026-11-28 09:00")]),
        ("国庆节前提醒我买票", [EIGHT, ("before", "国庆节前", "2027-10-01 08:00")]),
        ("周五下午5点前提醒我交材料", [("before", "下午5点前", "2026-11-20 17:00")]),
        ("一会儿提醒我关灯", [("soon", "一会儿", "10:40")]),
        ("稍后提醒我关灯", [("soon", "稍后", "10:40")]),
        ("10分钟后提醒我关灯", []),
        ("三天内提醒我交材料", [EIGHT, ("before", "三天内", "2026-11-21 08:00")]),
    ],
)  # fmt: skip
def test_what_is_not_written_is_said(text: str, assumed: list[tuple[str, str, str]]) -> None:
    parsed = read_one(text)

    assert isinstance(parsed, Parsed)
    assert [(one.kind, one.said, one.meant) for one in parsed.assumed] == assumed


MIDNIGHT = NOW.replace(hour=0, minute=0)
BARE = (
    "1点半", "１点半", "一点半", "两点一刻", "3点三刻", "1:30", "差5分1点", "12点", "十二点", "5点40", "6点", "9点", "11点",
)  # fmt: skip
DAYS = ("", "今天", "明天", "周五", "每天", "每周五", "12月3号", "三天后")


def test_an_hour_without_its_half_of_the_day_is_as_written_or_said_to_be_assumed() -> None:
    silent = []
    for hour in range(0, 24, 3):
        now = MIDNIGHT + timedelta(hours=hour, minutes=10)
        for text in (f"{day}{clock}提醒我开会" for day in DAYS for clock in BARE):
            try:
                parsed = parse(text, now=now, zone=ZONE)
            except LanguageError as error:
                if error.reason is not Reason.SENTENCE_PAST:
                    silent.append((text, now, error.sentence))
                continue
            said = [one.meant for one in parsed.assumed if one.kind == "half"]
            if said != [f"{parsed.time:%H:%M}"] and not (not said and 6 <= parsed.time.hour <= 12):
                silent.append((text, now, parsed.understood))

    assert silent == []


@pytest.mark.parametrize(
    ("now", "text", "meant"),
    [
        ("16:10", "1点半开会", "2026-11-19T01:30 half"),
        ("13:00", "12点开会", "2026-11-19T00:00 half"),
        ("10:30", "差五分一点开会", "2026-11-18T12:55"),
        ("10:30", "13点差5分开会", "2026-11-18T12:55"),
        ("10:30", "明天12点睡觉", "2026-11-20T00:00 half"),
        ("10:30", "每天3点开会", "2026-11-18T15:00 half"),
        ("10:30", "明天4点赶飞机", "2026-11-19T04:00 half"),
        ("10:30", "今晚1点看球", "2026-11-19T01:00"),
        ("00:30", "明早8点开会", "2026-11-19T08:00 day"),
        ("00:30", "明天8点开会", "2026-11-19T08:00 day"),
        ("16:10", "3点零5开会", "2026-11-19T03:05 half"),
        ("00:30", "每天8点开会", "2026-11-18T08:00"),
        ("00:30", "今晚8点开会", "2026-11-18T20:00"),
        ("00:30", "凌晨1点看球", "2026-11-18T01:00"),
    ],
)
def test_what_is_read_at_an_odd_hour_is_said(now: str, text: str, meant: str) -> None:
    at = datetime.fromisoformat(f"2026-11-18T{now}").replace(tzinfo=ZONE)

    parsed = parse(text, now=at, zone=ZONE)

    said = [f"{parsed.time:%Y-%m-%dT%H:%M}", *(one.kind for one in parsed.assumed)]
    assert " ".join(said) == meant


def test_the_day_that_is_said_by_night_is_the_one_whose_night_is_meant() -> None:
    parsed = parse("明晚1点看球", now=MIDNIGHT + timedelta(minutes=30), zone=ZONE)

    assert parsed.time.isoformat() == "2026-11-20T01:00:00+08:00"
    assert [(one.said, one.meant) for one in parsed.assumed] == [("明天", "2026-11-19")]


def test_a_night_that_may_be_this_one_or_the_next_is_asked_about() -> None:
    with pytest.raises(LanguageError) as asked:
        parse("今晚1点看球", now=MIDNIGHT + timedelta(minutes=30), zone=ZONE)

    assert asked.value.reason is Reason.SENTENCE_AMBIGUOUS
    assert "11月18日 周三 凌晨1:00”还是“2026年11月19日 周四 凌晨1:00" in asked.value.sentence
