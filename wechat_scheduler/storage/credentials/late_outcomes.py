"""Outcomes of attempts that have no claim any more.

Either the store took the outcome before, and only its answer was lost; or the attempt outlasted its
lease. An answer of WeChat's is kept in that case too, unless a later one is there: a rotated refresh
token would be lost with it.
"""

from datetime import datetime
from typing import Final

from wechat_scheduler.credentials.model import (
    AUTHORIZATION,
    Failed,
    Identified,
    JobKey,
    Outcome,
    Rotated,
)
from wechat_scheduler.engine.records import replace
from wechat_scheduler.storage.credentials import refresh_tokens
from wechat_scheduler.storage.database import Row, Script, Statement
from wechat_scheduler.storage.rows import Vault, fault_of, instant, micros

# `claimed_by` of a job whose attempt was outrun: it has no claim any more.
OUTRUN: Final = "outrun"

STORED = """
    SELECT version, issued_at, expires_at, renew_at, fault, due_at, claimed_by FROM jobs
    WHERE appid = $1 AND kind = $2 AND subject = $3
"""
# An account that withdrew its authorization gets no value back. A job that was removed and registered again
# gets no value of its former self, because it has had no attempt yet. The attempt that has the claim now loses
# it: what it brings is kept in the same way, if it is later. `due_at` is the end of that claim, 0 if there is none.
RECLAIM = """
    UPDATE jobs SET claimed_by = $4,
        due_at = CASE WHEN claimed_by IS NULL OR due_at = $8 THEN CAST(0 AS BIGINT) ELSE due_at END
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND waits_on <> $7
        AND (issued_at < $5 OR (
            issued_at IS NULL AND revision = $6 AND (claimed_by IS NOT NULL OR fault IS NOT NULL)
        ))
    RETURNING version, due_at
"""
# A third attempt would end the value that the second brings.
LEAVE_TIME = f"""
    UPDATE jobs SET claimed_by = '{OUTRUN}', due_at = $4
    WHERE appid = $1 AND kind = $2 AND subject = $3
"""  # noqa: S608 - our own text

# The attempt that was outrun has ended.
END = """
    UPDATE jobs SET claimed_by = NULL, due_at = CASE WHEN revision = $5 THEN CAST($4 AS BIGINT) ELSE due_at END
    WHERE appid = $1 AND kind = $2 AND subject = $3 RETURNING due_at
"""
# The attempt that was outrun did not ask WeChat, so the late value is the one that counts.
END_UNASKED = f"""
    UPDATE jobs SET claimed_by = NULL, due_at = renew_at
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND claimed_by = '{OUTRUN}' AND due_at = $4
        AND renew_at IS NOT NULL AND revision = $5 AND suspect = 0
"""  # noqa: S608 - our own text
# The value that is stored may be the one that WeChat ended: the next refresh tells.
SETTLE_SOON = f"""
    UPDATE jobs SET due_at = CASE WHEN due_at > $4 THEN $4 ELSE due_at END, claimed_by = NULL
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND waits_on <> '{AUTHORIZATION}'
        AND (claimed_by IS NULL OR claimed_by = '{OUTRUN}')
"""  # noqa: S608 - our own text
IS_THERE = "SELECT 1 FROM jobs WHERE appid = $1 AND kind = $2 AND subject = $3"


def is_stored(outcome: Outcome) -> Script[datetime | None]:
    """When the job is due, if this very outcome is what the store holds; else None."""
    rows = yield Statement(STORED, outcome.job.key)
    if not rows or not _is_of(outcome, rows[0]):
        return None
    if not isinstance(outcome, Rotated) or not _has_outrun_itself(outcome, rows[0]):
        return instant(rows[0]["due_at"])
    ended = yield Statement(END, (*outcome.job.key, micros(outcome.due_at), outcome.job.revision))
    return instant(ended[0]["due_at"])


def reclaimed(outcome: Rotated) -> Script[tuple[Rotated, int] | None]:
    """The outcome as the next version, under its claim, which the job has again, and the end of the claim that
    another attempt had, 0 if none had any; None if a later value is there."""
    job, credential = outcome.job, outcome.credential
    own = micros(job.until) if job.until else 0
    values = (job.claim, micros(credential.issued_at), job.revision, AUTHORIZATION, own)
    rows = yield Statement(RECLAIM, (*job.key, *values))
    if not rows:
        return None
    late = replace(outcome, credential=replace(credential, version=rows[0]["version"] + 1))
    return late, rows[0]["due_at"]


def leave_time(key: JobKey, until: int) -> Script[None]:
    """Let nothing else claim the job until then: an attempt that lost its claim is under way."""
    yield Statement(LEAVE_TIME, (*key, until))


def end_unasked(outcome: Failed) -> Script[None]:
    """Let the job be due as its late value wants, if the attempt for which `leave_time` waits did not ask WeChat."""
    job = outcome.job
    if job.until is not None and not outcome.spent.calls:
        yield Statement(END_UNASKED, (*job.key, micros(job.until), job.revision))


def outrun(vault: Vault, outcome: Rotated, now: int) -> Script[None]:
    """Keep the refresh token of a value that is not kept: WeChat may have rotated to it last."""
    key, token = outcome.job.key, outcome.credential.refresh_token
    if token and (yield Statement(IS_THERE, key)):
        yield from refresh_tokens.keep(vault, key, token, now)
        yield from settle_soon(key, now)


def settle_soon(key: JobKey, now: int) -> Script[None]:
    """Refresh once more, after two attempts brought a value at the same time."""
    yield Statement(SETTLE_SOON, (*key, now))


def _has_outrun_itself(outcome: Rotated, row: Row) -> bool:
    """Whether the attempt for which `leave_time` waits is this one: it was claimed while the same process had the
    value, which was stored first under the claim before."""
    until = outcome.job.until
    return row["claimed_by"] == OUTRUN and until is not None and row["due_at"] == micros(until)


def _is_of(outcome: Outcome, row: Row) -> bool:
    if isinstance(outcome, Failed):
        fault = fault_of(row)
        return fault is not None and fault.at == outcome.fault.at
    if isinstance(outcome, Identified):
        return False
    credential = outcome.credential
    instants = (credential.issued_at, credential.expires_at, credential.renew_at)
    stored = (row["issued_at"], row["expires_at"], row["renew_at"])
    return row["version"] == credential.version and stored == tuple(map(micros, instants))
