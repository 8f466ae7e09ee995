"""Finds what is wrong: pure functions of facts, and the sentences about it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.alerts import sentences
from wechat_scheduler.alerts.model import AlertKey, Condition, Severity
from wechat_scheduler.alerts.ports import DeadLetters, LostJobs, NotedJob
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.credentials.dead_values import is_dead
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.engine.sentences import Sentence
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
        yield Condition(
            key=AlertKey(AlertRule.CREDENTIAL_EXPIRES, subject_of(group)),
            appid=key.appid,
            kind=key.kind,
            severity=Severity.CRITICAL if left <= SOON else Severity.WARNING,
            text=f"{_of(group, fault.message)}; {_until(first, left)}",
            advice=fault.advice,
            lasts=_lasts(fault.reaction, left),
        )


def subject_of(group: LostJobs) -> str:
    """What the alert about these jobs is about: the account and the kind."""
    return f"{group.first.key.appid}/{group.first.key.kind}"


def _of(group: LostJobs, message: str) -> str:
    key = group.first.key
    if group.others:
        return sentences.MORE.fill(key=key, others=group.others, message=message)
    return f"{key}: {message}"


def _left(job: NotedJob, now: datetime) -> timedelta:
    if job.expires_at is None or is_dead(job.fault, suspect=job.suspect):
        return timedelta(0)
    return max(timedelta(0), job.expires_at - now)


def _until(job: NotedJob, left: timedelta) -> str:
    if job.expires_at is None:
        return sentences.NO_VALUE_YET.en
    if not left:
        return sentences.NO_VALID_VALUE.en
    return sentences.EXPIRES_AT.fill(at=f"{job.expires_at:%Y-%m-%dT%H:%M:%SZ}")


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
            text=sentences.NO_TICKET.fill(appid=appid, at=f"{came_at:%Y-%m-%dT%H:%M:%SZ}"),
            advice=sentences.TICKET.en,
        )


def dead_letters(
    dead: Sequence[DeadLetters], apps: Mapping[int, tuple[str, str]], *, most: int
) -> Iterator[Condition]:
    """`apps` gives the name and the account of each app; `most` messages in an hour are too many."""
    for each in dead:
        if each.deliveries < most:
            continue
        name, appid = apps.get(each.app_id, ("", ""))
        yield Condition(
            key=AlertKey(AlertRule.DEAD_LETTERS, f"app/{each.app_id}"),
            appid=appid,
            severity=Severity.WARNING,
            text=sentences.DIED.fill(
                messages=_messages(each.deliveries),
                whose=_sender(each.app_id, name),
                error=each.error,
            ),
            advice=sentences.REPLAY.en,
        )


def _sender(app_id: int, name: str) -> str:
    if not app_id:
        return sentences.BOT.en
    return (
        sentences.NAMED_APP.fill(app=app_id, name=name) if name else sentences.APP.fill(app=app_id)
    )


def _messages(count: int) -> str:
    return sentences.MESSAGE.en if count == 1 else sentences.MESSAGES.fill(count=count)


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
            text=sentences.SPENT.fill(what=each.what, used=each.used, most=each.most),
            advice=sentences.MANY_CALLS.en
            if each.kind
            else sentences.SLOW_DOWN.fill(appid=each.appid),
        )


def slow(speed: Speed, *, commit_time: timedelta, node: str) -> Iterator[Condition]:
    if speed.commit_time >= commit_time:
        yield _slow(
            "commits",
            node,
            sentences.SLOW_COMMIT.fill(
                node=node, seconds=f"{speed.commit_time.total_seconds():.1f}"
            ),
            sentences.SLOW_STORE,
        )
    for name in speed.standing:
        text = sentences.LOOP_STANDS.fill(name=name, node=node)
        yield _slow(f"loop/{name}", node, text, sentences.STANDING)
    for name, late in speed.late.items():
        if late >= LATE:
            text = sentences.QUEUE_LATE.fill(name=name, minutes=LATE // timedelta(minutes=1))
            yield _slow(f"queue/{name}", "", text, sentences.LATE_QUEUE)


def _slow(subject: str, node: str, text: str, advice: Sentence) -> Condition:
    return Condition(
        key=AlertKey(AlertRule.STORE_SLOW, subject, node),
        severity=Severity.CRITICAL,
        text=text,
        advice=advice.en,
        lasts=STORE_LASTS,
    )
