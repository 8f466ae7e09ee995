"""The scripts that store the values of attempts which have their claims: many at once.

Each statement hands the interpreter to another thread and back, and there are three for one value. So the
values that wait at the same time share them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeAlias

from wechat_scheduler.credentials.inputs import parent_name
from wechat_scheduler.credentials.model import JobKey, Repeated, Rotated
from wechat_scheduler.storage.credentials import refresh_digests, refresh_tokens
from wechat_scheduler.storage.credentials.notifications import put_notifications
from wechat_scheduler.storage.credentials.wake_ups import wake
from wechat_scheduler.storage.database import GivenRows, Row, Script
from wechat_scheduler.storage.rows import (
    MICROSECOND,
    Vault,
    contest_text,
    instant,
    key_of,
    micros,
    micros_or_none,
)

Values: TypeAlias = Sequence[Rotated | Repeated]

# The job stays due now if its registration changed during the attempt (the revision shows it), and if
# the value was reported dead during the attempt and the attempt brought the same value again. Such a
# report stays until the value changes.
SAVE: Final = GivenRows(
    columns={
        "appid": "TEXT",
        "kind": "TEXT",
        "subject": "TEXT",
        "claim": "TEXT",
        "credential": "TEXT",
        "version": "BIGINT",
        "issued_at": "BIGINT",
        "expires_at": "BIGINT",
        "renew_at": "BIGINT",
        "longest": "BIGINT",
        "revision": "BIGINT",
        "due_at": "BIGINT",
        "saved_at": "BIGINT",
        "calls": "BIGINT",
        "forced_at": "BIGINT",
        "suspect": "BIGINT",
        "contest": "TEXT",
    },
    sql="""
    UPDATE jobs SET credential = given.credential, version = given.version,
        issued_at = given.issued_at, expires_at = given.expires_at, renew_at = given.renew_at,
        longest = given.longest, attempts = 0, fault = NULL, waits_on = '', claimed_by = NULL,
        due_at = CASE WHEN jobs.revision = given.revision AND jobs.suspect <= given.suspect
                 THEN given.due_at ELSE given.saved_at END,
        asks_params = CASE WHEN jobs.revision = given.revision THEN 0 ELSE jobs.asks_params END,
        suspect = CASE WHEN jobs.version = given.version THEN jobs.suspect ELSE 0 END,
        calls = jobs.calls - 1 + given.calls,
        forces = jobs.forces + CASE WHEN given.forced_at IS NULL THEN 0 ELSE 1 END,
        forced_at = coalesce(given.forced_at, jobs.forced_at),
        contest = coalesce(given.contest, jobs.contest)
    FROM given
    WHERE jobs.appid = given.appid AND jobs.kind = given.kind AND jobs.subject = given.subject
        AND jobs.claimed_by = given.claim
    RETURNING jobs.appid, jobs.kind, jobs.subject, jobs.due_at,
        EXISTS (
            SELECT 1 FROM registrations r
            WHERE r.appid = jobs.appid AND r.kind = jobs.kind AND r.job = jobs.subject
                AND r.notify <> ''
        ) AS told
    """,
)
# The parents among these that jobs wait for.
AWAITED: Final = GivenRows(
    columns={"appid": "TEXT", "waits_on": "TEXT"},
    sql="""
    SELECT DISTINCT given.appid, given.waits_on FROM given WHERE EXISTS (
        SELECT 1 FROM jobs WHERE jobs.appid = given.appid AND jobs.waits_on = given.waits_on
            AND jobs.waits_on <> ''
    )
    """,
)


def store(vault: Vault, outcomes: Values, now: datetime) -> Script[dict[JobKey, datetime]]:
    """For `yield from`: store the values of different jobs, and act on the rotations. Returns for each job that
    still has its claim when it is due."""
    saved: dict[JobKey, Row] = {}
    for statement in SAVE.statements(_rows(vault, outcomes, micros(now))):
        for row in (yield statement):
            saved[key_of(row)] = row
    stored = [one for one in outcomes if one.job.key in saved]
    rotated = [one for one in stored if isinstance(one, Rotated)]
    for one in rotated:
        if saved[one.job.key]["told"]:
            yield from put_notifications(one.job.key, micros(now))
    yield from wake_children([one.job.key for one in rotated], micros(now))
    for each in stored:
        yield from _remember_tokens(vault, each, micros(now))
    return {key: instant(row["due_at"]) for key, row in saved.items()}


def wake_children(keys: Sequence[JobKey], now: int) -> Script[None]:
    """Make the jobs due that wait for the values of these."""
    for statement in AWAITED.statements([(key.appid, parent_name(key)) for key in keys]):
        for row in (yield statement):
            yield from wake(row["appid"], row["waits_on"], now)


def _rows(vault: Vault, outcomes: Values, now: int) -> list[tuple[object, ...]]:
    """In the order of their keys: two processes that lock several of the same rows then wait, and do not collide."""
    ordered = sorted(outcomes, key=lambda one: one.job.key)
    return [_row(vault, one, now) for one in ordered]


def _row(vault: Vault, outcome: Rotated | Repeated, now: int) -> tuple[object, ...]:
    job, credential, spent = outcome.job, outcome.credential, outcome.spent
    return (
        *job.key,
        job.claim,
        vault.seal_credential(job.key, credential),
        credential.version,
        micros(credential.issued_at),
        micros(credential.expires_at),
        micros(credential.renew_at),
        outcome.longest // MICROSECOND,
        job.revision,
        micros(outcome.due_at),
        now,
        spent.calls,
        micros_or_none(spent.forced_at),
        1 if isinstance(outcome, Rotated) else int(job.suspect),
        contest_text(outcome.contest) if isinstance(outcome, Rotated) else None,
    )


def _remember_tokens(vault: Vault, outcome: Rotated | Repeated, now: int) -> Script[None]:
    job, credential = outcome.job, outcome.credential
    yield from refresh_digests.remember(job.key, credential, now)
    replaced = job.credential.refresh_token if job.credential else ""
    if replaced and replaced != credential.refresh_token:
        yield from refresh_tokens.keep(vault, job.key, replaced, now)
