"""Finds what is wrong: pure functions of facts, and the sentences about it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.alerts.model import AlertKey, Condition, Severity
from wechat_scheduler.alerts.ports import DeadLetters, LostJobs, NotedJob
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.credentials.dead_values import is_dead
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reasons import Reaction

# As in contrib/alerts.yml: an input often arrives by itself, the rest needs a person.
OPERATOR_LASTS: Final = timedelta(minutes=5)
INPUT_LASTS: Final = timedelta(minutes=30)
EXPIRED_LASTS: Final = timedelta(minutes=2)
STORE_LASTS: Final = timedelta(minutes=2)
LATE: Final = timedelta(minutes=2)
# A credential that cannot be replaced is critical in its last hour.
SOON: Final = timedelta(hours=1)
# A contest that was not repeated for this long is over: a token lives two hours.
CONTESTED_FOR: Final = timedelta(hours=6)
# A ticket is valid for twelve hours; with half of them gone it is urgent.
TICKET_URGENT: Final = timedelta(hours=6)

REPLAY: Final = (
    "wechat-scheduler deliveries list --in dead says why; once the cause is gone, "
    "wechat-scheduler deliveries replay --in dead sends them"
)
TICKET: Final = (
    "WeChat pushes one every ten minutes, and each is valid for twelve hours: wechat-scheduler doctor says "
    "what to check"
)
MANY_CALLS: Final = "wechat-scheduler jobs list shows why; a failure that repeats makes many calls"
SLOW_DOWN: Final = "slow the callers down; GET /v1/quotas/{appid} names the largest, wechat-scheduler quota clear resets it"
SLOW_STORE: Final = (
    "look for a slow or full disk, or a busy database; wechat-scheduler doctor measures it"
)
STANDING: Final = "restart the daemon, and please report what its log said before"
LATE_QUEUE: Final = (
    "calls hang, or more rows fall due than refresh.slots and callbacks.slots can handle; "
    "wechat-scheduler doctor says more"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NearQuota:
    """The calls of `what` today, of at most `most`: of a job, or of an account's path, whose `kind` is empty."""

    appid: str
    kind: str
    what: str
    used: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How quickly this process works: how long a commit takes, which loops stand, and how late the queues are."""

    commit_time: timedelta
    standing: tuple[str, ...]
    late: Mapping[str, timedelta]


def expiring(lost: Sequence[LostJobs], now: datetime) -> Iterator[Condition]:
    """Credentials that expire unless a person acts, by account and kind: a platform has thousands of them."""
    for group in lost:
        first, fault = group.first, group.first.fault
        if fault is None:
            continue
        key, left = first.key, _left(first, now)
        beside = f", and {group.others} more of this account" if group.others else ""
        code = f" ({fault.errcode})" if fault.errcode is not None else ""
        yield Condition(
            key=AlertKey(AlertRule.CREDENTIAL_EXPIRES, f"{key.appid}/{key.kind}"),
            appid=key.appid,
            kind=key.kind,
            severity=Severity.CRITICAL if left <= SOON else Severity.WARNING,
            text=f"{key}{beside}: {fault.message}{code}; {_until(first, left)}",
            advice=fault.advice,
            lasts=_lasts(fault.reaction, left),
        )


def _left(job: NotedJob, now: datetime) -> timedelta:
    if job.expires_at is None or is_dead(job.fault, suspect=job.suspect):
        return timedelta(0)
    return max(timedelta(0), job.expires_at - now)


def _until(job: NotedJob, left: timedelta) -> str:
    if job.expires_at is None:
        return "it has no value yet"
    at = f"{job.expires_at:%Y-%m-%dT%H:%M:%SZ}"
    return f"its value expires at {at}" if left else "it has no valid value"


def _lasts(reaction: Reaction, left: timedelta) -> timedelta:
    if reaction is Reaction.NEEDS_INPUT:
        return INPUT_LASTS
    return OPERATOR_LASTS if left else EXPIRED_LASTS


def contested(jobs: Sequence[NotedJob], now: datetime) -> Iterator[Condition]:
    for job in jobs:
        contest = job.contest
        if contest is None or now - contest.at > CONTESTED_FOR:
            continue
        yield Condition(
            key=AlertKey(AlertRule.CREDENTIAL_CONTESTED, str(job.key)),
            appid=job.key.appid,
            kind=job.key.kind,
            severity=Severity.WARNING,
            text=f"{job.key}: {contest.message}",
            advice=contest.advice,
        )


def missing_tickets(
    tickets: Mapping[str, datetime],
    *,
    age: timedelta,
    known: Collection[AlertKey],
    started_at: datetime,
    now: datetime,
) -> Iterator[Condition]:
    """A daemon that was off missed some: unless the alert is `known`, it waits since `started_at`."""
    for appid, came_at in tickets.items():
        key = AlertKey(AlertRule.TICKET_MISSING, appid)
        waited = now - (came_at if key in known else max(came_at, started_at))
        if waited <= age:
            continue
        urgent = now - came_at > TICKET_URGENT
        yield Condition(
            key=key,
            appid=appid,
            severity=Severity.CRITICAL if urgent else Severity.WARNING,
            text=f"no component_verify_ticket came for {appid} since {came_at:%Y-%m-%dT%H:%M:%SZ}",
            advice=TICKET,
        )


def dead_letters(
    dead: Sequence[DeadLetters], apps: Mapping[int, tuple[str, str]], *, most: int
) -> Iterator[Condition]:
    """`apps` gives the name and the account of each app; `most` messages in an hour are too many."""
    for each in dead:
        if each.deliveries < most:
            continue
        name, appid = apps.get(each.app_id, ("", ""))
        whose = f"app {each.app_id}{f' ({name})' if name else ''}" if each.app_id else "the bot"
        messages = "1 message" if each.deliveries == 1 else f"{each.deliveries} messages"
        yield Condition(
            key=AlertKey(AlertRule.DEAD_LETTERS, f"app/{each.app_id}"),
            appid=appid,
            severity=Severity.WARNING,
            text=f"{messages} of {whose} died in the last hour: {each.error}",
            advice=REPLAY,
        )


def near_quotas(quotas: Sequence[NearQuota], *, share: float, node: str) -> Iterator[Condition]:
    """`node` is the host of this daemon, which alone knows what WeChat said of a path."""
    for each in quotas:
        if not each.most or each.used < share * each.most:
            continue
        spent = each.used >= each.most
        yield Condition(
            key=AlertKey(AlertRule.QUOTA_NEARLY_SPENT, each.what, "" if each.kind else node),
            appid=each.appid,
            kind=each.kind,
            severity=Severity.CRITICAL if spent else Severity.WARNING,
            text=f"{each.what} has used {each.used} of its {each.most} calls of today",
            advice=MANY_CALLS if each.kind else SLOW_DOWN.format(appid=each.appid),
        )


def slow(speed: Speed, *, commit_time: timedelta, node: str) -> Iterator[Condition]:
    if speed.commit_time >= commit_time:
        yield _slow(
            "commits",
            node,
            f"a commit on {node} takes {speed.commit_time.total_seconds():.1f} s",
            SLOW_STORE,
        )
    for name in speed.standing:
        yield _slow(f"loop/{name}", node, f'the loop "{name}" on {node} does not turn', STANDING)
    for name, late in speed.late.items():
        if late >= LATE:
            yield _slow(
                f"queue/{name}",
                "",
                f'the queue "{name}" is late by more than {LATE // timedelta(minutes=1)} minutes',
                LATE_QUEUE,
            )


def _slow(subject: str, node: str, text: str, advice: str) -> Condition:
    return Condition(
        key=AlertKey(AlertRule.STORE_SLOW, subject, node),
        severity=Severity.CRITICAL,
        text=text,
        advice=advice,
        lasts=STORE_LASTS,
    )
