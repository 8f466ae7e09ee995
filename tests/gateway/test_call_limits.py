"""The limits of a consumer's calls."""

from datetime import UTC, datetime, timedelta

from tests.clock import FakeClock
from tests.gateway.test_consumer_store import a_consumer
from wechat_scheduler.gateway.call_limits import CallLimits, QuotaWindow


def test_calls_beyond_the_minutes_limit_wait_for_the_next_minute() -> None:
    clock = FakeClock()
    limits, shop = CallLimits(clock), a_consumer(per_minute=2)

    first = [limits.spend(shop) for _ in range(3)]
    clock.advance(timedelta(seconds=45))
    pause = limits.pause(shop, QuotaWindow.MINUTE)
    clock.advance(pause)

    assert first == [None, None, QuotaWindow.MINUTE]
    assert pause == timedelta(seconds=15)
    assert limits.spend(shop) is None


def test_calls_beyond_the_days_limit_wait_for_midnight_in_shanghai() -> None:
    clock = FakeClock(datetime(2026, 11, 18, 15, 0, tzinfo=UTC))  # 23:00 in Shanghai
    limits, shop = CallLimits(clock), a_consumer(per_minute=9, per_day=1)

    first = [limits.spend(shop) for _ in range(2)]
    pause = limits.pause(shop, QuotaWindow.DAY)
    clock.advance(pause)

    assert first == [None, QuotaWindow.DAY]
    assert pause == timedelta(hours=1)
    assert limits.spend(shop) is None


def test_the_calls_of_one_consumer_take_nothing_from_another() -> None:
    limits = CallLimits(FakeClock())
    shop, crm, free = (
        a_consumer(per_minute=1),
        a_consumer("crm", per_minute=1),
        a_consumer("free"),
    )

    spent = [limits.spend(one) for one in (shop, shop, crm, *(free,) * 100)]

    assert spent == [None, QuotaWindow.MINUTE, None, *[None] * 100]
