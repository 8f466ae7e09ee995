"""Properties of all rules and all texts."""

import re
from contextlib import suppress
from datetime import datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reminders.language.sentences import NOW, ZONE, sentences
from wechat_scheduler.reminders.language.normalise import cleaned
from wechat_scheduler.reminders.language.parse import parse, parse_all
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.refused_sentences import LanguageError
from wechat_scheduler.reminders.language.scan import scan
from wechat_scheduler.reminders.language.wording import describe
from wechat_scheduler.reminders.recurrence.lunar import TERMS
from wechat_scheduler.reminders.recurrence.parsing import read_rule

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORDS = sorted({word for each in sentences() for word in (each.text[:3], each.text[2:6])} - {""})


def _interval(frequency: str, longest: int) -> st.SearchStrategy[str]:
    intervals = st.integers(1, longest)
    return intervals.map(lambda n: f"FREQ={frequency}" + (f";INTERVAL={n}" if n > 1 else ""))


def _several(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    several = st.lists(numbers, min_size=1, max_size=4, unique=True)
    return several.map(lambda some: ",".join(map(str, sorted(some))))


WEEKDAYS = st.lists(st.sampled_from(range(7)), min_size=1, unique=True).map(
    lambda days: ",".join(DAYS[day] for day in sorted(days))
)
NTH = st.tuples(st.sampled_from([1, 2, 3, 4, -1, -2]), st.sampled_from(DAYS))
MONTH, DAY = st.integers(1, 12), st.integers(1, 28)
RULES = st.one_of(
    _interval("DAILY", 30),
    _interval("WEEKLY", 8),
    _interval("HOURLY", 24),
    _interval("MINUTELY", 59),
    st.tuples(_interval("WEEKLY", 4), WEEKDAYS).map(";BYDAY=".join),
    st.tuples(_interval("MONTHLY", 6), _several(DAY)).map(";BYMONTHDAY=".join),
    st.sampled_from([29, 30, 31]).map(
        lambda n: f"FREQ=MONTHLY;BYMONTHDAY={','.join(map(str, range(28, n + 1)))};BYSETPOS=-1"
    ),
    NTH.map(lambda nth: f"FREQ=MONTHLY;BYDAY={nth[0]}{nth[1]}"),
    st.tuples(MONTH, DAY).map(lambda on: f"FREQ=YEARLY;BYMONTH={on[0]};BYMONTHDAY={on[1]}"),
    st.tuples(MONTH, NTH).map(lambda on: f"FREQ=YEARLY;BYMONTH={on[0]};BYDAY={on[1][0]}{on[1][1]}"),
    st.tuples(st.sampled_from(["", "L"]), MONTH, st.integers(1, 30)).map(
        lambda on: f"LUNAR-YEARLY;{on[0]}{on[1]:02}-{on[2]:02}"
    ).filter(lambda rule: rule != "LUNAR-YEARLY;12-30" and not rule.endswith("L12-30")),
    st.integers(1, 30).map(lambda n: f"LUNAR-MONTHLY;{n:02}"),
    st.sampled_from(TERMS).map(lambda name: f"TERM;{name}"),
    st.sampled_from([
        "WORKDAY", "LUNAR-YEARLY;12-LAST", "LUNAR-MONTHLY;LAST", "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "FREQ=DAILY;COUNT=5",
        "WORKDAY-MONTHLY;1", "WORKDAY-MONTHLY;-1", "WORKDAY-MONTHLY;-3", "WORKDAY-MONTHLY;7", "FREQ=WEEKLY;UNTIL=20281231T155959Z",
        "FREQ=DAILY;BYHOUR=8;BYMINUTE=0\nFREQ=DAILY;BYHOUR=20;BYMINUTE=30",
    ]),
)  # fmt: skip


@settings(max_examples=90, deadline=None)
@given(rule=RULES, minutes=st.integers(0, 1439))
def test_what_is_told_of_a_rule_is_read_back_as_that_rule(rule: str, minutes: int) -> None:
    at = datetime.combine(NOW.date(), time(minutes // 60, minutes % 60), ZONE)

    parsed = parse(describe(rule, at), now=NOW, zone=ZONE)

    assert parsed.rule == rule
    assert read_rule(parsed.rule)
    if not rule.startswith(("FREQ=HOURLY", "FREQ=MINUTELY")) and "BYHOUR" not in rule:
        assert parsed.time.timetz() == at.timetz()


DAYS_SAID = (
    "",
    "明天",
    "下周三",
    "12月3号",
    "每天",
    "每周一三五",
    "每月15号",
    "每年12月8号",
    "每个工作日",
    "每月最后一个周五",
    "三天后",
    "农历腊月初八",
)
CLOCKS_SAID = ("", "3点", "早上7点半", "下午2到4点", "晚上11点", "8点和20点", "14:05")
ENDS_SAID = ("", "到年底为止", "，一共3次", "，提前10分钟提醒我")


@settings(max_examples=80, deadline=None)
@given(
    day=st.sampled_from(DAYS_SAID),
    clock=st.sampled_from(CLOCKS_SAID),
    title=st.sampled_from(("开会", "给妈妈打电话", "“特价”促销", "", "sign-off 2")),
    end=st.sampled_from(ENDS_SAID),
)
def test_the_echo_of_what_is_composed_is_read_back_too(
    day: str, clock: str, title: str, end: str
) -> None:
    for reading in _readings(f"{day}{clock}{title}{end}"):
        again = _readings(reading.understood)

        assert list(map(_core, again)) == [_core(reading)], reading.understood


def _readings(text: str) -> tuple[Parsed, ...]:
    try:
        return parse_all(text, now=NOW, zone=ZONE)
    except LanguageError:
        return ()


def _core(parsed: Parsed) -> tuple[object, ...]:
    return parsed.time, parsed.rule, parsed.title, parsed.end, parsed.advance


@settings(max_examples=50, deadline=None)
@given(ahead=st.integers(1, 5_000_000))
def test_what_is_told_of_a_moment_is_read_back_as_that_moment(ahead: int) -> None:
    moment = NOW + timedelta(minutes=ahead)

    parsed = parse(describe("", moment.astimezone(ZONE)), now=NOW, zone=ZONE)

    assert (parsed.time, parsed.rule) == (moment, "")


def test_each_time_of_a_day_has_one_form_and_is_read_back() -> None:
    moments = [
        datetime.combine(NOW.date() + timedelta(days=1), time(hour, minute), ZONE)
        for hour in range(24)
        for minute in (0, 5, 59)
    ]

    said = [describe("", moment) for moment in moments]

    assert not [words for words in said if re.search(r"\D(?:1[3-9]|2\d|0\d):", words)]
    assert [parse(words, now=NOW, zone=ZONE).time for words in said] == moments


@settings(max_examples=100, deadline=None)
@given(text=st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS)).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(LanguageError):
        parsed = parse(text, now=NOW, zone=ZONE)

        assert parsed.time > NOW
        assert not parsed.rule or read_rule(parsed.rule)


DATES = (
    "{0}月{1}号开会", "{0}月{1}日下午3点开会", "提醒我明年{0}月{1}号上午10点开会", "每年{0}月{1}号开会",
    "2027-{0:02}-{1:02} 开会", "2027/{0}/{1} 开会", "2027{0:02}{1:02} 开会", "{0}-{1} 9:00 开会",
    "{0}/{1} 开会", "{0}月{1}开会", "{0}月{1}号到12月25号出差",
)  # fmt: skip
TIMES = (
    "明天{0}点开会",
    "{0}:30开会",
    "每天{0}点开会",
    "晚上{0}点开会",
    "明天8点{1}分开会",
    "8:{1}开会",
)


def test_what_does_not_exist_is_never_taken_for_something_else() -> None:
    lengths = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
    days = [(m, d) for m in range(15) for d in (0, 5, 30, 31, 32, 40)]
    lacking = [(m, d) for m, d in days if not (0 < m < 13 and 0 < d <= lengths.get(m, 31))]
    texts = [form.format(*day) for form in DATES for day in lacking]
    texts += [form.format(*at) for form in TIMES for at in ((25, 60), (48, 75), (99, 99))]

    read = [text for text in texts if not _is_refused(text)]

    assert not read


def _is_refused(text: str) -> bool:
    try:
        parse(text, now=NOW, zone=ZONE)
    except LanguageError:
        return True
    return False


HOSTILE = (
    "每年" + "、".join(f"{month}月{month + day}日" for month in range(1, 13) for day in (0, 9)) + "开会",
    "每月农历初一、初二、初三、初四、初五、初六、初七8点、10点、12点、14点吃药", "明天下午\u0664点\x00开会", "\ud800明天8点", "每天9点到18点每5分钟",
    "9" * 200, "持续9999年12点开会", "每天" * 100, "明天８点开会" + "\u200b" * 150, "每隔99999999天喝水", "每天0.5点",
)  # fmt: skip


def test_a_hostile_text_is_read_or_refused() -> None:
    for text in HOSTILE:
        with suppress(LanguageError):
            for reading in parse_all(text, now=NOW, zone=ZONE):
                assert reading.time > NOW, text
                assert not reading.rule or read_rule(reading.rule), text
                assert reading.title.isprintable(), text


def test_a_hostile_text_has_no_more_words_than_characters() -> None:
    cases = [
        "一",
        "1.",
        "十点",
        "周一、",
        "1号、",
        "半个",
        "下",
        "农历",
        "初一",
        "早",
        "一分零",
        "每天",
        "明天",
        "三四",
        "1/1/2",
        "8、",
        "今年第",
    ]

    for piece in cases:
        text = (piece * 200)[:200]

        tokens = scan(text, NOW.date())

        ends = [token.end for token in tokens]
        assert ends == sorted(ends), piece
        assert len(tokens) <= len(text), piece


def test_a_picture_of_several_emoji_stays_one_in_a_title() -> None:
    cases = [
        "👨\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
        "🏳\ufe0f\u200d🌈",
        "👩🏽\u200d🚀",
        "☀\ufe0f",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ]

    titles = [parse(f"明天8点{each}聚餐", now=NOW, zone=ZONE).title for each in cases]

    assert list(map(cleaned, cases)) == cases
    assert titles == [f"{each}聚餐" for each in cases]


def test_what_joins_no_emoji_is_left_out() -> None:
    cases = [
        ("明\u200d天", "明天"),
        ("a\ufe0f\u200d😀", "a😀"),
        ("😀\u200d天", "😀天"),
        ("3\ufe0f\u20e3", "3"),
        ("天\U000e0067\U000e007f", "天"),
        ("\u200d😀\u200d", "😀"),
    ]

    assert [cleaned(written) for written, _ in cases] == [left for _, left in cases]
