"""What an attempt does to the tables: the counterpart of `storage/jobs.py`."""

from datetime import datetime

from tests.stores.tables import Job, Tables
from wechat_scheduler.credentials.inputs import parent_name
from wechat_scheduler.credentials.model import (
    AUTHORIZATION,
    ClaimedJob,
    Failed,
    Outcome,
    Repeated,
    Rotated,
    Snapshot,
    Spent,
)
from wechat_scheduler.credentials.policy import quota_day
from wechat_scheduler.errors import Reaction


def claim(tables: Tables, job: Job, claimer: str, now: datetime, until: datetime) -> ClaimedJob:
    today = quota_day(now)
    if job.day != today:
        job.day, job.calls, job.forces = today, 0, 0
    job.calls += 1
    job.claimed_by, job.due_at = claimer, until
    return ClaimedJob(
        key=job.key,
        claim=claimer,
        account=tables.accounts[job.key.appid],
        credential=job.credential,
        subject=job.subject,
        version=job.version,
        longest=job.longest,
        attempts=job.attempts,
        calls=job.calls,
        forces=job.forces,
        forced_at=job.forced_at,
        fault=job.fault,
        contest=job.contest,
        waits_on=job.waits_on,
        revision=job.revision,
        suspect=job.suspect,
        asks_params=job.asks_params,
        params=tables.params(job.key),
    )


def save(tables: Tables, outcome: Outcome, now: datetime) -> Snapshot | None:
    job = tables.jobs.get(outcome.job.key)
    if job is None or job.claimed_by != outcome.job.claim:
        return None
    job.claimed_by = ""
    _spend(job, outcome.spent)
    if isinstance(outcome, Failed):
        _fail(tables, job, outcome, now)
    else:
        _keep(tables, job, outcome, now)
    return snapshot(job)


def snapshot(job: Job) -> Snapshot:
    return Snapshot(
        key=job.key,
        subject=job.subject,
        credential=job.credential,
        fault=None if job.claimed_by else job.fault,
        due_at=job.due_at,
    )


def _spend(job: Job, spent: Spent) -> None:
    job.calls += spent.calls - 1
    if spent.forced_at is not None:
        job.forced_at = spent.forced_at
        job.forces += 1


def _keep(tables: Tables, job: Job, outcome: Rotated | Repeated, now: datetime) -> None:
    changed = job.revision != outcome.job.revision
    reported = job.suspect and not outcome.job.suspect and isinstance(outcome, Repeated)
    if job.credential is not None:
        replaced = job.credential.refresh_token
        if replaced and replaced != outcome.credential.refresh_token:
            kept = tables.earlier.get(job.key, [])
            tables.earlier[job.key] = [replaced, *kept][:3]
    job.credential, job.version = outcome.credential, outcome.credential.version
    job.subject, job.longest = outcome.subject, outcome.longest
    job.due_at = now if changed or reported else outcome.due_at
    job.asks_params = job.asks_params and changed
    job.attempts, job.fault, job.waits_on = 0, None, ""
    if isinstance(outcome, Rotated):
        job.suspect = False
        job.contest = outcome.contest or job.contest
        _tell(tables, job, now)
        _wake(tables, job, now)


def _tell(tables: Tables, job: Job, now: datetime) -> None:
    for owner, interest in tables.owners(job.key).items():
        if interest.notify:
            tables.put_notice(job.key, owner, now)


def _wake(tables: Tables, job: Job, now: datetime) -> None:
    """The jobs that need the value."""
    names = {parent_name(job.key), parent_name(job.key._replace(subject=job.subject))}
    for child in tables.jobs.values():
        waits = child.key.appid == job.key.appid and child.waits_on in names
        if waits and not child.claimed_by:
            child.waits_on, child.due_at = "", now


def _fail(tables: Tables, job: Job, outcome: Failed, now: datetime) -> None:
    came = _parent_is_ready(tables, outcome, now) or _push_is_there(tables, outcome)
    job.due_at = now if came or job.revision != outcome.job.revision else outcome.due_at
    job.fault, job.waits_on = outcome.fault, outcome.waits_on
    job.attempts += 1
    if outcome.waits_on == AUTHORIZATION and job.credential is not None:
        job.credential = None
        _tell(tables, job, now)


def _push_is_there(tables: Tables, outcome: Failed) -> bool:
    """It came while the attempt found none, which did not get as far as asking WeChat."""
    fault = outcome.fault
    found_none = fault.reaction is Reaction.NEEDS_INPUT and not fault.endpoint
    return found_none and (outcome.job.key.appid, outcome.waits_on) in tables.pushes


def _parent_is_ready(tables: Tables, outcome: Failed, now: datetime) -> bool:
    """It got its value just before its child went to sleep."""
    kind, slash, subject = outcome.waits_on.partition("/")
    if not slash or outcome.fault.reaction is not Reaction.PARENT_INVALID:
        return False
    return any(
        job.key[:2] == (outcome.job.key.appid, kind)
        and subject in (job.key.subject, job.subject)
        and job.credential is not None
        and job.version > outcome.seen
        and job.credential.expires_at > now
        for job in tables.jobs.values()
    )
