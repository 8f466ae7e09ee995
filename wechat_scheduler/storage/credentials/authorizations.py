"""The scripts for an account that authorizes a platform, or withdraws the authorization."""

from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.model import (
    AUTHORIZATION,
    AUTHORIZER_TOKEN,
    COMPONENT_TOKEN,
    Credential,
    Fault,
    JobKey,
)
from wechat_scheduler.pushes.model import WECHAT, Authorized, Event
from wechat_scheduler.storage.credentials import refresh_tokens
from wechat_scheduler.storage.credentials.feed_entries import (
    put_failed,
    put_recovered,
    put_rotated,
)
from wechat_scheduler.storage.credentials.notifications import put_notifications
from wechat_scheduler.storage.credentials.registrations import LOCK_ACCOUNT, MAKE_JOB
from wechat_scheduler.storage.credentials.stored_values import wake_children
from wechat_scheduler.storage.database import Row, Script, Statement, each
from wechat_scheduler.storage.rows import (
    MICROSECOND,
    Vault,
    fault_text,
    key_of,
    micros,
    registration_place,
)
from wechat_scheduler.storage.unreadable import UNREADABLE

JOB = """
    SELECT appid, kind, subject, credential, version, issued_at, expires_at, renew_at, fault FROM jobs
    WHERE appid = $1 AND kind = $2 AND subject = $3
"""
# A running attempt brings an older value, so it loses its claim. New `params` are asked all the same: they may
# lead to another account.
GIVE = """
    UPDATE jobs SET credential = $4, version = version + 1, issued_at = $5, expires_at = $6,
        renew_at = $7, longest = CASE WHEN longest > $8 THEN longest ELSE $8 END,
        claimed_by = NULL, attempts = 0, fault = $9, waits_on = '', suspect = 0,
        due_at = CASE WHEN asks_params = 1 AND params <> '' THEN CAST($10 AS BIGINT)
                 ELSE CAST($7 AS BIGINT) END,
        revision = revision + 1
    WHERE appid = $1 AND kind = $2 AND subject = $3
"""
# Without its last fault: WeChat is asked for a refresh token again, which it did not have then.
ASK_ANEW = """
    UPDATE jobs SET due_at = CASE WHEN claimed_by IS NULL THEN $1 ELSE due_at END, attempts = 0,
        fault = NULL, waits_on = '', revision = revision + 1
    WHERE appid = $2 AND kind = $3 AND subject = $4
"""
WAKE_REVOKED = """
    UPDATE jobs SET due_at = $1, waits_on = ''
    WHERE appid = $2 AND subject = $3 AND waits_on = $4
    RETURNING appid, kind, subject
"""
PUT_INTEREST = """
    INSERT INTO registrations (appid, kind, subject, owner, notify, params, changed_at, job)
    VALUES ($1, $2, $3, $4, $5, '', $6, $3) ON CONFLICT (appid, kind, subject, owner) DO NOTHING
"""
INTERESTED = """
    SELECT r.owner, r.notify, k.kinds, k.scopes FROM registrations r JOIN api_keys k ON k.id = r.owner
    WHERE r.appid = $1 AND r.kind = $2 AND r.subject = '' AND r.notify <> '' AND k.revoked_at IS NULL
"""

# The values are dead, and a running attempt brings a dead one too, so it loses its claim.
REVOKE = """
    UPDATE jobs SET credential = NULL, issued_at = NULL, expires_at = NULL, renew_at = NULL,
        fault = $3, waits_on = $4, due_at = $5, claimed_by = NULL, attempts = 0,
        revision = revision + 1
    WHERE appid = $1 AND subject = $2
        AND (waits_on <> $4 OR credential IS NOT NULL)
    RETURNING appid, kind, subject
"""


def authorize(vault: Vault, outcome: Authorized, now: datetime) -> Script[Sequence[JobKey]]:
    """Store the value in the account's job, which is created if needed; without a value, make the
    job due.

    The receivers of the platform's own token receive this one too from now on, as far as their keys
    reach. Returns the jobs that changed; none if the platform's account is unknown.
    """
    event = outcome.row.event
    known = yield Statement(LOCK_ACCOUNT, (event.appid,))
    if not known:
        return []
    job = yield from _job(event, known[0]["last_version"], micros(now))
    key = key_of(job)
    yield from _register(vault, key, micros(now))
    if outcome.credential is None:
        yield Statement(ASK_ANEW, (micros(now), *key))
        yield from each(put_recovered(key, now) if job["fault"] is not None else ())
    else:
        yield from _give(vault, job, outcome, outcome.credential, micros(now))
        yield from each(put_rotated(key, job["version"] + 1, now))
    account = (event.appid, event.authorizer)
    woken = yield Statement(WAKE_REVOKED, (micros(now), *account, AUTHORIZATION))
    return [key, *(key_of(row) for row in woken)]


def revoke(
    appid: str, authorizer: str, fault: Fault, *, due_at: datetime, now: datetime
) -> Script[Sequence[JobKey]]:
    """Stop the platform's jobs for an account, and notify the receivers of their values. Returns the
    jobs that were not stopped before."""
    params = (appid, authorizer, fault_text(fault), AUTHORIZATION, micros(due_at))
    revoked = [key_of(row) for row in (yield Statement(REVOKE, params))]
    for key in revoked:
        yield from put_notifications(key, micros(now))
        yield from each(put_failed(key, now))
    return revoked


def _job(event: Event, last_version: int, now: int) -> Script[Row]:
    wanted = (event.appid, AUTHORIZER_TOKEN, event.authorizer)
    found = yield Statement(JOB, wanted)
    if not found:
        yield Statement(MAKE_JOB, (*wanted, last_version, now))
        found = yield Statement(JOB, wanted)
    return found[0]


def _register(vault: Vault, key: JobKey, now: int) -> Script[None]:
    yield Statement(PUT_INTEREST, (*key, WECHAT, "", now))
    component = JobKey(key.appid, COMPONENT_TOKEN)
    for row in (yield Statement(INTERESTED, component[:2])):
        if not _reaches(row, key.kind):
            continue
        owner = row["owner"]
        place = registration_place(component, owner)
        notify = vault.open_or(row["notify"], place, otherwise="")
        sealed = vault.seal(notify, registration_place(key, owner))
        yield Statement(PUT_INTEREST, (*key, owner, sealed, now))


def _reaches(key: Row, kind: str) -> bool:
    """Whether the key could have registered the kind itself."""
    kinds, scopes = key["kinds"].split(), key["scopes"].split()
    return (not kinds or kind in kinds) and bool({Scope.REGISTER, Scope.ADMIN} & set(scopes))


def _readable(vault: Vault, job: Row) -> Credential | None:
    """The job's value; None also if it cannot be read."""
    try:
        return vault.credential(job)
    except UNREADABLE:
        return None


def _give(
    vault: Vault, job: Row, outcome: Authorized, credential: Credential, now: int
) -> Script[None]:
    key, before = key_of(job), _readable(vault, job)
    if before is not None and before.refresh_token not in ("", credential.refresh_token):
        yield from refresh_tokens.keep(vault, key, before.refresh_token, now)
    lifetime = credential.expires_at - credential.issued_at
    yield Statement(
        GIVE,
        (
            *key,
            vault.seal_credential(key, credential),
            micros(credential.issued_at),
            micros(credential.expires_at),
            micros(credential.renew_at),
            lifetime // MICROSECOND,
            fault_text(outcome.fault) if outcome.fault else None,
            now,
        ),
    )
    yield from put_notifications(key, now)
    yield from wake_children([key], now)
