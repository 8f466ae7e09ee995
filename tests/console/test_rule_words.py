"""The recurrences of reminders in the words of the console."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.wording import describe
from wechat_scheduler.reminders.planning import rule_of
from wechat_scheduler.web.console.reminders.refusals import WORDS
from wechat_scheduler.web.console.reminders.rule_words import english

AT = datetime(2026, 11, 19, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day at 08:30"),
        ("FREQ=DAILY;INTERVAL=2;COUNT=3", "every 2 days at 08:30, 3 times"),
        ("FREQ=HOURLY", "every hour"),
        ("FREQ=MINUTELY;INTERVAL=5;UNTIL=20261130T000000Z", "every 5 minutes, until 2026-11-30"),
        ("FREQ=HOURLY;UNTIL=99991231T235959Z", "every hour, until 9999-12-31"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "every week on Monday, Wednesday and Friday at 08:30"),
        ("FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0", "every day at 08:00 and 20:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=25", "every month on day 25 at 08:30"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day at 08:30"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "every month on the 2th last day at 08:30"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "every month on day 31 at 08:30"),
        ("FREQ=MONTHLY;BYDAY=1MO", "every month on the first Monday at 08:30"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday at 08:30"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8", "every year in March on day 8 at 08:30"),
        ("FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYWEEKNO=20 at 08:30"),
        ("WORKDAY", "every workday of China at 08:30"),
        ("WORKDAY-MONTHLY;-1", "the last workday of every month at 08:30"),
        ("TERM;清明", "every year on 清明 at 08:30"),
        ("LUNAR-MONTHLY;15", "every lunar month on day 15 at 08:30"),
        ("LUNAR-YEARLY;08-15", "every lunar year on day 15 of month 8 at 08:30"),
        ("LUNAR-YEARLY;L06-01", "every lunar year on day 1 of leap month 6 at 08:30"),
        ("LUNAR-YEARLY;12-LAST", "every lunar New Year's Eve at 08:30"),
        ("FREQ=WEEKLY;BYDAY=MO\nFREQ=MONTHLY;BYMONTHDAY=1\nEXDATE:20261201", "every week on Monday, and every month on day 1 at 08:30"),
    ],
)  # fmt: skip
def test_a_rule_is_said_in_english(rule: str, words: str) -> None:
    assert rule_of(rule)
    assert english(rule, AT) == words


def test_a_rule_until_the_last_day_there_is_is_said_in_chinese() -> None:
    assert describe("FREQ=HOURLY;UNTIL=99991231T235959Z", AT) == "每小时，到9999年12月31日为止"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY;BYDAY=MO,FR", "每周一、周五 早上8:30"),
        ("FREQ=WEEKLY;BYDAY=MO;WKST=SU", "每周一 早上8:30"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU 早上8:30"),
        ("FREQ=DAILY;BYMONTH=3", "FREQ=DAILY;BYMONTH=3 早上8:30"),
        ("WORKDAY", "每个工作日 早上8:30"),
    ],
)  # fmt: skip
def test_a_rule_is_said_in_chinese_with_all_its_parts_or_as_it_is_written(
    rule: str, words: str
) -> None:
    assert rule_of(rule)
    assert describe(rule, AT) == words


def test_each_refusal_of_a_sentence_has_words() -> None:
    sentences = {reason for reason in Reason if reason.startswith("sentence.")}

    assert sentences <= WORDS.keys()
