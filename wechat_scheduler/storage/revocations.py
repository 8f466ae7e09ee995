"""What becomes of jobs whose account took its authorisation back."""

from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.credentials.model import AUTHORIZATION, Fault, JobKey
from wechat_scheduler.storage.database import Script, Statement
from wechat_scheduler.storage.notices import put_notices
from wechat_scheduler.storage.rows import fault_text, key_of, micros

# Their values are dead: nobody gets them any more. An attempt that is under way loses its claim,
# since what it brings is dead too.
REVOKE = """
    UPDATE jobs SET credential = NULL, issued_at = NULL, expires_at = NULL, renew_at = NULL,
        fault = $3, waits_on = $4, due_at = $5, claimed_by = NULL, attempts = 0,
        revision = revision + 1
    WHERE appid = $1 AND (subject = $2 OR bound = $2)
        AND (waits_on <> $4 OR credential IS NOT NULL)
    RETURNING appid, kind, subject
"""

DROP = """
    UPDATE jobs SET credential = NULL, issued_at = NULL, expires_at = NULL, renew_at = NULL
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND credential IS NOT NULL
    RETURNING appid
"""


def revoke(
    appid: str, authorizer: str, fault: Fault, *, due_at: datetime, now: datetime
) -> Script[Sequence[JobKey]]:
    """Stop the platform's jobs for an account, and tell whoever had their values; returns those
    that were not stopped before."""
    params = (appid, authorizer, fault_text(fault), AUTHORIZATION, micros(due_at))
    revoked = [key_of(row) for row in (yield Statement(REVOKE, params))]
    for key in revoked:
        yield from put_notices(key, micros(now))
    return revoked


def drop(key: JobKey, now: datetime) -> Script[None]:
    """WeChat itself says that the authorisation is gone: the value is dead, and whoever had it is
    told so."""
    if (yield Statement(DROP, key)):
        yield from put_notices(key, micros(now))
