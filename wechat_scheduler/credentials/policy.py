"""The margin before expiry, the pauses between retries, and the day's quota of calls.

All are pure functions of the time and of what is stored.
"""

import enum
import random
from datetime import UTC, date, datetime, timedelta, timezone

from wechat_scheduler.credentials.dead_values import is_dead
from wechat_scheduler.credentials.model import AUTHORIZATION, Contest, Credential, Renewal
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.engine.backoff import FIRST_RETRY, backoff, jittered
from wechat_scheduler.engine.clock import AHEAD
from wechat_scheduler.reasons import Reaction

# The margin before expiry: a credential is renewed 5 min, or a tenth of its lifetime if that is
# longer, before it expires.
MARGIN = timedelta(minutes=5)
MARGIN_SHARE = 0.10
# Jitter widens the margin by up to this share, so that jobs registered together spread out.
JITTER_SHARE = 0.05
# The margin with its jitter is at most a quarter of the lifetime.
WIDEST_MARGIN_SHARE = 0.25

# The lifetime that WeChat grants. Shorter lifetimes (the sandbox's) scale every period below.
FULL_LIFE = timedelta(hours=2)

# What clocks and whole seconds may differ by, however short the lifetime.
LEAST_SLACK = timedelta(seconds=1)

# WeChat's counters restart at midnight in Shanghai, which has had no DST since 1991.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

# WeChat forces a new stable token 20 times a day, and ignores a force within 30 s of the last.
FORCES_PER_DAY = 20
FORCE_SPACING = timedelta(seconds=30)

# Reports within 30 s of the issue have to wait: a consumer that rejects every new value is at fault
# itself, or another program fetches the token too, and then no race for the newest one can be won.
REPORT_SPACING = timedelta(seconds=30)

# A contest is shown on its job for this long.
CONTEST_SHOWN = timedelta(days=1)

# stable_token and tickets return the same value until near its expiry: the shortest pause between
# two calls that return it.
REPEAT_FLOOR = timedelta(seconds=60)

# This share of a day's calls may be made at any time; the rest becomes available evenly until
# midnight, so that a call is left for the next renewal however many refreshes are requested. The
# last tenth is for the calls of an attempt after its first: other inputs, a busy WeChat.
AT_ONCE = 0.5
BY_MIDNIGHT = 0.9
DAY = timedelta(days=1)

OPERATOR_RETRY = (timedelta(minutes=5), timedelta(hours=1))
INPUT_RETRY = (timedelta(seconds=30), timedelta(minutes=10))
# Only an event or a registration brings what WeChat alone can give; these pauses cover a lost event.
RECOVERY_RETRY = timedelta(days=1)
REVOKED_RETRY = timedelta(days=30)
# A parent wakes the jobs that wait for it; this pause covers a lost wake-up.
PARENT_RETRY = timedelta(seconds=60)


class Freshness(enum.StrEnum):
    """The state of a job's credential."""

    PENDING = "pending"
    """No credential has been issued yet."""

    FRESH = "fresh"

    STALE = "stale"
    """Valid, and inside its renewal window."""

    EXPIRED = "expired"  # or dead

    REVOKED = "revoked"
    """The account withdrew its authorisation; there is no credential until it grants it again."""


def freshness(view: JobView, now: datetime) -> Freshness:
    """The state that follows from the stored times."""
    if view.waits_on == AUTHORIZATION:
        return Freshness.REVOKED
    if view.expires_at is None or view.renew_at is None:
        return Freshness.PENDING
    is_over = now >= view.expires_at or is_ahead(view.issued_at, now)
    if is_over or is_dead(view.fault, suspect=view.suspect):
        return Freshness.EXPIRED
    return Freshness.STALE if now >= view.renew_at else Freshness.FRESH


def is_ahead(issued_at: datetime | None, now: datetime) -> bool:
    """Whether a value was stored by another clock, so that its expiry is unknown."""
    return issued_at is not None and issued_at - now > AHEAD


def time_left(credential: Credential, *, now: datetime, longest: timedelta) -> timedelta:
    """The lifetime that a stored value has left, as far as its times can be trusted: zero if they come
    from another clock, and at most what WeChat ever gave (`longest`, zero if unknown)."""
    left = credential.expires_at - now
    most = longest or credential.expires_at - credential.issued_at
    slack = max(AHEAD * scale(most), LEAST_SLACK)
    if credential.issued_at - now > slack or left > most + slack:
        return timedelta(0)
    return min(left, most)


def scale(longest: timedelta) -> float:
    """The factor for every period of this credential: 1 for a lifetime of two hours, less for less."""
    return min(1.0, longest / FULL_LIFE)


