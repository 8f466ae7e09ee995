"""Mends what an earlier version stored: jobs without a subject that know theirs, see `unnamed_jobs`."""

from datetime import datetime
from functools import partial
from typing import Final

import structlog

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.storage import refresh_tokens
from wechat_scheduler.storage.database import Database, Row, Script, Statement
from wechat_scheduler.storage.registrations import LOCK_ACCOUNT, MAKE_JOB
from wechat_scheduler.storage.rows import Vault, instant, micros
from wechat_scheduler.storage.unnamed_jobs import ASKED, Holding, hand_over
from wechat_scheduler.storage.unreadable import readable_or

log = structlog.get_logger(__name__)

# Each is mended in a transaction of its own.
NEXT = "SELECT appid, kind, job FROM bound_jobs ORDER BY appid, kind LIMIT 1"
# Several processes may start at once.
TAKE = "DELETE FROM bound_jobs WHERE appid = $1 AND kind = $2 RETURNING job"
OLD: Final = """
    SELECT appid, kind, subject, credential, version, issued_at, expires_at, renew_at, due_at, calls
    FROM jobs WHERE appid = $1 AND kind = $2 AND subject = ''
"""


async def mend_bound_jobs(database: Database, vault: Vault, now: datetime) -> None:
    """Before the first job is claimed. Raises StorageError."""
    while rows := await database.read(NEXT):
        row = rows[0]
        await database.write(partial(_mend, vault, row, now))
        log.info("job.mended", appid=row["appid"], kind=row["kind"], subject=row["job"])


def _mend(vault: Vault, bound: Row, now: datetime) -> Script[None]:
    key = JobKey(bound["appid"], bound["kind"])
    known = yield Statement(LOCK_ACCOUNT, (key.appid,))
    taken = yield Statement(TAKE, key[:2])
    old = yield Statement(OLD, key[:2])
    if not (known and taken and old):
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
    )
    earlier = yield Statement(refresh_tokens.EARLIER, key)
    if (yield Statement(MAKE_JOB, (*account, row["version"], micros(now)))):
        yield Statement(ASKED, (*account, 1))
    for one in reversed(earlier):
        token = vault.open_or(one["value"], refresh_tokens.place(key), otherwise="")
        if token:
            yield from refresh_tokens.keep(vault, account, token, one["replaced_at"])
    yield from hand_over(vault, holding, account, known[0]["last_version"], now)
