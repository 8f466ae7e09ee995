"""Occurrences found one by one are those that python-dateutil finds from the first start."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.recurrence.parsing import read_rule
from wechat_scheduler.reminders.recurrence.rule import Rule
from wechat_scheduler.reminders.recurrence.series import upcoming

MOST = 12

starts = st.integers(0, 5 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def numbers(name: str, least: int, most: int) -> st.SearchStrategy[str]:
    several = st.lists(st.integers(least, most).filter(bool), min_size=1, max_size=4)
    return st.just("") | several.map(lambda given: f";{name}=" + ",".join(map(str, given)))


def weekdays(ordinals: list[str]) -> st.SearchStrategy[str]:
    day = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
    several = st.tuples(st.sampled_from(ordinals), st.lists(day, min_size=1, max_size=3))
    return st.just("") | several.map(
        lambda given: ";BYDAY=" + ",".join(given[0] + each for each in given[1])
    )


hours = numbers("BYHOUR", 1, 23)
intervals = st.integers(1, 4).map(lambda number: f";INTERVAL={number}")
ends = st.sampled_from(["", ";COUNT=1", ";COUNT=5", ";UNTIL=20290101T000000"])
days = numbers("BYMONTHDAY", -31, 31)
months = numbers("BYMONTH", 1, 12)
positions = st.sampled_from(["", "", ";BYSETPOS=1", ";BYSETPOS=-1,2"])
rules = st.one_of(
    st.tuples(st.just("FREQ=DAILY"), months, days, weekdays([""]), hours),
    st.tuples(
        st.just("FREQ=WEEKLY"), months, weekdays([""]), hours, st.sampled_from(["", ";WKST=SU"])
    ),
    st.tuples(st.just("FREQ=MONTHLY"), months, days, hours, positions),
    st.tuples(st.just("FREQ=MONTHLY"), weekdays(["", "2", "-1"]), hours, positions),
    st.tuples(st.just("FREQ=YEARLY"), months, days, positions),
    st.tuples(st.just("FREQ=YEARLY"), months, weekdays(["", "3", "-1"]), hours, positions),
    st.tuples(st.just("FREQ=YEARLY"), numbers("BYYEARDAY", -366, 366), hours),
    st.tuples(st.just("FREQ=HOURLY")),
    st.tuples(st.just("FREQ=MINUTELY")),
).map("".join)


def readable(text: str) -> Rule:
    try:
        return read_rule(text)
    except InvalidRequestError:  # 30 February
        reject()


@given(rule=rules, interval=intervals, end=ends, start=starts)
@settings(max_examples=70, deadline=None)
def test_advancing_the_start_changes_nothing(
    rule: str, interval: str, end: str, start: datetime
) -> None:
    text = rule + interval + end
    parsed = readable(text)
    before = start - timedelta(seconds=1)

    found = upcoming(parsed, start=start, after=before, zone=ZoneInfo("UTC"), most=MOST)

    # One more than was found, to see the end. A rule that never fires is left out: dateutil searches
    # until the year 9999.
    more = 1 if found and end and len(found) < MOST else 0
    plain = rrulestr(text, dtstart=start.replace(tzinfo=None))
    expected = [each.replace(tzinfo=UTC) for each in islice(plain, len(found) + more)]
    assert list(found) == expected


@given(rule=rules, start=starts)
@settings(max_examples=30, deadline=None)
def test_in_every_zone_the_series_goes_forward(rule: str, start: datetime) -> None:
    zone = ZoneInfo("America/New_York")

    found = upcoming(readable(rule), start=start, after=start, zone=zone, most=MOST)

    assert all(start < at for at in found)
    assert list(found) == sorted(set(found))
