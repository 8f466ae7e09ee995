"""When to refresh and when to try again, for any credential and at any time."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.clock import START
from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.model import JobKey, Renewal
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.engine.backoff import backoff
from wechat_scheduler.reasons import Reaction

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
CAP = timedelta(minutes=15)
MIDNIGHT = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)

rngs = st.integers(0, 2**32).map(random.Random)
lifetimes = st.timedeltas(SECOND, timedelta(days=366))
instants = st.timedeltas(timedelta(0), timedelta(days=20_000)).map(START.__add__)
many = st.integers(1, 10_000)


@given(lifetimes, rngs)
def test_an_ordinary_credential_is_renewed_in_the_last_quarter_of_its_life(
    lifetime: timedelta, rng: random.Random
) -> None:
    expires_at = START + lifetime

    renew_at = policy.renew_at(
        expires_at=expires_at,
        lifetime=lifetime,
        longest=lifetime,
        renewal=Renewal.ORDINARY,
        rng=rng,
    )

    assert START < renew_at < expires_at
    assert expires_at - renew_at <= lifetime / 4
    assert expires_at - renew_at >= min(policy.MARGIN, lifetime * 0.2 - SECOND / 1000)


@given(lifetimes, lifetimes, rngs)
def test_a_stable_token_is_renewed_when_wechat_gives_a_new_one(
    lifetime: timedelta, longest: timedelta, rng: random.Random
) -> None:
    longest = max(lifetime, longest)
    expires_at = START + lifetime

    renew_at = policy.renew_at(
        expires_at=expires_at,
        lifetime=lifetime,
        longest=longest,
        renewal=Renewal.LATE,
        rng=rng,
    )

    assert START < renew_at < expires_at
    assert expires_at - renew_at < policy.MARGIN * policy.scale(longest)


def test_jobs_registered_together_do_not_stay_together() -> None:
    rng = random.Random(1)

    renewals = {
        policy.renew_at(
            expires_at=START + 2 * HOUR,
            lifetime=2 * HOUR,
            longest=2 * HOUR,
            renewal=renewal,
            rng=rng,
        )
        for renewal in Renewal
        for _ in range(100)
    }

    assert len(renewals) == 100 * len(Renewal)


@given(lifetimes, st.floats(-1, 1), st.floats(0, 1))
def test_the_same_value_again_is_asked_for_sparingly(
    lifetime: timedelta, left: float, renewal: float
) -> None:
    expires_at = START + lifetime * left
    renew_at = expires_at - lifetime * renewal
    floor = policy.REPEAT_FLOOR * policy.scale(lifetime)
    soonest = policy.soonest(now=START, longest=lifetime)

    again = policy.ask_again_at(
        now=START, renew_at=renew_at, expires_at=expires_at, longest=lifetime
    )

    assert soonest > START
    assert again >= min(START + floor, max(expires_at, soonest))
    over = min(START - expires_at, floor)
    assert again <= max(expires_at, soonest, START + over)
    assert again >= renew_at or again == soonest


def test_what_was_asked_for_early_is_asked_for_again_at_its_renewal() -> None:
    renew_at = START + HOUR

    again = policy.ask_again_at(
        now=START, renew_at=renew_at, expires_at=START + 2 * HOUR, longest=2 * HOUR
    )

    assert again == renew_at


@given(
    st.sampled_from(Reaction),
    instants,
    many,
    st.none() | st.timedeltas(SECOND, timedelta(days=2)),
    st.integers(-5, 500_000),
    st.timedeltas(SECOND, timedelta(days=1)),
    rngs,
)
def test_a_failure_is_always_tried_again_within_what_its_class_allows(
    reaction: Reaction,
    now: datetime,
    attempts: int,
    retry_after: timedelta | None,
    calls_left: int,
    cap: timedelta,
    rng: random.Random,
) -> None:
    again = policy.retry_at(
        reaction,
        now=now,
        attempts=attempts,
        retry_after=retry_after,
        calls_left=calls_left,
        cap=cap,
        rng=rng,
    )

    midnight = policy.next_quota_day(now)
    limits = {
        Reaction.TRANSIENT: cap,
        Reaction.PARENT_INVALID: timedelta(minutes=1),
        Reaction.NEEDS_INPUT: retry_after or timedelta(minutes=10),
        Reaction.OPERATOR: timedelta(hours=1),
        Reaction.WAIT_UNTIL: midnight - now if retry_after is None else retry_after,
    }
    quota = policy.quota_pause(now=now, calls_left=calls_left, cap=cap)
    assert now < again <= now + max(limits[reaction], quota)
    assert again >= midnight or calls_left > 0


@given(instants, st.integers(1, 500_000), st.timedeltas(SECOND, timedelta(days=1)))
def test_what_is_left_of_the_day_is_enough_for_the_calls_that_are_made(
    now: datetime, calls_left: int, cap: timedelta
) -> None:
    remaining = policy.next_quota_day(now) - now

    pause = policy.quota_pause(now=now, calls_left=calls_left, cap=cap)

    assert max(pause, cap) * calls_left > remaining - calls_left * SECOND / 1_000_000


def test_a_used_up_quota_waits_for_midnight_in_shanghai() -> None:
    cases = [0, -1]

    again = [
        policy.retry_at(
            Reaction.TRANSIENT,
            now=START,
            attempts=1,
            retry_after=None,
            calls_left=calls_left,
            cap=CAP,
            rng=random.Random(1),
        )
        for calls_left in cases
    ]

    assert again == [MIDNIGHT] * len(cases)


def test_the_pauses_of_a_transient_failure_double_up_to_their_cap() -> None:
    pauses = [backoff(SECOND, attempts, cap=CAP) for attempts in range(1, 14)]

    assert pauses[:4] == [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert pauses[-4:] == [512 * SECOND, CAP, CAP, CAP]


def test_no_number_of_failures_is_too_many() -> None:
    for reaction in Reaction:
        again = policy.retry_at(
            reaction,
            now=START,
            attempts=1_000_000,
            retry_after=None,
            calls_left=1000,
            cap=CAP,
            rng=random.Random(1),
        )

        assert again > START, reaction


def test_a_force_is_possible_every_30_seconds_20_times_a_day() -> None:
    cases = [
        (0, None, timedelta(0)),
        (1, 10, timedelta(seconds=20)),
        (1, 30, timedelta(0)),
        (19, 31, timedelta(0)),
        (20, 3600, MIDNIGHT - START),
    ]

    for forces, seconds_ago, pause in cases:
        forced_at = None if seconds_ago is None else START - timedelta(seconds=seconds_ago)

        at = policy.force_at(now=START, forces=forces, forced_at=forced_at)

        assert (forces, at) == (forces, START + pause)


@given(instants)
def test_a_quota_day_ends_at_midnight_in_shanghai(now: datetime) -> None:
    midnight = policy.next_quota_day(now)

    assert now < midnight <= now + timedelta(days=1)
    assert midnight.astimezone(policy.SHANGHAI).time().isoformat() == "00:00:00"
    assert policy.quota_day(midnight) == policy.quota_day(now) + timedelta(days=1)


def test_a_state_is_read_off_the_stored_instants() -> None:
    cases = [
        (None, Freshness.PENDING),
        (0 * HOUR, Freshness.FRESH),
        (1.8 * HOUR - SECOND, Freshness.FRESH),
        (1.8 * HOUR, Freshness.STALE),
        (2 * HOUR - SECOND, Freshness.STALE),
        (2 * HOUR, Freshness.EXPIRED),
    ]

    for age, state in cases:
        view = JobView(
            key=JobKey("wx1", "access_token"),
            version=1,
            issued_at=None if age is None else START,
            expires_at=None if age is None else START + 2 * HOUR,
            renew_at=None if age is None else START + 1.8 * HOUR,
            due_at=START,
            claimed=False,
            suspect=False,
            attempts=0,
            calls=0,
            waits_on="",
            fault=None,
            contest=None,
            receivers=(),
        )

        assert policy.freshness(view, START + (age or timedelta(0))) is state, age


@given(instants, st.integers(1, 500_000))
def test_half_of_the_days_calls_may_be_made_at_once(now: datetime, limit: int) -> None:
    at_once = max(1, limit // 2)

    assert policy.call_at(now=now, calls=at_once, limit=limit) == now
    assert policy.call_at(now=now, calls=limit + 1, limit=limit) == policy.next_quota_day(now)


@given(instants, st.integers(1, 500_000), st.integers(20, 500_000))
def test_a_call_that_has_to_wait_is_allowed_when_its_time_has_come(
    now: datetime, calls: int, limit: int
) -> None:
    allowed_at = policy.call_at(now=now, calls=calls, limit=limit)

    assert now <= allowed_at <= policy.next_quota_day(now)
    if policy.quota_day(allowed_at) == policy.quota_day(now):
        assert policy.call_at(now=allowed_at, calls=calls, limit=limit) == allowed_at
        assert calls <= limit * 0.9


@given(instants, st.integers(100, 500_000))
def test_calls_come_in_evenly_so_that_the_next_renewal_finds_one(now: datetime, limit: int) -> None:
    midnight = policy.next_quota_day(now)
    made = limit // 2 + 1

    while policy.call_at(now=now, calls=made, limit=limit) == now and made < limit // 2 + 50:
        made += 1
    first = policy.call_at(now=now, calls=made, limit=limit)
    second = policy.call_at(now=now, calls=made + 1, limit=limit)

    assert second - first <= timedelta(days=1) / (0.39 * limit) or second == midnight


def test_the_smaller_of_the_two_limits_holds() -> None:
    cases = [
        (1000, None, 0.5, 1000),
        (1000, 2000, 0.25, 500),
        (1000, 500_000, 0.5, 1000),
        (9, 1, 0.1, 1),
    ]

    limits = [
        policy.daily_limit(most=most, documented=documented, share=share)
        for most, documented, share, _ in cases
    ]

    assert limits == [limit for *_, limit in cases]
