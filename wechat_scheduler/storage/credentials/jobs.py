"""The scripts that claim jobs, store outcomes, and act on a rotation."""

from datetime import datetime

from wechat_scheduler.credentials.cells import state_after
from wechat_scheduler.credentials.inputs import parent_name
from wechat_scheduler.credentials.model import (
    AUTHORIZATION,
    ClaimedJob,
    Failed,
    JobKey,
    Repeated,
    Rotated,
    Snapshot,
    Spent,
)
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.claims import DueTable
from wechat_scheduler.storage.credentials import late_outcomes, refresh_digests, refresh_tokens
from wechat_scheduler.storage.credentials.job_claims import EARLIEST
from wechat_scheduler.storage.credentials.notifications import put_notifications
from wechat_scheduler.storage.credentials.wake_ups import wake
from wechat_scheduler.storage.database import Script, Statement
from wechat_scheduler.storage.locking import lock_job, lock_pushes
from wechat_scheduler.storage.rows import (
    MICROSECOND,
    Vault,
    contest_text,
    fault_text,
    instant,
    micros,
    micros_or_none,
)

# The call is counted with the claim, so that a crash does not lose it.
DUE = DueTable(
    table="jobs",
    key="appid, kind, subject",
    queue="TRUE",
    earliest=EARLIEST,
    marks="""
        calls = CASE WHEN quota_day = $5 THEN calls ELSE 0 END + 1,
        forces = CASE WHEN quota_day = $5 THEN forces ELSE 0 END,
        quota_day = $5
    """,
    returning="""
        appid, kind, subject, params, credential, version, issued_at, expires_at,
        renew_at, longest, claimed_by, attempts, calls, forces, forced_at, fault, contest, waits_on,
        revision, suspect, asks_params,
        CASE WHEN claimed_by IS NULL THEN NULL ELSE due_at END AS until,
        (SELECT secret FROM accounts WHERE accounts.appid = jobs.appid) AS secret,
        (SELECT endpoint FROM accounts WHERE accounts.appid = jobs.appid) AS endpoint
    """,
)
EXPIRING = f"""
    SELECT {DUE.returning} FROM jobs WHERE due_at <= $1 AND coalesce(expires_at, 0) <= $2
    ORDER BY coalesce(expires_at, 0) LIMIT $3
"""  # noqa: S608 - our own text
# The job stays due now if its registration changed during the attempt (the revision shows it), and if
# the value was reported dead during the attempt and the attempt brought the same value again. Such a
# report stays until the value changes.
SAVE_CREDENTIAL = """
    UPDATE jobs SET credential = $5, version = $6, issued_at = $7, expires_at = $8, renew_at = $9,
        longest = $10, attempts = 0, fault = NULL, waits_on = '', claimed_by = NULL,
        due_at = CASE WHEN revision = $11 AND suspect <= $16 THEN CAST($12 AS BIGINT)
                 ELSE CAST($13 AS BIGINT) END,
        asks_params = CASE WHEN revision = $11 THEN 0 ELSE asks_params END,
        suspect = CASE WHEN version = $6 THEN suspect ELSE 0 END,
        calls = calls - 1 + $14,
        forces = forces + CASE WHEN CAST($15 AS BIGINT) IS NULL THEN 0 ELSE 1 END,
        forced_at = coalesce($15, forced_at),
        contest = coalesce($17, contest)
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND claimed_by = $4
    RETURNING due_at,
        EXISTS (
            SELECT 1 FROM registrations r
            WHERE r.appid = jobs.appid AND r.kind = jobs.kind AND r.job = jobs.subject
                AND r.notify <> ''
        ) AS told
"""
SAVE_FAULT = """
    UPDATE jobs SET fault = $5, waits_on = $6, attempts = attempts + 1, claimed_by = NULL,
        due_at = CASE WHEN revision = $7 THEN CAST($8 AS BIGINT) ELSE CAST($9 AS BIGINT) END,
        calls = calls - 1 + $10,
        forces = forces + CASE WHEN CAST($11 AS BIGINT) IS NULL THEN 0 ELSE 1 END,
        forced_at = coalesce($11, forced_at)
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND claimed_by = $4
    RETURNING due_at
"""
# A parent that gets its value just before its child begins to wait would never wake it.
PARENT_READY = """
    SELECT appid FROM jobs
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND version > $4 AND expires_at > $5
"""
# An attempt without the pushed input ended before the call to WeChat.
PUSH_READY = "SELECT appid FROM pushes WHERE appid = $1 AND name = $2 LIMIT 1"
HASTEN = """
    UPDATE jobs SET due_at = CASE
        WHEN claimed_by IS NULL AND due_at > $4 AND due_at = coalesce(CAST($5 AS BIGINT), due_at) THEN $4
        ELSE due_at END
    WHERE appid = $1 AND kind = $2 AND subject = $3 RETURNING appid
"""
SUSPECT = """
    UPDATE jobs SET suspect = 1,
        due_at = CASE WHEN claimed_by IS NULL AND due_at > $5 THEN $5 ELSE due_at END
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND version = $4 AND suspect = 0
    RETURNING appid
"""

