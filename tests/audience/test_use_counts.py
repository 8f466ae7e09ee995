"""How many subscribe notices a user still allows, by what WeChat tells."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.audience.people import HOUR, SECOND
from tests.clock import START
from wechat_scheduler.audience.use_counts import BELIEVED, UseChange, UseCount, counted

GRANTED, SENT, FAILED = UseChange.GRANTED, UseChange.SENT, UseChange.FAILED
OFF, ON, NONE_LEFT = UseChange.SWITCHED_OFF, UseChange.SWITCHED_ON, UseChange.NONE_LEFT
NEW = UseCount(template_id="T", changed_at=START)


def after(*changes: UseChange) -> UseCount:
    count = NEW
    for number, change in enumerate(changes):
        count = counted(count, change, START + number * SECOND)
    return count


def test_each_grant_counts_one_and_each_notice_uses_one() -> None:
    cases = [
        ([GRANTED], 1),
        ([GRANTED, GRANTED], 2),
        ([GRANTED, GRANTED, SENT], 1),
        ([GRANTED, FAILED], 1),
        ([SENT, GRANTED], 1),
        ([GRANTED, OFF], 0),
        ([GRANTED, NONE_LEFT], 0),
        ([OFF, GRANTED], 1),
    ]

    assert [after(*changes).remaining for changes, _ in cases] == [
        remaining for _, remaining in cases
    ]


def test_nothing_is_left_where_wechat_or_the_user_said_so() -> None:
    cases = [
        [NONE_LEFT],
        [OFF],
        [GRANTED, GRANTED, OFF],
        [NONE_LEFT, FAILED],
        [NONE_LEFT, GRANTED, SENT],
        [NONE_LEFT, GRANTED, GRANTED, SENT, SENT],
        [NONE_LEFT, SENT, NONE_LEFT],
    ]

    assert [changes for changes in cases if not after(*changes).is_used_up(START + HOUR / 2)] == []


def test_what_is_not_known_is_not_none() -> None:
    cases = [
        [],
        [GRANTED],
        [GRANTED, SENT],  # they may have allowed more before we listened, or any number
        [GRANTED, SENT, SENT],
        [NONE_LEFT, GRANTED],
        [NONE_LEFT, SENT],  # an event was lost, or the template is a lasting one
        [NONE_LEFT, GRANTED, SENT, SENT],
        [OFF, ON],
        [OFF, GRANTED, SENT],  # a switch that is on again may bring back those from before
    ]

    assert [changes for changes in cases if after(*changes).is_used_up(START + HOUR / 2)] == []


def test_a_count_of_none_is_believed_for_an_hour() -> None:
    count = after(NONE_LEFT)

    assert count.is_used_up(START + BELIEVED - SECOND)
    assert not count.is_used_up(START + BELIEVED)


@given(st.lists(st.sampled_from(UseChange)))
def test_a_count_is_never_negative_and_a_grant_is_never_overlooked(
    changes: list[UseChange],
) -> None:
    count = after(*changes)
    granted = counted(count, GRANTED, START + timedelta(days=1))

    assert count.remaining >= 0
    assert granted.remaining == count.remaining + 1
    assert not granted.is_used_up(START + timedelta(days=1))
