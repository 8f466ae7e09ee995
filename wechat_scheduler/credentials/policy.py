"""When to refresh, when to try again: pure functions of what is known and what time it is."""

import enum
import random
from datetime import UTC, date, datetime, timedelta, timezone

from wechat_scheduler.credentials.model import AUTHORIZATION, Contest, Credential, Renewal
from wechat_scheduler.credentials.views import JobView
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

# Believed no sooner after its issue: whoever finds every value dead is wrong, and whoever is right
# met another program, with which a race for the newest token cannot be won.
REPORT_SPACING = timedelta(seconds=30)

# How long a job shows that it was contested.
CONTEST_SHOWN = timedelta(days=1)

# stable_token and tickets return the same value until near the end: ask again no sooner than this.
REPEAT_FLOOR = timedelta(seconds=60)

# Of a day's calls this share may be made at any time. The others come in as the day goes on, so
# that however often people and programs ask for a refresh, the next renewal finds a call left. The
# last tenth is for what an attempt asks beyond its first call: other inputs, a busy WeChat.
AT_ONCE = 0.5
BY_MIDNIGHT = 0.9
DAY = timedelta(days=1)

FIRST_RETRY = timedelta(seconds=1)
OPERATOR_RETRY = (timedelta(minutes=5), timedelta(hours=1))
INPUT_RETRY = (timedelta(seconds=30), timedelta(minutes=10))
# Where nobody can be asked for the input but WeChat, which has none: an event, or a registration,
# brings it. These are the nets beneath.
RECOVERY_RETRY = timedelta(days=1)
REVOKED_RETRY = timedelta(days=30)
# A job that waits for its parent is woken by it; this is the net beneath.
PARENT_RETRY = timedelta(seconds=60)
# Beyond any cap, and far from where a timedelta overflows.
DOUBLINGS = 20


class Freshness(enum.StrEnum):
    """How a job's credential stands."""

    PENDING = "pending"
    """None was ever issued."""

    FRESH = "fresh"

    STALE = "stale"
    """Valid, and inside its renewal window."""

    EXPIRED = "expired"

    REVOKED = "revoked"
    """The account took back its authorisation: there is none until it gives it again."""


def freshness(view: JobView, now: datetime) -> Freshness:
    """Read off the stored instants."""
    if view.waits_on == AUTHORIZATION:
        return Freshness.REVOKED
    if view.expires_at is None or view.renew_at is None:
        return Freshness.PENDING
    if now >= view.expires_at:
        return Freshness.EXPIRED
    return Freshness.STALE if now >= view.renew_at else Freshness.FRESH


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


def ended_early(kept: Credential, *, asked_at: datetime, longest: timedelta) -> bool:
    """Whether a value that was replaced had more left than the last minutes, in which WeChat itself
    replaces it."""
    return kept.expires_at - asked_at > (MARGIN + REPEAT_FLOOR) * scale(longest)


def contest(view: JobView, now: datetime) -> Contest | None:
    """That somebody else fetches the credential, while that was of late."""
    found = view.contest
    return found if found is not None and now - found.at < CONTEST_SHOWN else None


def believe_at(*, now: datetime, issued_at: datetime) -> datetime:
    """When a report that a value is dead is acted upon: `now`, or later. A clock that was set back
    makes no value younger than it is."""
    return max(now, min(now, issued_at) + REPORT_SPACING)


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
            pause = retry_after or backoff(INPUT_RETRY[0], attempts, cap=INPUT_RETRY[1])
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


def daily_limit(*, most: int, documented: int | None, share: float) -> int:
    """The calls that a credential may make in a day: `most`, and no more than `share` of what WeChat
    documents for its endpoint, if it does."""
    return most if documented is None else max(1, min(most, int(documented * share)))


def call_at(*, now: datetime, calls: int, limit: int) -> datetime:
    """When the first of an attempt's calls may be made, being number `calls` (>= 1) of today's
    `limit`: `now`, or later."""
    midnight = next_quota_day(now)
    if calls <= max(1.0, limit * AT_ONCE):
        return now
    if calls > limit * BY_MIDNIGHT:
        return midnight
    elapsed = (calls / limit - AT_ONCE) / (BY_MIDNIGHT - AT_ONCE)
    return max(now, midnight - DAY * (1 - elapsed))


def quota_day(now: datetime) -> date:
    """The day that WeChat's counters are in."""
    return now.astimezone(SHANGHAI).date()


def next_quota_day(now: datetime) -> datetime:
    """When WeChat's counters start anew: the coming midnight in Shanghai, in UTC."""
    tomorrow = quota_day(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=SHANGHAI).astimezone(UTC)
