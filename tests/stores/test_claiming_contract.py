"""Claims on jobs, and the calls that are counted with them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.stores.samples import (
    HOUR,
    LEASE,
    NOW,
    SECOND,
    TOKEN,
    claim,
    failed,
    issued,
    look,
    registration,
    repeated,
    rotated,
    task,
)
from tests.stores.suite import Stores
from wechat_scheduler.credentials.model import Account, JobKey, Outcome, Spent
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.delivery.outbox import SqlOutbox

LATER = NOW + SECOND


async def test_the_longest_due_are_claimed_first(store: SqlCredentials) -> None:
    keys = [JobKey("wx1", "access_token", str(number)) for number in range(4)]
    for number, key in enumerate(keys):
        await store.register(registration(key), now=NOW - number * SECOND)

    jobs = await store.claim(now=NOW - SECOND, limit=2, lease=LEASE)

    assert {job.key for job in jobs} == {keys[3], keys[2]}


async def test_a_claimed_job_is_not_claimed_again(stores: Stores) -> None:
    await stores.credentials.register(registration(TOKEN), now=NOW)
    await claim(stores.credentials)

    assert await stores.elsewhere.claim(now=NOW, limit=10, lease=LEASE) == []
    assert (await look(stores.elsewhere)).claimed
    assert await stores.elsewhere.next_due() == NOW + LEASE


async def test_a_claim_that_ran_out_is_taken_over(stores: Stores) -> None:
    await stores.credentials.register(registration(TOKEN), now=NOW)
    lost = await claim(stores.credentials)

    taken = await claim(stores.elsewhere, at=NOW + LEASE)

    assert taken.claim != lost.claim
    assert taken.calls == 2


async def test_a_failure_whose_claim_is_lost_stores_nothing(
    stores: Stores, outbox: SqlOutbox
) -> None:
    store = stores.credentials
    await store.register(registration(task(notify="http://erp/n")), now=NOW)
    lost = await claim(store)
    await claim(stores.elsewhere, at=NOW + LEASE)
    before = await look(store)

    failure = await store.save(failed(lost), now=NOW + LEASE)

    assert failure is None
    assert await look(store) == before
    assert await outbox.next_due() is None


async def test_an_outcome_of_a_removed_job_stores_nothing(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    wanted = registration(task(notify="http://erp/n"))
    await store.register(wanted, now=NOW)
    job = await claim(store)
    await store.remove(TOKEN, owner="", now=NOW)
    await store.register(wanted, now=NOW)

    assert await store.save(rotated(job), now=NOW) is None
    assert await outbox.next_due() is None


async def test_each_claim_counts_a_call_and_the_outcome_says_how_many_there_were(
    store: SqlCredentials,
) -> None:
    await store.register(registration(TOKEN), now=NOW)

    counts = []
    for calls in (3, 0, 1):
        await store.hasten(TOKEN, now=NOW)
        job = await claim(store)
        counts.append(job.calls)
        await store.save(failed(job, spent=Spent(calls=calls)), now=NOW)

    assert counts == [1, 4, 4]
    assert (await look(store)).calls == 4


async def test_forced_refreshes_are_counted_whatever_came_of_them(store: SqlCredentials) -> None:
    await issued(store, TOKEN)

    for number, make in enumerate((rotated, repeated, failed)):
        at = NOW + number * HOUR
        await store.hasten(TOKEN, now=at)
        job = await claim(store, at=at)
        outcome: Outcome = make(job, at=at, spent=Spent(calls=2, forced_at=at))  # type: ignore[operator]  # mypy joins the three to object
        await store.save(outcome, now=at)
    await store.hasten(TOKEN, now=NOW + 4 * HOUR)

    job = await claim(store, at=NOW + 4 * HOUR)
    assert (job.forces, job.forced_at) == (3, NOW + 2 * HOUR)


async def test_calls_and_forces_count_anew_from_midnight_in_shanghai(store: SqlCredentials) -> None:
    midnight = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)
    before, after = midnight - timedelta(microseconds=1), midnight
    await store.register(registration(TOKEN), now=before)
    spent = Spent(calls=2, forced_at=before)
    await store.save(rotated(await claim(store, at=before), spent=spent), now=before)
    await store.hasten(TOKEN, now=before)
    today = await claim(store, at=before)
    await store.release(now=after)

    tomorrow = await claim(store, at=after)

    assert (today.calls, today.forces) == (3, 1)
    assert (tomorrow.calls, tomorrow.forces, tomorrow.forced_at) == (1, 0, before)


async def test_what_a_dead_process_had_claimed_is_given_back(store: SqlCredentials) -> None:
    await store.register(registration(TOKEN), now=NOW)
    lost = await claim(store)

    await store.release(now=LATER)

    assert (await claim(store, at=LATER)).claim != lost.claim
    assert await store.save(failed(lost), now=LATER) is None


async def test_an_empty_store_has_nothing_due(store: SqlCredentials) -> None:
    assert await store.next_due() is None
    assert await store.claim(now=NOW, limit=10, lease=LEASE) == []


async def test_a_new_job_does_not_wait_for_the_many_that_another_account_wakes(
    store: SqlCredentials,
) -> None:
    for number in range(20):
        await store.register(registration(JobKey("wx1", "access_token", str(number))), now=NOW)
    await store.claim(now=NOW, limit=4, lease=LEASE)
    new = JobKey("wx2", "access_token")
    account = Account(appid="wx2", secret="s")
    await store.register(replace(registration(new), account=account), now=LATER)

    claimed = await store.claim(now=LATER, limit=4, lease=LEASE)

    assert new in {job.key for job in claimed}
    assert sum(job.key.appid == "wx1" for job in claimed) == 3


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_no_job_waits_for_ever_behind_newer_ones(store: SqlCredentials, limit: int) -> None:
    keys = [JobKey("wx1", "access_token", str(number)) for number in range(9)]
    for number, key in enumerate(keys):
        await store.register(registration(key), now=NOW - (20 - number) * SECOND)

    claims = [await store.claim(now=NOW, limit=limit, lease=LEASE) for _ in range(3)]

    assert {*keys[:2]} <= {job.key for jobs in claims for job in jobs}


async def test_the_store_names_the_jobs_that_are_in_another_state(stores: Stores) -> None:
    keys = [JobKey("wx1", "access_token", str(number)) for number in range(5)]
    store = stores.credentials
    await issued(store, *keys)
    known = [snapshot for key in keys if (snapshot := await store.load(key))]
    await stores.elsewhere.hasten(keys[1], now=NOW + SECOND)
    await stores.elsewhere.suspect(keys[2], version=1, now=NOW + HOUR * 100)
    await stores.elsewhere.remove(keys[3], owner="", now=NOW)

    changed = await store.changed(known)

    assert sorted(changed) == keys[1:4]


async def test_what_was_just_published_is_as_the_store_holds_it(stores: Stores) -> None:
    store = stores.credentials
    await store.register(registration(TOKEN), now=NOW)
    saved = await store.save(rotated(await claim(store)), now=NOW)

    assert saved is not None
    assert await stores.elsewhere.changed([saved]) == []
