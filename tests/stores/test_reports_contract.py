"""Reports and requests that make a job due sooner."""

from tests.stores.samples import (
    HOUR,
    LEASE,
    NOW,
    SECOND,
    TICKET,
    TOKEN,
    claim,
    failed,
    issued,
    registration,
    repeated,
    rotated,
)
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.credentials.credentials import SqlCredentials

LATER = NOW + SECOND


async def test_hastening_makes_a_job_due_whatever_it_waits_for(store: SqlCredentials) -> None:
    await _parked(store, TOKEN, waits_on="ticket")

    assert await store.hasten(TOKEN, now=LATER)
    assert not await store.hasten(TICKET, now=LATER)

    assert (await claim(store, at=LATER)).key == TOKEN


async def test_hastening_never_puts_a_job_back(store: SqlCredentials) -> None:
    await store.register(registration(TOKEN), now=NOW)

    await store.hasten(TOKEN, now=LATER)

    assert await store.next_due() == NOW


async def test_hastening_a_job_that_was_refreshed_meanwhile_asks_for_no_second_refresh(
    store: SqlCredentials,
) -> None:
    await issued(store, TOKEN)
    seen = await store.load(TOKEN)
    assert seen is not None
    await store.save(rotated(await claim(store, at=seen.due_at), at=seen.due_at), now=seen.due_at)
    now = seen.due_at + SECOND

    assert await store.hasten(TOKEN, now=now, due_at=seen.due_at)
    assert await store.claim(now=now, limit=10, lease=LEASE) == []
    after = await store.load(TOKEN)
    assert after is not None
    await store.hasten(TOKEN, now=now, due_at=after.due_at)

    assert (await claim(store, at=now)).key == TOKEN


async def test_hastening_a_job_that_is_being_attempted_asks_for_no_second_one(
    store: SqlCredentials,
) -> None:
    await store.register(registration(TOKEN), now=NOW)
    job = await claim(store)

    assert await store.hasten(TOKEN, now=LATER)
    assert await store.claim(now=LATER, limit=10, lease=LEASE) == []
    await store.save(rotated(job), now=LATER)

    assert await store.claim(now=LATER, limit=10, lease=LEASE) == []


async def test_of_many_who_report_a_dead_value_one_is_believed(store: SqlCredentials) -> None:
    await issued(store, TOKEN)

    believed = [await store.suspect(TOKEN, version=1, now=LATER) for _ in range(5)]

    job = await claim(store, at=LATER)
    assert believed == [True, False, False, False, False]
    assert job.suspect
    await store.save(rotated(job), now=LATER)
    assert await store.claim(now=LATER, limit=10, lease=LEASE) == []


async def test_a_report_about_an_older_value_is_not_believed(store: SqlCredentials) -> None:
    await issued(store, TOKEN)
    await store.hasten(TOKEN, now=NOW)
    await store.save(rotated(await claim(store)), now=NOW)

    assert not await store.suspect(TOKEN, version=1, now=LATER)
    assert not await store.suspect(TICKET, version=1, now=LATER)

    assert await store.claim(now=LATER, limit=10, lease=LEASE) == []


async def test_a_report_is_answered_by_the_new_value_that_is_on_its_way(
    store: SqlCredentials,
) -> None:
    await issued(store, TOKEN)
    await store.hasten(TOKEN, now=NOW)
    job = await claim(store)

    assert await store.suspect(TOKEN, version=1, now=LATER)
    await store.save(rotated(job), now=LATER)

    assert await store.claim(now=LATER, limit=10, lease=LEASE) == []
    assert await store.suspect(TOKEN, version=2, now=LATER)


async def test_a_report_during_an_attempt_that_brings_the_same_value_leaves_the_job_due(
    store: SqlCredentials,
) -> None:
    await issued(store, TOKEN)
    await store.hasten(TOKEN, now=NOW)
    job = await claim(store)

    await store.suspect(TOKEN, version=1, now=LATER)
    await store.save(repeated(job), now=LATER)

    assert (await claim(store, at=LATER)).suspect


async def test_a_value_is_reported_once_though_wechat_returns_it_again(
    store: SqlCredentials,
) -> None:
    await issued(store, TOKEN)
    await store.suspect(TOKEN, version=1, now=NOW)
    await store.save(repeated(await claim(store)), now=NOW)

    believed = await store.suspect(TOKEN, version=1, now=LATER)

    assert not believed
    assert await store.next_due() == NOW + HOUR


async def _parked(store: SqlCredentials, key: JobKey, *, waits_on: str) -> None:
    """A job that sleeps until something arrives."""
    await store.register(registration(key), now=NOW)
    await store.save(failed(await claim(store), Reaction.NEEDS_INPUT, waits_on=waits_on), now=NOW)
