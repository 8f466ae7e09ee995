"""A state folder with any number of registered, fresh jobs in it.

`python -m tests.benchmarks.crowd FOLDER JOBS` fills one; the daemon takes it as its own.
"""

import asyncio
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

from wechat_scheduler.config import loading
from wechat_scheduler.credentials.model import Credential, JobKey
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.storage.database import Statement, each, rows_of
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import open_database
from wechat_scheduler.storage.rows import Vault, micros
from wechat_scheduler.storage.sealing import verify_sealing
from wechat_scheduler.storage.sealing_keys import load_or_create_keys

BATCH, PART = 1_000, 100_000
LIFETIME = timedelta(hours=2)

ACCOUNT = "INSERT INTO accounts (appid, secret, endpoint, last_version) VALUES ($1, $2, '', 0)"
JOB = """
    INSERT INTO jobs (appid, kind, subject, params, credential, version, issued_at,
        expires_at, renew_at, longest, due_at, asks_params)
    VALUES ($1, $2, '', '', $3, 1, $4, $5, $6, 7200000000, $6, 0)
"""
REGISTRATION = """
    INSERT INTO registrations (appid, kind, subject, owner, notify, params, changed_at, job)
    VALUES ($1, $2, '', 'admin', '', '', $3, '')
"""


def appid(number: int) -> str:
    return f"wx{number:016d}"


async def fill(folder: Path, jobs: int, *, due_within: timedelta | None = None) -> None:
    """As registering and refreshing each of them would have left it. They fall due evenly within that time
    from now, or not while anything is measured."""
    config = loading.load(file=None, flags={"state.dir": str(folder)}, environ={}).config

    clock = SystemClock()
    apart = due_within / jobs if due_within is not None else None
    async with Supervisor() as supervisor:
        database = await open_database(
            config.state.database, migrations=MIGRATIONS, clock=clock, supervisor=supervisor
        )
        sealer = load_or_create_keys(config.state.sealing_key_file, create=True)
        await verify_sealing(database, sealer)
        vault = Vault(sealer)
        for first in range(0, jobs, BATCH):
            numbers = range(first, min(first + BATCH, jobs))
            rows = [row for number in numbers for row in _rows(vault, number, clock, apart)]
            await database.write(partial(each, rows))
        await database.close()


# `$1` numbers from the one after `$2`, for people who do not exist: nothing falls due while it is measured.
DELIVERIES = """
    WITH RECURSIVE n (i) AS (SELECT $2 + 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2 + $1)
    INSERT INTO deliveries (id, channel, target, state, due_at, created_at, message_id, app_id, priority)
    SELECT i, 'person', 'UID_' || i, 'pending', $3, $4, 1, i % 7, 1 FROM n
"""


async def fill_with_deliveries(folder: Path, deliveries: int) -> None:
    """As messages for next year would have left it."""
    await fill(folder, 0)
    now = micros(SystemClock().now())
    later = now + timedelta(days=365) // timedelta(microseconds=1)
    async with Supervisor() as supervisor:
        database = await open_database(
            f"sqlite://{folder / loading.DATABASE_NAME}",
            migrations=MIGRATIONS,
            clock=SystemClock(),
            supervisor=supervisor,
        )
        for first in range(0, deliveries, PART):
            values = (min(PART, deliveries - first), first, later, now)
            await database.write(partial(rows_of, Statement(DELIVERIES, values)))
        await database.close()


def _rows(
    vault: Vault, number: int, clock: SystemClock, apart: timedelta | None
) -> list[Statement]:
    key, now = JobKey(appid(number), "access_token"), clock.now()
    # Spread as refreshes would be.
    expires_at = now + LIFETIME + timedelta(milliseconds=number)
    credential = Credential(
        value=f"{number:0136d}",
        answer=f'{{"access_token":"{number:0136d}","expires_in":7200}}',
        version=1,
        issued_at=now,
        expires_at=expires_at,
        renew_at=expires_at - timedelta(minutes=5) if apart is None else now + number * apart,
    )
    sealed = vault.seal_credential(key, credential)
    instants = (micros(now), micros(expires_at), micros(credential.renew_at))
    return [
        Statement(ACCOUNT, (key.appid, vault.seal("secret", f"account:{key.appid}"))),
        Statement(JOB, (key.appid, key.kind, sealed, *instants)),
        Statement(REGISTRATION, (key.appid, key.kind, micros(now))),
    ]


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True)
    asyncio.run(fill(Path(sys.argv[1]), int(sys.argv[2])))
