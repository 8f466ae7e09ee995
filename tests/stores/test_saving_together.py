"""Refreshes that end at the same time share the statements that store their values, and stay apart all the same."""

from collections.abc import Sequence
from datetime import datetime

from tests.stores.samples import (
    APPID,
    LEASE,
    LIFE,
    NOW,
    SECOND,
    TICKET,
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
from wechat_scheduler.credentials.inputs import parent_name
from wechat_scheduler.credentials.model import ClaimedJob, JobKey, Outcome, Rotated, Snapshot, Spent
from wechat_scheduler.credentials.ports import Store
from wechat_scheduler.engine.supervisor import together

LATER, AFTER = NOW + LIFE, NOW + LIFE + SECOND
USERS = [JobKey(APPID, "oauth2_access_token", f"o{number}") for number in range(5)]


async def claimed(store: Store, *, at: datetime = NOW, limit: int = 10) -> list[ClaimedJob]:
    return sorted(await store.claim(now=at, limit=limit, lease=LEASE), key=lambda job: job.key)


async def saved(
    store: Store, *outcomes: Outcome, now: datetime = AFTER
) -> Sequence[Snapshot | None]:
    return await together(store.save(outcome, now=now) for outcome in outcomes)


def value_of(snapshot: Snapshot | None) -> tuple[str, int] | None:
    found = snapshot.credential if snapshot else None
    return found and (found.value, found.version)


async def test_each_value_goes_to_its_own_job(stores: Stores) -> None:
    store = stores.credentials
    await issued(store, *USERS)
    jobs = await claimed(store, at=LATER)
    same = repeated(jobs[0], at=LATER)
    rest = [rotated(job, job.key.subject, at=LATER, refresh_token="r") for job in jobs[1:4]]
    forced = rotated(jobs[4], "o4", at=LATER, spent=Spent(calls=3, forced_at=LATER))

    after = await saved(store, rest[1], forced, rest[0], same, rest[2])

    assert [value_of(each) for each in after] == [
        ("o2", 2), ("o4", 2), ("o1", 2), ("value", 1), ("o3", 2),
    ]  # fmt: skip
    assert after == [await store.load(USERS[number]) for number in (2, 4, 1, 0, 3)]
    views = [await look(store, key) for key in USERS]
    assert [view.due_at for view in views] == [same.due_at, *(forced.due_at for _ in range(4))]
    assert [view.calls for view in views] == [2, 2, 2, 2, 4]


async def test_only_the_jobs_whose_claims_are_there_change(stores: Stores) -> None:
    store = stores.credentials
    await issued(store, *USERS[:3])
    jobs = await claimed(store, at=LATER)
    taken_over = (await claimed(stores.elsewhere, at=LATER + LEASE))[1]
    newest = rotated(taken_over, "newest", at=LATER + LEASE)
    await stores.elsewhere.save(newest, now=LATER + LEASE)

    after = await saved(store, *(rotated(job, "late", at=LATER) for job in jobs))

    assert value_of(await store.load(taken_over.key)) == ("newest", 2)
    assert after[1] is None
    assert [value_of(each) for each in (after[0], after[2])] == [("late", 2)] * 2


async def test_of_two_claims_of_one_job_each_value_has_its_turn(stores: Stores) -> None:
    store = stores.credentials
    await store.register(registration(TOKEN), now=NOW)
    first = await claim(store)
    second = await claim(store, at=NOW + LEASE)
    outcomes = [rotated(first, "first"), rotated(second, "second", at=NOW + LEASE)]

    await saved(store, *outcomes, now=NOW + LEASE)

    found = value_of(await store.load(TOKEN))
    assert found is not None
    assert found[0] == "second"


async def test_jobs_that_wait_for_one_of_the_values_are_woken_and_each_receiver_is_told(
    stores: Stores,
) -> None:
    store = stores.credentials
    parent, other = task(TOKEN, notify="http://erp/n"), task(USERS[0])
    await store.register(registration(parent, other, TICKET), now=NOW)
    jobs = {job.key: job for job in await claimed(store)}
    await store.save(failed(jobs[TICKET], waits_on=parent_name(TOKEN)), now=NOW)

    await saved(store, rotated(jobs[USERS[0]]), rotated(jobs[TOKEN]), now=NOW + SECOND)

    assert (await look(store, TICKET)).due_at == NOW + SECOND
    told = await stores.outbox.claim(now=NOW + SECOND, limit=10, lease=LEASE)
    assert [delivery.message for delivery in told] == [None]


async def test_a_value_that_the_database_refuses_harms_no_other(stores: Stores) -> None:
    store = stores.credentials
    await issued(store, *USERS[:3])
    jobs = await claimed(store, at=LATER)
    calls = (1, 2**70, 1)

    await together(
        is_saved(store, rotated(job, "new", at=LATER, spent=Spent(calls=many)))
        for job, many in zip(jobs, calls, strict=True)
    )

    found = [value_of(await store.load(key)) for key in USERS[:3]]
    assert found == [("new", 2), ("value", 1), ("new", 2)]


async def is_saved(store: Store, outcome: Rotated) -> bool:
    try:
        await store.save(outcome, now=AFTER)
    except Exception:  # noqa: BLE001 - each driver has its own
        return False
    return True
