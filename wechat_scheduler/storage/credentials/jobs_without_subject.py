"""The scripts for registrations without a subject, once it is known whose credential they are about.

Their job has no subject until then. What it holds goes to the job of that account or user, which may be there
already: at most one job refreshes a credential, since each refresh ends the value of the one before. If new
`params` of such a registration lead to another account or user, it moves on to the job of that one.
"""

from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.credentials.model import (
    AUTHORIZATION,
    Credential,
    Identified,
    JobKey,
    Rotated,
)
from wechat_scheduler.credentials.policy import quota_day
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.storage.credentials import late_outcomes, refresh_digests, refresh_tokens
from wechat_scheduler.storage.credentials.feed_entries import (
    put_recovered,
    put_removed,
    put_rotated,
)
from wechat_scheduler.storage.credentials.notifications import put_notification, put_notifications
from wechat_scheduler.storage.credentials.registrations import (
    DELETE_JOB,
    LOCK_ACCOUNT,
    MAKE_JOB,
    PARAMS_CHANGED,
    REMEMBER_VERSION,
    WANTED,
    list_params,
    params_of,
)
from wechat_scheduler.storage.credentials.stored_values import wake_children
from wechat_scheduler.storage.database import Row, Script, Statement, each
from wechat_scheduler.storage.rows import MICROSECOND, Vault, fault_of, key_of, micros

# The job is due for what is left of it: registrations whose `params` lead elsewhere, or to nothing.
END_CLAIM = """
    UPDATE jobs SET claimed_by = NULL, due_at = $5, attempts = 0, fault = NULL, waits_on = '',
        calls = calls - 1 + $6
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND claimed_by = $4
    RETURNING version, calls
"""
FIND = """
    SELECT appid, kind, subject, credential, version, issued_at, expires_at, renew_at, waits_on, fault
    FROM jobs WHERE appid = $1 AND kind = $2 AND subject = $3
"""
# An attempt that runs gets no claim back, but what it brings is kept if it is later: see `late_outcomes`.
# Until then the job is not due. Two values at once came of two lines of refreshes: the next one ends that.
GIVE = f"""
    UPDATE jobs SET credential = $4, version = $5, issued_at = $6, expires_at = $7, renew_at = $8,
        longest = CASE WHEN longest > $9 THEN longest ELSE $9 END,
        due_at = CASE WHEN claimed_by IS NOT NULL THEN due_at
                 WHEN credential IS NULL AND asks_params = 0 THEN CAST($10 AS BIGINT)
                 ELSE CAST($11 AS BIGINT) END,
        claimed_by = CASE WHEN claimed_by IS NULL THEN NULL ELSE '{late_outcomes.OUTRUN}' END,
        attempts = 0, fault = NULL, waits_on = '', suspect = 0,
        revision = revision + 1
    WHERE appid = $1 AND kind = $2 AND subject = $3
"""  # noqa: S608 - our own text
# No reader sees a version again that it saw beside another value.
PASS_VERSION = f"""
    UPDATE jobs SET version = $4 + 1,
        claimed_by = CASE WHEN claimed_by IS NULL THEN NULL ELSE '{late_outcomes.OUTRUN}' END
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND version <= $4
"""  # noqa: S608 - our own text
# Its `params` were asked just now.
ASKED = """
    UPDATE jobs SET asks_params = 0
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND revision = $4
"""
COUNT_CALLS = """
    UPDATE jobs SET calls = CASE WHEN quota_day = $5 THEN calls ELSE 0 END + $4, quota_day = $5
    WHERE appid = $1 AND kind = $2 AND subject = $3
"""
OF_UNNAMED = """
    SELECT appid, kind, subject, owner, notify, params FROM registrations
    WHERE appid = $1 AND kind = $2 AND job = $3 AND subject = ''
"""
MOVE = """
    UPDATE registrations SET job = $5
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND owner = $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a job without a subject holds. `led_by` as in `Identified`; None for all registrations. One that `has_failed`
    had a fault, which ended with its claim."""

    key: JobKey
    version: int
    calls: int
    credential: Credential | None
    due_at: datetime
    led_by: Sequence[str] | None
    has_failed: bool


def identify(vault: Vault, outcome: Rotated | Identified, now: datetime) -> Script[bool]:
    """Store an outcome that tells whose credential the job is. Returns False if nothing was stored, because the
    job has gone meanwhile, or the one that it was to join."""
    key = outcome.job.key
    account = key._replace(subject=outcome.subject)
    credential = outcome.credential if isinstance(outcome, Rotated) else None
    known = yield Statement(LOCK_ACCOUNT, (key.appid,))
    held = yield from _end_claim(outcome, micros(now))
    if held and known:
        holding = Holding(
            key=key,
            version=held[0]["version"],
            calls=0 if key.subject else held[0]["calls"],
            credential=credential,
            due_at=outcome.due_at if isinstance(outcome, Rotated) else now,
            led_by=outcome.led_by,
            has_failed=outcome.job.fault is not None,
        )
        moved = yield from hand_over(vault, holding, account, known[0]["last_version"], now)
        if not moved:
            yield Statement(ASKED, (*key, outcome.job.revision))
        return True
    there = yield Statement(FIND, account)
    if not there or credential is None:
        return False
    # Another attempt was faster: its job is that of the account by now.
    yield from _give(vault, there[0], credential, outcome.job.version, now, now)
    return True