def renew_at(
    *,
    expires_at: datetime,
    lifetime: timedelta,
    longest: timedelta,
    renewal: Renewal,
    rng: random.Random,
) -> datetime:
    """The time at which a credential issued just now is to be renewed, decided once.

    ORDINARY and FIXED: the expiry minus max(300 s, 10 %), minus up to 5 % of jitter, at most a quarter of the lifetime.
    For FIXED this call returns the same value, and says how long it really lives and whether WeChat refuses. LATE: in
    the last 300 s, because an earlier call returns the same value.
    """
    if renewal is Renewal.LATE:
        window = min(MARGIN * scale(longest), lifetime)
        return expires_at - window * rng.uniform(0.8, 0.95)
    margin = max(MARGIN, lifetime * MARGIN_SHARE) + lifetime * JITTER_SHARE * rng.random()
    cap = lifetime * (WIDEST_MARGIN_SHARE - JITTER_SHARE * rng.random())
    return expires_at - min(margin, cap)


def soonest(*, now: datetime, longest: timedelta) -> datetime:
    """The earliest next call after an issuance, however short its lifetime."""
    return now + max(REPEAT_FLOOR * scale(longest) / 60, timedelta(milliseconds=100))


def ask_again_at(
    *,
    now: datetime,
    renew_at: datetime,
    expires_at: datetime,
    longest: timedelta,
    renewal: Renewal = Renewal.ORDINARY,
) -> datetime:
    """The next call after WeChat returned the value that we already have.

    At the renewal if that lies ahead, else after half of the remaining lifetime, but at least 60 s (scaled) from now;
    at the expiry itself if that is nearer, or for FIXED. Then the pauses grow with the time since it, to at most 60 s.
    """
    remaining = expires_at - now
    floor = REPEAT_FLOOR * scale(longest)
    if remaining < timedelta(0):
        return max(now + min(-remaining, floor), soonest(now=now, longest=longest))
    if remaining <= floor:
        return max(expires_at, soonest(now=now, longest=longest))
    if now < renew_at:
        return max(renew_at, now + floor)
    if renewal is Renewal.FIXED:
        return expires_at
    return now + max(floor, remaining / 2)


def force_at(*, now: datetime, forces: int, forced_at: datetime | None) -> datetime:
    """The earliest time at which WeChat accepts another forced refresh: `now`, or later."""
    if forces >= FORCES_PER_DAY:
        return next_quota_day(now)
    return now if forced_at is None else max(now, min(now, forced_at) + FORCE_SPACING)


def recent_contest(view: JobView, now: datetime) -> Contest | None:
    """The job's contest if it is less than `CONTEST_SHOWN` old."""
    found = view.contest
    return found if found is not None and now - found.at < CONTEST_SHOWN else None


def believe_at(*, now: datetime, issued_at: datetime, longest: timedelta) -> datetime:
    """When a report that a value is dead takes effect: `now`, or later. An issue that lies in the
    future (the clock was set back) counts as now."""
    return max(now, min(now, issued_at) + REPORT_SPACING * scale(longest))


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
    """The time of the next attempt after `attempts` (>= 1) failures in a row."""
    match reaction:
        case Reaction.TRANSIENT:
            pause = jittered(backoff(FIRST_RETRY, attempts, cap=cap), rng)
        case Reaction.PARENT_INVALID:
            pause = PARENT_RETRY
        case Reaction.NEEDS_INPUT:
            pause = retry_after or backoff(INPUT_RETRY[0], attempts, cap=INPUT_RETRY[1])
        case Reaction.WAIT_UNTIL:
            pause = retry_after if retry_after is not None else next_quota_day(now) - now
        case Reaction.OPERATOR:
            pause = jittered(backoff(OPERATOR_RETRY[0], attempts, cap=OPERATOR_RETRY[1]), rng)
    return now + max(pause, quota_pause(now=now, calls_left=calls_left, cap=cap))


def quota_pause(*, now: datetime, calls_left: int, cap: timedelta) -> timedelta:
    """The shortest pause that today's remaining calls allow: zero while they suffice for a call every
    `cap`; otherwise they are spread evenly over the rest of the day."""
    remaining = next_quota_day(now) - now
    if calls_left <= 0:
        return remaining
    if calls_left * cap > remaining:
        return timedelta(0)
    return remaining / calls_left


def daily_limit(*, most: int, documented: int | None, share: float) -> int:
    """The calls that a credential may make in a day: at most `most`, and at most `share` of the number
    that WeChat documents for its endpoint, if there is one."""
    return most if documented is None else max(1, min(most, int(documented * share)))


def call_at(*, now: datetime, calls: int, limit: int) -> datetime:
    """The earliest time for an attempt whose first call is number `calls` (>= 1) of today's `limit`:
    `now`, or later."""
    if calls <= max(1.0, limit * AT_ONCE):
        return now
    midnight = next_quota_day(now)
    if calls > limit * BY_MIDNIGHT:
        return midnight
    elapsed = (calls / limit - AT_ONCE) / (BY_MIDNIGHT - AT_ONCE)
    return max(now, midnight - DAY * (1 - elapsed))


def quota_day(now: datetime) -> date:
    """The day that WeChat counts calls by."""
    return now.astimezone(SHANGHAI).date()


def next_quota_day(now: datetime) -> datetime:
    """The next restart of WeChat's counters: midnight in Shanghai, in UTC."""
    tomorrow = quota_day(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=SHANGHAI).astimezone(UTC)