DROP = """
    UPDATE jobs SET credential = NULL, issued_at = NULL, expires_at = NULL, renew_at = NULL
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND credential IS NOT NULL
    RETURNING appid
"""


def save(
    vault: Vault, outcome: Rotated | Repeated | Failed, now: datetime
) -> Script[Snapshot | None]:
    """Store an outcome, also of an attempt that lost its claim, as far as `late_outcomes` permits."""
    due_at = yield from _saved(vault, outcome, now)
    if due_at is None:
        due_at = yield from late_outcomes.is_stored(outcome)
    if due_at is None and isinstance(outcome, Rotated):
        reclaimed = yield from late_outcomes.reclaimed(outcome)
        if reclaimed is None:
            yield from late_outcomes.outrun(vault, outcome, micros(now))
        else:
            outcome, until = reclaimed
            due_at = yield from _save_late(vault, outcome, until, now)
    if due_at is None and isinstance(outcome, Failed):
        yield from late_outcomes.end_unasked(outcome)
    return None if due_at is None else state_after(outcome, due_at)


def _save_late(vault: Vault, late: Rotated, until: int, now: datetime) -> Script[datetime | None]:
    """`until` is the end of the claim that another attempt had, 0 if none had any."""
    due_at = yield from _save_credential(vault, late, now)
    if until <= micros(now):
        return due_at
    yield from late_outcomes.leave_time(late.job.key, until)
    return instant(until)


def _saved(
    vault: Vault, outcome: Rotated | Repeated | Failed, now: datetime
) -> Script[datetime | None]:
    match outcome:
        case Rotated() | Repeated():
            return (yield from _save_credential(vault, outcome, now))
        case Failed():
            return (yield from _save_fault(outcome, now))


def touch(statement: Statement) -> Script[bool]:
    """Run one update. Returns whether a row changed."""
    return bool((yield statement))


def _save_credential(
    vault: Vault, outcome: Rotated | Repeated, now: datetime
) -> Script[datetime | None]:
    job, credential = outcome.job, outcome.credential
    saved = yield Statement(
        SAVE_CREDENTIAL,
        (
            *_claimed(job),
            vault.seal_credential(job.key, credential),
            credential.version,
            micros(credential.issued_at),
            micros(credential.expires_at),
            micros(credential.renew_at),
            outcome.longest // MICROSECOND,
            job.revision,
            micros(outcome.due_at),
            micros(now),
            *_cost(outcome.spent),
            1 if isinstance(outcome, Rotated) else int(job.suspect),
            contest_text(outcome.contest) if isinstance(outcome, Rotated) else None,
        ),
    )
    if not saved:
        return None
    if isinstance(outcome, Rotated) and saved[0]["told"]:
        yield from put_notifications(job.key, micros(now))
    yield from refresh_digests.remember(job.key, credential, micros(now))
    if isinstance(outcome, Rotated):
        yield from wake_children(job.key, micros(now))
    if job.credential is not None:
        replaced = job.credential.refresh_token
        if replaced and replaced != credential.refresh_token:
            yield from refresh_tokens.keep(vault, job.key, replaced, micros(now))
    return instant(saved[0]["due_at"])


def wake_children(key: JobKey, now: int) -> Script[None]:
    """Make the jobs due that wait for this one's value."""
    yield from wake(key.appid, parent_name(key), now)


def _save_fault(outcome: Failed, now: datetime) -> Script[datetime | None]:
    job = outcome.job
    came = yield from _has_come(outcome, micros(now))
    due_at = micros(now) if came else micros(outcome.due_at)
    saved = yield Statement(
        SAVE_FAULT,
        (
            *_claimed(job),
            fault_text(outcome.fault),
            outcome.waits_on,
            job.revision,
            due_at,
            micros(now),
            *_cost(outcome.spent),
        ),
    )
    if not saved:
        return None
    if outcome.waits_on == AUTHORIZATION:
        yield from _drop(job.key, now)
    return instant(saved[0]["due_at"])


def _drop(key: JobKey, now: datetime) -> Script[None]:
    """Remove the value, since WeChat says that the authorization is gone, and notify its receivers."""
    if (yield Statement(DROP, key)):
        yield from put_notifications(key, micros(now))


def _has_come(outcome: Failed, now: int) -> Script[bool]:
    """Whether the input that the job is to wait for came during the attempt. It is locked, so that it
    comes before this look, or finds the job waiting."""
    appid, fault = outcome.job.key.appid, outcome.fault
    if "/" in outcome.waits_on and fault.reaction is Reaction.PARENT_INVALID:
        kind, subject = outcome.waits_on.split("/", 1)
        yield lock_job(appid, kind, subject)
        parent = (appid, kind, subject)
        return bool((yield Statement(PARENT_READY, (*parent, outcome.seen, now))))
    if fault.reaction is Reaction.NEEDS_INPUT and not fault.endpoint:
        yield lock_pushes(appid)
        return bool((yield Statement(PUSH_READY, (appid, outcome.waits_on))))
    return False


def _claimed(job: ClaimedJob) -> tuple[str, str, str, str]:
    return (*job.key, job.claim)


def _cost(spent: Spent) -> tuple[int, int | None]:
    return spent.calls, micros_or_none(spent.forced_at)
