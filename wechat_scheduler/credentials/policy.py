"""When to refresh, when to try again: pure functions of what is known and what time it is."""

import enum
import random
from datetime import UTC, date, datetime, timedelta, timezone

from wechat_scheduler.credentials.model import JobView, Renewal
from wechat_scheduler.errors import Reaction

# WeChat's counters start anew at midnight in Shanghai, which has had no DST since 1991.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

# What WeChat gives a credential to live. Shorter lives (the sandbox's) scale every period below.
FULL_LIFE = timedelta(hours=2)

# An ordinary credential is renewed this long before it expires, or a tenth of its life if longer.
MARGIN = timedelta(minutes=5)
MARGIN_SHARE = 0.10
# Spread on top, so that jobs registered together do not stay together.
JITTER_SHARE = 0.05
# Whatever the rules say, three quarters of a life are used.
WHOLE_MARGIN_SHARE = 0.25

# WeChat forces a new stable token 20 times a day, and ignores a force within 30 s of the last.
FORCES_PER_DAY = 20
FORCE_SPACING = timedelta(seconds=30)

# stable_token and tickets return the same value until near the end: ask again no sooner than this.
REPEAT_FLOOR = timedelta(seconds=60)

FIRST_RETRY = timedelta(seconds=1)
OPERATOR_RETRY = (timedelta(minutes=5), timedelta(hours=1))
INPUT_RETRY = (timedelta(seconds=30), timedelta(minutes=10))
# A job that waits for its parent is woken by it; this is the net beneath.
PARENT_RETRY = timedelta(seconds=60)
# Beyond any cap, and far from where a timedelta overflows.
DOUBLINGS = 20


class State(enum.StrEnum):
    """How a job's credential stands."""

    PENDING = "pending"
    """None was ever issued."""

    FRESH = "fresh"

    STALE = "stale"
    """Valid, and inside its renewal window."""

    EXPIRED = "expired"


def state(view: JobView, now: datetime) -> State:
    """Read off the stored instants."""
    if view.expires_at is None or view.renew_at is None:
        return State.PENDING
    if now >= view.expires_at:
        return State.EXPIRED
    return State.STALE if now >= view.renew_at else State.FRESH


def scale(longest: timedelta) -> float:
    """How fast this credential's time runs: 1 for WeChat's two hours, less for shorter lives."""
    return min(1.0, longest / FULL_LIFE)


def renew_at(
    *,
    expires_at: datetime,
    lifetime: timedelta,
    longest: timedelta,
    renewal: Renewal,
    rng: random.Random,
) -> datetime:
    """When a credential issued just now is to be renewed, rolled once.

    ORDINARY: expiry less max(300 s, 10 %), less up to 5 % of jitter, never more than a quarter.
    LATE: inside the last 300 s, since any earlier ask returns the same value.
    """
    if renewal is Renewal.LATE:
        window = min(MARGIN * scale(longest), lifetime)
        return expires_at - window * rng.uniform(0.8, 0.95)
    margin = max(MARGIN, lifetime * MARGIN_SHARE) + lifetime * JITTER_SHARE * rng.random()
    cap = lifetime * (WHOLE_MARGIN_SHARE - JITTER_SHARE * rng.random())
    return expires_at - min(margin, cap)


def soonest(*, now: datetime, longest: timedelta) -> datetime:
    """Before this no answer, however short the life it gives, is followed by the next ask."""
    return now + max(REPEAT_FLOOR * scale(longest) / 60, timedelta(milliseconds=100))


def ask_again_at(
    *, now: datetime, renew_at: datetime, expires_at: datetime, longest: timedelta
) -> datetime:
    """When to ask again after WeChat returned the value we have.

    At its renewal if that is still ahead, else after half of what remains, but no sooner than 60 s
    (scaled); at the expiry itself when that is nearer.
    """
    remaining = expires_at - now
    floor = REPEAT_FLOOR * scale(longest)
    if remaining <= floor:
        return max(expires_at, soonest(now=now, longest=longest))
    if now < renew_at:
        return max(renew_at, now + floor)
    return now + max(floor, remaining / 2)


def force_at(*, now: datetime, forces: int, forced_at: datetime | None) -> datetime:
    """When WeChat will next be willing to force a new value: `now`, or later."""
    if forces >= FORCES_PER_DAY:
        return next_quota_day(now)
    return now if forced_at is None else max(now, forced_at + FORCE_SPACING)


def retry_at(
    reaction: Reaction,
    *,
    now: datetime,
    attempts: int,
    retry_after: timedelta | None,
    calls_left: int,
    cap: timedelta,
    rng: random.Random,
) -> datetime:
    """When to try again after `attempts` (>= 1) failures in a row."""
    match reaction:
        case Reaction.TRANSIENT:
            pause = jittered(backoff(FIRST_RETRY, attempts, cap=cap), rng)
        case Reaction.PARENT_INVALID:
            pause = PARENT_RETRY
        case Reaction.NEEDS_INPUT:
            pause = backoff(INPUT_RETRY[0], attempts, cap=INPUT_RETRY[1])
        case Reaction.WAIT_UNTIL:
            pause = retry_after if retry_after is not None else next_quota_day(now) - now
        case Reaction.OPERATOR:
            pause = jittered(backoff(OPERATOR_RETRY[0], attempts, cap=OPERATOR_RETRY[1]), rng)
    return now + max(pause, quota_pause(now=now, calls_left=calls_left, cap=cap))


def backoff(first: timedelta, attempts: int, *, cap: timedelta) -> timedelta:
    """`first`, doubled with each further attempt, at most `cap`."""
    return min(first * 2.0 ** min(attempts - 1, DOUBLINGS), cap)


def jittered(pause: timedelta, rng: random.Random) -> timedelta:
    """Between half of `pause` and all of it."""
    return pause * rng.uniform(0.5, 1.0)


def quota_pause(*, now: datetime, calls_left: int, cap: timedelta) -> timedelta:
    """What the rest of today's calls allows: nothing to wait while even a call every `cap` would
    leave some over; from there on they are spread over what remains of the day."""
    remaining = next_quota_day(now) - now
    if calls_left <= 0:
        return remaining
    if calls_left * cap > remaining:
        return timedelta(0)
    return remaining / calls_left


def quota_day(now: datetime) -> date:
    """The day that WeChat's counters are in."""
    return now.astimezone(SHANGHAI).date()


def next_quota_day(now: datetime) -> datetime:
    """When WeChat's counters start anew: the coming midnight in Shanghai, in UTC."""
    tomorrow = quota_day(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=SHANGHAI).astimezone(UTC)
