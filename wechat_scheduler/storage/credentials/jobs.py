"""The scripts that claim jobs, store outcomes, and act on a rotation."""

from datetime import datetime

from wechat_scheduler.credentials.cells import state_after
from wechat_scheduler.credentials.model import (
    AUTHORIZATION,
    Failed,
    JobKey,
    Repeated,
    Rotated,
    Snapshot,
)
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.claims import DueTable
from wechat_scheduler.storage.credentials import late_outcomes, stored_values
from wechat_scheduler.storage.credentials.job_claims import EARLIEST
from wechat_scheduler.storage.credentials.notifications import put_notifications
from wechat_scheduler.storage.credentials.stored_values import Values
from wechat_scheduler.storage.database import Script, Statement
from wechat_scheduler.storage.locking import lock_job, lock_pushes
from wechat_scheduler.storage.rows import (
    Vault,
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
SAVE_FAULT = """
    UPDATE jobs SET fault = $5, waits_on = $6, attempts = attempts + $12, claimed_by = NULL,
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
    if not isinstance(outcome, Failed):
        return (yield from save_values(vault, [outcome], now))[0]
    due_at = yield from _save_fault(outcome, now)
    if due_at is None:
        due_at = yield from late_outcomes.is_stored(outcome)
    if due_at is None:
        yield from late_outcomes.end_unasked(outcome)
    return None if due_at is None else state_after(outcome, due_at)


def save_values(vault: Vault, outcomes: Values, now: datetime) -> Script[list[Snapshot | None]]:
    """`save` for each of these."""
    found: list[Snapshot | None] = []
    if len({one.job.key for one in outcomes}) < len(outcomes):
        for one in outcomes:  # two claims of one job
            found += yield from save_values(vault, [one], now)
        return found
    due = yield from stored_values.store(vault, outcomes, now)
    for one in outcomes:
        due_at = due.get(one.job.key)
        found.append(
            state_after(one, due_at) if due_at else (yield from _save_late(vault, one, now))
        )
    return found


def _save_late(vault: Vault, outcome: Rotated | Repeated, now: datetime) -> Script[Snapshot | None]:
    """Store the value of an attempt that lost its claim, if it is not there already, nor a later one."""
    if due_at := (yield from late_outcomes.is_stored(outcome)):
        return state_after(outcome, due_at)
    if not isinstance(outcome, Rotated):
        return None
    reclaimed = yield from late_outcomes.reclaimed(outcome)
    if reclaimed is None:
        yield from late_outcomes.outrun(vault, outcome, micros(now))
        return None
    late, until = reclaimed  # the end of the claim that another attempt had, 0 if none had any
    due = yield from stored_values.store(vault, [late], now)
    due_at = due.get(late.job.key)
    if until > micros(now):
        yield from late_outcomes.leave_time(late.job.key, until)
        due_at = instant(until)
    return None if due_at is None else state_after(late, due_at)


def touch(statement: Statement) -> Script[bool]:
    """Run one update. Returns whether a row changed."""
    return bool((yield statement))


def _save_fault(outcome: Failed, now: datetime) -> Script[datetime | None]:
    job = outcome.job
    came = yield from _has_come(outcome, micros(now))
    due_at = micros(now) if came else micros(outcome.due_at)
    saved = yield Statement(
        SAVE_FAULT,
        (
            *job.key,
            job.claim,
            fault_text(outcome.fault),
            outcome.waits_on,
            job.revision,
            due_at,
            micros(now),
            outcome.spent.calls,
            micros_or_none(outcome.spent.forced_at),
            int(not outcome.fault.is_wait),
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
