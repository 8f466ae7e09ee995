import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import START
from tests.sandbox.conftest import APPID
from wechat_scheduler.sandbox.periods import ExpiringDict, Periods
from wechat_scheduler.sandbox.tokens import IssuedKind, IssuedTokens, TokenOwner

KEEP = timedelta(seconds=10)
STEPS = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 6), st.booleans()))


@given(STEPS)
def test_an_expiring_dict_keeps_each_entry_for_its_period(
    steps: list[tuple[str, int, bool]],
) -> None:
    entries, put_at, now = ExpiringDict[str, int](KEEP), dict[str, tuple[int, datetime]](), START

    for number, (key, pause, discard) in enumerate(steps):
        now += timedelta(seconds=pause)
        if discard:
            entries.discard(key)
            put_at.pop(key, None)
        else:
            entries.put(key, number, now)
            put_at[key] = (number, now + KEEP)
        kept = {key: number for key, (number, until) in put_at.items() if until > now}
        assert {key: entries.get(key, now) for key in "abcde"} == dict.fromkeys("abcde") | kept


@pytest.mark.parametrize("kind", IssuedKind)
def test_the_number_of_tokens_kept_for_an_account_is_bounded(kind: IssuedKind) -> None:
    tokens = IssuedTokens(Periods(), random.Random(7))
    sizes = []

    for hour in range(24 * 35):  # no token lives for longer than 30 days
        now = START + timedelta(hours=hour)
        tokens.issue(kind, TokenOwner(APPID), now, overlap=timedelta(minutes=5))
        sizes.append(len(tokens))

    assert max(sizes) == max(sizes[:10])
