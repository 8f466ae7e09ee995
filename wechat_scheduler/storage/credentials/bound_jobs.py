"""Repairs jobs of earlier versions: those without a subject whose subject is known, see `jobs_without_subject`."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.storage.credentials import refresh_tokens
from wechat_scheduler.storage.credentials.jobs_without_subject import ASKED, Holding, hand_over
from wechat_scheduler.storage.credentials.registrations import LOCK_ACCOUNT, MAKE_JOB
from wechat_scheduler.storage.database import Database, Row, Script, Statement
from wechat_scheduler.storage.rows import Vault, instant, micros
from wechat_scheduler.storage.unreadable import readable_or

log = structlog.get_logger(__name__)

# Each is mended in a transaction of its own.
ANY = "SELECT 1 FROM bound_jobs LIMIT 1"
# Several processes may start at once. It is taken before its name is read, so that a damaged name comes no
# second time.
TAKE = """
    DELETE FROM bound_jobs WHERE (appid, kind) IN (
        SELECT appid, kind FROM bound_jobs ORDER BY appid, kind LIMIT 1
    ) RETURNING appid, kind, job
"""
OLD: Final = """
    SELECT appid, kind, subject, credential, version, issued_at, expires_at, renew_at, due_at, calls
    FROM jobs WHERE appid = $1 AND kind = $2 AND subject = ''
"""


async def mend_bound_jobs(database: Database, vault: Vault, now: datetime) -> None:
    """Runs before the first job is claimed. Raises StorageError."""
    while await database.read(ANY):
        for row in await database.write(partial(_mend_next, vault, now)):
            log.info("job.mended", appid=row["appid"], kind=row["kind"], subject=row["job"])


def _mend_next(vault: Vault, now: datetime) -> Script[Sequence[Row]]:
    taken = yield Statement(TAKE)
    for row in taken:
        yield from _mend(vault, row, now)
    return taken


def _mend(vault: Vault, bound: Row, now: datetime) -> Script[None]:
    key = JobKey(bound["appid"], bound["kind"])
    known = yield Statement(LOCK_ACCOUNT, (key.appid,))
    old = yield Statement(OLD, key[:2])
    if not (known and old):
        return
    row, account = old[0], key._replace(subject=bound["job"])
    credential = vault.readable_credential(row)
    holding = Holding(
        key=key,
        version=row["version"],
        calls=row["calls"],
        credential=credential,
        due_at=readable_or(instant, row["due_at"], now),
        led_by=None,
        has_failed=False,  # no consumer follows it before the first claim
    )
    earlier = yield Statement(refresh_tokens.EARLIER, key)
    if (yield Statement(MAKE_JOB, (*account, row["version"], micros(now)))):
        yield Statement(ASKED, (*account, 1))
    for one in reversed(earlier):
        token = vault.open_or(one["value"], refresh_tokens.place(key), otherwise="")
        if token:
            yield from refresh_tokens.keep(vault, account, token, one["replaced_at"])
    yield from hand_over(vault, holding, account, known[0]["last_version"], now)