def hand_over(
    vault: Vault, holding: Holding, account: JobKey, last_version: int, now: datetime
) -> Script[bool]:
    """Give what the job holds to the job of `account`, which is made if needed, and delete it unless
    registrations are left. Returns whether any registration moved."""
    at = micros(now)
    if (yield Statement(MAKE_JOB, (*account, max(last_version, holding.version), at))):
        yield Statement(ASKED, (*account, 1))
    job = (yield Statement(FIND, account))[0]
    moved = yield from _move(vault, holding, account)
    yield from list_params(vault, account)
    yield Statement(COUNT_CALLS, (*account, holding.calls, quota_day(now).toordinal()))
    given = holding.credential is not None and (
        yield from _give(vault, job, holding.credential, holding.version, holding.due_at, now)
    )
    if not given:
        yield from _join(job, holding.version, moved, at)
    if (yield Statement(WANTED, holding.key)):
        yield from list_params(vault, holding.key)
        yield from each(put_recovered(holding.key, now) if holding.has_failed else ())
    else:
        for row in (yield Statement(DELETE_JOB, holding.key)):
            if row["version"] or holding.has_failed:
                yield from each(put_removed(holding.key, now))
        yield Statement(REMEMBER_VERSION, (account.appid, holding.version))
    return bool(moved)


def _end_claim(outcome: Rotated | Identified, now: int) -> Script[Sequence[Row]]:
    claimed = (*outcome.job.key, outcome.job.claim, now, outcome.spent.calls)
    held = yield Statement(END_CLAIM, claimed)
    if held or isinstance(outcome, Identified):
        return held
    if not (yield from late_outcomes.reclaimed(outcome)):
        return ()
    return (yield Statement(END_CLAIM, claimed))


def _move(vault: Vault, holding: Holding, account: JobKey) -> Script[list[Row]]:
    """Move the registrations without a subject. Returns those that the job of the account has now."""
    moved, led_by = [], holding.led_by
    for row in (yield Statement(OF_UNNAMED, holding.key)):
        url = params_of(vault, row)
        if led_by is None or url in led_by or not (url or holding.key.subject):
            yield Statement(MOVE, (*key_of(row), row["owner"], account.subject))
            moved.append(row)
    return moved


def _give(
    vault: Vault, job: Row, credential: Credential, seen: int, due_at: datetime, now: datetime
) -> Script[bool]:
    """Give the job the value, unless it has a later one, or the account withdrew its authorization since;
    the refresh token of the earlier value is kept. `seen` is the last version that readers may have seen."""
    key, before = key_of(job), vault.readable_credential(job)
    if _is_withdrawn(job, credential):
        return False
    if before is not None and before.value == credential.value:
        return True  # it was stored before, and only the answer was lost
    if before is not None and before.issued_at > credential.issued_at:
        if credential.refresh_token:
            yield from refresh_tokens.keep(vault, key, credential.refresh_token, micros(now))
        yield from late_outcomes.settle_soon(key, micros(now))
        return False
    if before is not None and before.refresh_token not in ("", credential.refresh_token):
        yield from refresh_tokens.keep(vault, key, before.refresh_token, micros(now))
    version = max(job["version"], seen) + 1
    lifetime = credential.expires_at - credential.issued_at
    yield Statement(
        GIVE,
        (
            *key,
            vault.seal_credential(key, replace(credential, version=version)),
            version,
            micros(credential.issued_at),
            micros(credential.expires_at),
            micros(credential.renew_at),
            lifetime // MICROSECOND,
            micros(due_at),
            micros(now),
        ),
    )
    yield from refresh_digests.remember(key, credential, micros(now))
    yield from put_notifications(key, micros(now))
    yield from wake_children([key], micros(now))
    yield from each(put_rotated(key, version, now))
    return True


def _is_withdrawn(job: Row, credential: Credential) -> bool:
    fault = fault_of(job)
    return (
        job["waits_on"] == AUTHORIZATION and fault is not None and credential.issued_at <= fault.at
    )


def _join(job: Row, seen: int, moved: Sequence[Row], now: int) -> Script[None]:
    """Attach the registrations to a job; it asks their `params` if it has a fault or no value."""
    key = key_of(job)
    if job["credential"] is None or job["fault"] is not None:
        yield Statement(PARAMS_CHANGED, (now, *key))
    if job["credential"] is None and job["waits_on"] != AUTHORIZATION:
        return
    yield Statement(PASS_VERSION, (*key, seen))
    for row in moved:
        if row["notify"]:
            yield from put_notification(key_of(row), row["owner"], now)
