"""Limits of the calls that pass at once."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from tests.clock import FakeClock
from wechat_scheduler.engine.windows import NAMES
from wechat_scheduler.gateway.limiter import CallLimiter
from wechat_scheduler.gateway.refused_calls import CallRefusal, CallRefusedError


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def refusal(limiter: CallLimiter, account: str, caller: str = "") -> CallRefusal | None:
    try:
        with limiter.passing(account, caller):
            return None
    except CallRefusedError as error:
        return error.refusal


def gates(*, altogether: int = 100, most: int = 4, per_minute: int = 0) -> CallLimiter:
    return CallLimiter(altogether=altogether, most=most, per_minute=per_minute, clock=FakeClock())


def test_one_caller_gets_three_quarters_of_its_account(stack: ExitStack) -> None:
    limiter = gates()
    for _ in range(3):
        stack.enter_context(limiter.passing("wx1", "shop"))

    assert refusal(limiter, "wx1", "shop") is CallRefusal.TOO_MANY
    assert refusal(limiter, "wx1", "crm") is None
    assert refusal(limiter, "wx2", "shop") is None


def test_one_account_leaves_places_for_others(stack: ExitStack) -> None:
    limiter = gates()
    for number in range(4):
        stack.enter_context(limiter.passing("wx1", str(number)))

    assert refusal(limiter, "wx1", "crm") is CallRefusal.TOO_MANY
    assert refusal(limiter, "wx2", "crm") is None


def test_all_accounts_together_have_a_limit_too(stack: ExitStack) -> None:
    limiter = gates(altogether=3)
    for number in range(3):
        stack.enter_context(limiter.passing(f"wx{number}", "shop"))

    assert refusal(limiter, "wx9", "shop") is CallRefusal.TOO_MANY


def flood(limiter: CallLimiter, stack: ExitStack, account: str, caller: str = "") -> int:
    """How many calls pass."""
    for passed in count():
        try:
            stack.enter_context(limiter.passing(account, caller))
        except CallRefusedError:
            return passed
    raise AssertionError


def test_however_many_accounts_flood_there_is_a_place_for_another(stack: ExitStack) -> None:
    limiter = gates(altogether=128, most=48)

    taken = [flood(limiter, stack, f"wx{number}") for number in range(10)]

    assert taken == [48, 48, 12, 3, 1, 1, 1, 1, 1, 1]
    assert refusal(limiter, "wx-other") is None


def test_a_caller_that_floods_through_many_accounts_leaves_places_to_others(
    stack: ExitStack,
) -> None:
    limiter = gates(altogether=128, most=48)

    taken = [flood(limiter, stack, f"wx{number}", "shop") for number in range(5)]

    assert taken == [36, 36, 12, 0, 0]
    assert refusal(limiter, "wx0", "crm") is None


def test_calls_without_a_token_share_the_places_of_one_account(stack: ExitStack) -> None:
    limiter = gates(altogether=100, most=2)
    stack.enter_context(limiter.passing("wx1", "shop"))
    stack.enter_context(limiter.passing("wx2", "shop"))

    assert refusal(limiter, "", "10.0.0.1") is None


def test_strangers_leave_half_of_all_places_however_many_they_are(stack: ExitStack) -> None:
    limiter = gates(altogether=128, most=48)

    taken = [flood(limiter, stack, "", f"10.0.0.{number}") for number in range(128)]

    assert sum(taken) == 64
    assert flood(limiter, stack, "wx1", "shop") == 36


def test_a_call_that_ends_gives_its_place_back() -> None:
    limiter = gates(altogether=1, most=1)

    assert [refusal(limiter, "wx1", "shop") for _ in range(3)] == [None] * 3


def test_an_account_that_was_counted_long_ago_is_forgotten() -> None:
    limiter = gates(per_minute=1)
    refusal(limiter, "wx-first")
    for number in range(NAMES):
        refusal(limiter, f"wx{number}")

    assert refusal(limiter, "wx-first") is None
    assert refusal(limiter, "wx-first") is CallRefusal.TOO_FAST
