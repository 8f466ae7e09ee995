"""What is registered without a subject, and the one job of each credential, on both databases."""

from datetime import datetime
from typing import Any

import pytest

from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.samples import (
    HOUR,
    LEASE,
    NOW,
    SECOND,
    USER,
    credential,
    failed,
    issued,
    registration,
    rotated,
    task,
)
from tests.stores.suite import VAULT, Stores, sql_credentials
from wechat_scheduler.credentials.model import ClaimedJob, Identified, JobKey, Rotated, Spent
from wechat_scheduler.storage.credentials.bound_jobs import mend_bound_jobs
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Script, Statement, each
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.migrate import MIGRATIONS, load, migrated, statements
from wechat_scheduler.storage.rows import micros
from wechat_scheduler.storage.sqlite.database import SQLITE

UNNAMED = USER._replace(subject="")
OTHER = USER._replace(subject="o2")
PARAMS, NOTIFY = "http://erp/p", "http://erp/n"
LATER = NOW + HOUR


async def seeking(
    store: SqlCredentials, *, owner: str = "erp", params: str = PARAMS, at: datetime = NOW
) -> ClaimedJob:
    """The attempt of a job whose subject is not known yet."""
    wanted = task(UNNAMED, notify=NOTIFY, params=params)
    await store.register(registration(wanted, owner=owner), now=at)
    return await claimed(store, UNNAMED, at=at)


async def claimed(store: SqlCredentials, key: JobKey = USER, *, at: datetime = NOW) -> ClaimedJob:
    await store.hasten(key, now=at)
    jobs = await store.claim(now=at, limit=10, lease=LEASE)
    return next(job for job in jobs if job.key == key)


def found(
    job: ClaimedJob,
    value: str = "found",
    *,
    subject: str = USER.subject,
    at: datetime = NOW,
    led_by: tuple[str, ...] = (PARAMS,),
) -> Rotated:
    outcome = rotated(job, value, at=at, subject=subject, refresh_token=f"refresh-{value}")
    return Rotated(
        job=job,
        credential=outcome.credential,
        subject=subject,
        longest=outcome.longest,
        due_at=outcome.due_at,
        spent=outcome.spent,
        led_by=led_by,
    )


async def keys(store: SqlCredentials) -> list[str]:
    return [view.key.subject for view in await store.view(limit=10)]


async def stored(store: SqlCredentials, key: JobKey = USER) -> tuple[str, int]:
    snapshot = await store.load(key)
    assert snapshot is not None
    assert snapshot.credential is not None
    return snapshot.credential.value, snapshot.credential.version


async def told(outbox: SqlOutbox) -> list[str]:
    return sorted(row.target for row in await outbox.claim(now=LATER, limit=10, lease=LEASE))


