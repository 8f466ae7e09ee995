"""The gate decides whether and when a delivery is sent."""

import random
from datetime import UTC, datetime, time
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.delivery.samples import (
    APPID,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    a_delivery,
    a_message,
    a_person,
    an_app,
)
from wechat_scheduler.audience.model import App, Quiet
from wechat_scheduler.delivery.failures import Failures
from wechat_scheduler.delivery.gate import Gate, awake_at
from wechat_scheduler.delivery.model import Deferred, DeliveryState, Outcome, Priority, Settled, Way
from wechat_scheduler.errors import SendError, Verdict

NIGHT = Quiet(begins=time(22), ends=time(7, 30))
NOON = Quiet(begins=time(12), ends=time(13))


# An app whose row cannot be read.
LOST = 99


def gate(*apps: App) -> Gate:
    known = {app.id: app for app in apps or (an_app(),)}
    return Gate(known.get, unreadable={LOST}.__contains__, rng=random.Random(5))


def put_off(outcome: Outcome | None) -> datetime:
    assert isinstance(outcome, Deferred)
    assert not outcome.counts
    return outcome.due_at


@pytest.mark.parametrize(
    ("fields", "app", "state"),
    [
        ({"receiver": None}, {}, DeliveryState.CANCELLED),
        ({"receiver": a_person(follows=False)}, {}, DeliveryState.CANCELLED),
        ({"receiver": a_person(trouble="blacklisted")}, {}, DeliveryState.CANCELLED),
        ({"receiver": a_person(appid="wx2")}, {}, DeliveryState.CANCELLED),
        ({"takes": False}, {}, DeliveryState.CANCELLED),
        ({"message": a_message(app_id=7)}, {}, DeliveryState.CANCELLED),
        ({"message": a_message(expires_at=NOW)}, {}, DeliveryState.EXPIRED),
    ],
)
def test_what_can_reach_nobody_is_not_tried(
    fields: dict[str, Any], app: dict[str, Any], state: DeliveryState
) -> None:
    stopped = gate(an_app(**app)).stopped(a_delivery(**fields), NOW)

    assert isinstance(stopped, Settled)
    assert (stopped.state, bool(stopped.reason)) == (state, True)


def test_what_an_app_sent_that_cannot_be_read_waits() -> None:
    stopped = gate().stopped(a_delivery(message=a_message(app_id=LOST)), NOW)

    assert put_off(stopped) > NOW


@pytest.mark.parametrize(
    ("zone", "quiet", "now", "awake"),
    [
        ("Asia/Shanghai", NIGHT, "2026-11-18T15:00", "2026-11-18T23:30"),
        ("Asia/Shanghai", NIGHT, "2026-11-18T13:59:59", None),
        ("Asia/Shanghai", NIGHT, "2026-11-18T23:30", None),
        ("Asia/Shanghai", NIGHT, "2026-11-18T23:29:59", "2026-11-18T23:30"),
        ("Asia/Shanghai", NOON, "2026-11-18T04:00", "2026-11-18T05:00"),
        ("Asia/Shanghai", NOON, "2026-11-18T05:00", None),
        ("Asia/Shanghai", Quiet(begins=time(8), ends=time(8)), "2026-11-18T00:00", None),
        # The night in which New York's clocks go forward has an hour less, the other one more.
        ("America/New_York", NIGHT, "2026-03-08T03:00", "2026-03-08T11:30"),
        ("America/New_York", NIGHT, "2026-11-01T02:00", "2026-11-01T12:30"),
        # 01:15 comes twice, and each time its quiet quarter of an hour ends later than now.
        ("America/New_York", Quiet(begins=time(22), ends=time(1, 30)),
         "2026-11-01T05:15", "2026-11-01T05:30"),
        ("America/New_York", Quiet(begins=time(22), ends=time(1, 30)),
         "2026-11-01T06:15", "2026-11-01T06:30"),
        # 02:30 does not exist that night.
        ("America/New_York", Quiet(begins=time(22), ends=time(2, 30)),
         "2026-03-08T06:30", "2026-03-08T07:30"),
    ],
)  # fmt: skip
def test_quiet_hours_end_by_the_users_own_clock(
    zone: str, quiet: Quiet, now: str, awake: str | None
) -> None:
    at = awake_at(a_person(zone=zone, quiet=quiet), "UTC", _utc(now))

    assert at == (_utc(awake) if awake else None)