async def test_a_job_takes_the_subject_that_its_value_has(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    job = await seeking(store)

    saved = await store.save(found(job), now=NOW)

    assert saved is not None
    assert (saved.key, saved.former) == (USER, UNNAMED)
    assert await keys(store) == ["o1"]
    assert await store.names(UNNAMED) == await store.names(USER) == [USER]
    assert await told(outbox) == ['["wx1","oauth2_access_token","","erp"]']


async def test_the_later_value_wins_and_the_version_never_goes_back(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    await issued(store, task(USER, notify=NOTIFY), value="before")
    for _ in range(3):
        await store.save(rotated(await claimed(store), "before"), now=NOW)
    job = await seeking(store, owner="shop", at=NOW)

    await store.save(found(job, at=NOW + SECOND), now=NOW + SECOND)

    assert await stored(store) == ("found", 5)
    assert await keys(store) == ["o1"]
    assert await store.next_due() == NOW + SECOND
    assert len(await told(outbox)) == 2


async def test_an_earlier_value_gives_way_and_leaves_its_refresh_token(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    job = await seeking(store)
    await issued(store, task(USER), at=NOW + SECOND, value="newest")

    await store.save(found(job, "early", at=NOW), now=NOW + SECOND)

    assert await stored(store) == ("newest", 1)
    assert await store.earlier(USER) == ["refresh-early"]
    assert await store.next_due() == NOW + SECOND
    assert await told(outbox) == ['["wx1","oauth2_access_token","","erp"]']


@pytest.mark.parametrize(("at", "value"), [(NOW - SECOND, "found"), (NOW + SECOND, "late")])
async def test_an_attempt_that_was_under_way_loses_no_refresh_token(
    stores: Stores, at: datetime, value: str
) -> None:
    store = stores.credentials
    await issued(store, USER, at=NOW - HOUR)
    late = await claimed(stores.elsewhere)
    job = await seeking(store)
    await store.save(found(job), now=NOW)

    await stores.elsewhere.save(rotated(late, "late", at=at, refresh_token="RT"), now=NOW)

    job = await claimed(store, at=LATER)
    assert job.credential is not None
    assert job.credential.value == value
    assert "RT" in (job.credential.refresh_token, *await store.earlier(USER))
    assert await keys(store) == ["o1"]


async def test_the_slower_of_two_attempts_brings_its_value_to_the_job_of_the_subject(
    stores: Stores,
) -> None:
    slow = await seeking(stores.credentials)
    fast = (await stores.elsewhere.claim(now=NOW + LEASE, limit=10, lease=LEASE))[0]
    await stores.elsewhere.save(found(fast, "fast", at=NOW + LEASE), now=NOW + LEASE)

    saved = await stores.credentials.save(found(slow, "slow", at=NOW), now=LATER)

    assert saved is not None
    assert saved.key == USER
    assert await stored(stores.credentials) == ("fast", 1)
    assert await stores.credentials.earlier(USER) == ["refresh-slow"]


async def test_an_outcome_that_is_stored_twice_counts_once(store: SqlCredentials) -> None:
    outcome = found(await seeking(store))
    await store.save(outcome, now=NOW)

    saved = await store.save(outcome, now=NOW)

    assert saved is not None
    assert await stored(store) == ("found", 1)


async def test_registrations_whose_params_lead_elsewhere_stay_behind(
    store: SqlCredentials,
) -> None:
    await store.register(registration(task(UNNAMED, params="http://shop"), owner="shop"), now=NOW)
    job = await seeking(store)

    await store.save(found(job), now=NOW)

    again = await claimed(store, UNNAMED)
    assert again.params == ("http://shop",)
    assert await store.names(UNNAMED, owner="erp") == [USER]
    assert await store.names(UNNAMED, owner="shop") == [UNNAMED]
    assert len(await store.names(UNNAMED)) == 2


async def test_a_registration_joins_a_job_without_a_call(store: SqlCredentials) -> None:
    await issued(store, USER)
    job = await seeking(store)

    outcome = Identified(job=job, subject="o1", spent=Spent(), led_by=(PARAMS,))
    saved = await store.save(outcome, now=NOW)

    assert saved is not None
    assert await stored(store) == ("value", 1)
    assert await keys(store) == ["o1"]
    due = await store.next_due()
    assert due is not None
    assert due > NOW


async def test_a_registration_moves_on_and_others_stay(store: SqlCredentials) -> None:
    await store.save(found(await seeking(store)), now=NOW)
    await store.register(registration(task(USER), owner="shop"), now=NOW)

    job = await claimed(store)
    outcome = Identified(job=job, subject="o2", spent=Spent(), led_by=(PARAMS,))
    await store.save(outcome, now=NOW)

    assert await keys(store) == ["o1", "o2"]
    assert await store.names(UNNAMED) == [OTHER]
    assert (await claimed(store, OTHER)).params == (PARAMS,)
    assert (await claimed(store, USER, at=LATER)).params == ()


async def test_a_fault_that_ends_as_registrations_find_their_subject_is_told() -> None:
    database = memory_database()
    store, feed = sql_credentials(database, "here"), SqlFeed(database)
    await store.register(registration(task(UNNAMED, params="http://shop"), owner="shop"), now=NOW)
    await store.save(failed(await seeking(store)), now=NOW)

    await store.save(found(await claimed(store, UNNAMED)), now=NOW)
    await store.save(failed(await claimed(store, UNNAMED)), now=NOW)
    await store.save(found(await claimed(store, UNNAMED), led_by=("http://shop",)), now=NOW)

    await feed.arrange(now=NOW)
    told = [(one.what.value, one.subject) for one in await feed.after(0, limit=10)]
    assert await keys(store) == ["o1"]
    assert sorted(told) == [
        ("credential.failed", ""), ("credential.failed", ""), ("credential.recovered", ""),
        ("credential.removed", ""), ("credential.rotated", "o1"),
    ]  # fmt: skip


async def test_what_was_registered_again_without_a_subject_changes_nothing(
    store: SqlCredentials,
) -> None:
    wanted = registration(task(UNNAMED, notify=NOTIFY, params=PARAMS))
    await store.save(found(await seeking(store)), now=NOW)

    assert await store.register(wanted, now=LATER) == []
    assert await keys(store) == ["o1"]


async def test_only_what_was_registered_without_a_subject_is_removed_under_that_name(
    store: SqlCredentials,
) -> None:
    await store.save(found(await seeking(store)), now=NOW)
    await store.register(registration(task(USER)), now=NOW)

    assert await store.remove(USER, owner="erp", now=NOW, unnamed=True)
    assert await keys(store) == ["o1"]
    assert await store.remove(USER, owner="erp", now=NOW, unnamed=True)
    assert await keys(store) == []


async def test_a_database_with_two_jobs_of_one_credential_is_mended() -> None:
    """As an earlier version left it: a job of that user, and one without a subject that knows the same."""
    database = MemoryDatabase()
    former = [one for one in load(MIGRATIONS) if one.version <= 20]
    database.run(_former(former))
    await migrated(database, MIGRATIONS)
    store = sql_credentials(database, "here")

    await mend_bound_jobs(database, VAULT, NOW)

    job = await claimed(store)
    assert await keys(store) == ["o1"]
    assert job.credential is not None
    assert (job.credential.value, job.credential.version) == ("unnamed", 8)
    assert job.params == (PARAMS,)
    assert await store.earlier(USER) == ["refresh-named", "refresh-older"]
    assert await store.names(UNNAMED, owner="erp") == [USER]


def _former(migrations: list[Any]) -> Script[None]:
    for migration in migrations:
        yield from each(statements(migration.sql, SQLITE.types))
    yield Statement("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    yield Statement("INSERT INTO meta VALUES ('schema_version', '20')")
    secret = VAULT.seal("secret", "account:wx1")
    yield Statement("INSERT INTO accounts VALUES ('wx1', $1, '', 0)", (secret,))
    for key, value, version in ((USER, "named", 7), (UNNAMED, "unnamed", 2)):
        at = micros(NOW - version * SECOND)
        kept = credential(value, version=version, refresh_token=f"refresh-{value}")
        sealed = VAULT.seal_credential(key, kept)
        yield Statement(
            "INSERT INTO jobs (appid, kind, subject, bound, params, credential, version, issued_at, "
            "expires_at, renew_at, due_at) VALUES ($1, $2, $3, 'o1', '', $4, $5, $6, $7, $7, $7)",
            (*key, sealed, version, at, micros(NOW + HOUR)),
        )
        params = VAULT.seal(PARAMS, f"registration:{key}:erp") if key == UNNAMED else ""
        yield Statement(
            "INSERT INTO registrations VALUES ($1, $2, $3, 'erp', '', $4, 0)", (*key, params)
        )
    older = VAULT.seal("refresh-older", f"refresh_token:{UNNAMED}")
    yield Statement("INSERT INTO refresh_tokens VALUES ($1, $2, $3, 1, $4)", (*UNNAMED, older))