def test_quiet_hours_hold_up_all_but_what_is_urgent() -> None:
    sleeper = a_person(quiet=NIGHT)
    night = _utc("2026-11-18T15:00")

    ordinary = gate().stopped(a_delivery(receiver=sleeper), night)
    urgent = a_message(priority=Priority.URGENT)

    assert put_off(ordinary) == _utc("2026-11-18T23:30")
    assert gate().stopped(a_delivery(receiver=sleeper, message=urgent), night) is None


def test_a_pause_holds_up_one_account_alone() -> None:
    other = an_app(id=2, appid="wx2")
    stop = gate(an_app(), other)

    stop.pause(APPID, NOW + HOUR)
    stop.pause(APPID, NOW + MINUTE)

    theirs = a_delivery(message=a_message(app_id=2), receiver=a_person(appid="wx2"))
    assert put_off(stop.stopped(a_delivery(), NOW)) >= NOW + HOUR
    assert stop.stopped(theirs, NOW) is None
    assert stop.stopped(a_delivery(), NOW + HOUR) is None


def test_those_that_were_under_way_when_a_token_died_pause_the_account_once() -> None:
    stop = gate()

    first = [stop.token_refused(APPID, NOW) for _ in range(64)]
    second = stop.token_refused(APPID, first[0])

    assert set(first) == {NOW + SECOND}
    assert second == NOW + 3 * SECOND


def test_an_app_sends_at_even_distances_and_each_keeps_its_moment() -> None:
    stop = gate(an_app(per_minute=6))
    rows = [a_delivery(number) for number in range(1, 5)]

    moments = [put_off(stop.stopped(row, NOW)) for row in rows[1:]] if _goes(stop, rows[0]) else []

    assert moments == [NOW + 10 * SECOND * turn for turn in (1, 2, 3)]
    assert put_off(stop.stopped(rows[3], NOW + SECOND)) == moments[2]
    assert [stop.stopped(row, at) for row, at in zip(rows[1:], moments, strict=True)] == [None] * 3


def test_who_may_get_little_does_not_hold_up_the_others() -> None:
    stop = gate(an_app(per_minute=60, recipient_per_minute=1))
    amys = [stop.stopped(a_delivery(number), NOW) for number in (1, 2, 3)]
    bob = stop.stopped(a_delivery(4, receiver=a_person("bob")), NOW)

    assert amys[0] is None
    assert [put_off(late) for late in amys[1:]] == [NOW + MINUTE, NOW + 2 * MINUTE]
    assert put_off(bob) == NOW + 3 * SECOND


def test_an_unlimited_app_never_waits() -> None:
    stop = gate()

    assert all(stop.stopped(a_delivery(number), NOW) is None for number in range(1_000))


def _goes(stop: Gate, row: Any) -> bool:
    return stop.stopped(row, NOW) is None


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("verdict", "takes"), [(Verdict.NO_TEXTS, False), (Verdict.OPERATOR, True)]
)
def test_an_account_that_may_send_no_texts_is_known_for_an_hour(
    verdict: Verdict, takes: bool
) -> None:
    kept, clock = gate(), FakeClock(NOW)
    failures = Failures(kept, clock=clock, rng=random.Random(3), retry_cap=HOUR, give_up=24 * HOUR)
    refusal = SendError("refused", verdict=verdict, way=Way.TEXT)

    failures.outcome(a_delivery(), refusal, None)

    assert kept.takes_texts(APPID, NOW) is takes
    assert kept.takes_texts(APPID, NOW + HOUR)
