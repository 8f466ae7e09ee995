"""Memory and the store: what is read when, and what wins."""

import asyncio
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from tests.credentials.office import LIFE, TICKET, TOKEN, USER, Office, register_user, value
from tests.stores.samples import SECOND, registration
from wechat_scheduler.credentials.cells import LATENESS
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import NotFoundError

HOUR = timedelta(hours=1)
NAMELESS = USER._replace(subject="")
OTHER = USER._replace(subject="o2")


async def test_a_value_is_read_from_the_store_once(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    await value(office)

    office.database.down = True

    assert await value(office) == "access_token-1"


async def test_a_hundred_who_ask_first_and_at_once_are_given_the_very_same(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    office.store.arrive.clear()

    async with asyncio.TaskGroup() as group:
        fetches = [group.create_task(office.manager.fetch(TOKEN)) for _ in range(100)]
        await office.store.read.wait()
        office.store.arrive.set()

    # An answer from memory holds for as long as the credential is the same object.
    assert len({id(fetch.result().credential) for fetch in fetches}) == 1
    assert fetches[0].result().generation == 1


async def test_a_store_that_is_down_withholds_nothing_that_is_in_memory(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    cell = await office.manager.fetch(TOKEN)
    office.clock.advance(LIFE - SECOND)
    office.database.down = True

    with capture_logs() as events:
        first, second = await value(office), await value(office)
        await office.clock.calm()

    assert first == second == "access_token-1"
    assert [event["event"] for event in events] == ["credential.nudge_failed"]
    assert cell.nudge_boot == office.clock.boottime() + LATENESS


async def test_a_reader_who_found_a_job_overdue_has_it_refreshed_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.register(TOKEN)
    await office.settle()
    await value(office)
    hasten = office.store.hasten

    async def after_the_loop(key: JobKey, *, now: datetime, due_at: datetime | None = None) -> bool:
        await office.settle()
        return await hasten(key, now=now, due_at=due_at)

    monkeypatch.setattr(office.store, "hasten", after_the_loop)
    office.clock.advance_to((await office.credential(TOKEN)).renew_at + (LATENESS + 1) * SECOND)

    await value(office)
    await office.clock.calm()
    await office.settle()

    assert await value(office) == "access_token-2"
    assert len(office.script(TOKEN).requests) == 2


async def test_a_value_that_is_published_before_the_nudge_runs_is_not_refreshed(
    office: Office,
) -> None:
    await office.register(TOKEN)
    await office.settle()
    await value(office)
    office.clock.advance_to((await office.credential(TOKEN)).renew_at + (LATENESS + 1) * SECOND)
    (job,) = await office.refresher.claim(10)
    new = await office.store.save(await office.refresher.attempt(job), now=office.clock.now())
    assert new is not None

    await office.manager.look(TOKEN)
    office.manager.publish(new)
    await office.clock.calm()

    assert await office.refresher.claim(10) == []


async def test_a_change_of_one_job_makes_no_other_read_the_store(office: Office) -> None:
    await register_user(office, USER)
    await office.register(TOKEN)
    await office.settle()
    before = [await value(office, key) for key in (TOKEN, NAMELESS)]
    await office.register(TICKET)
    await office.manager.changed_elsewhere(TICKET)
    office.database.down = True

    after = [await value(office, key) for key in (TOKEN, NAMELESS)]

    assert after == before


async def test_what_may_have_changed_elsewhere_is_still_handed_out_while_the_store_is_down(
    office: Office,
) -> None:
    await office.register(TOKEN)
    await office.settle()
    before = await value(office)
    await office.manager.changed_elsewhere(None)
    office.database.down = True

    assert await value(office) == before


async def test_what_arrives_late_from_the_store_does_not_replace_what_was_published(
    office: Office,
) -> None:
    await office.register(TOKEN)
    await office.settle()
    await value(office)
    store = office.store
    store.arrive.clear()
    store.read.clear()

    async with asyncio.TaskGroup() as group:
        group.create_task(office.manager.reload(TOKEN))
        await store.read.wait()
        await store.hasten(TOKEN, now=office.clock.now())
        await office.settle()
        store.arrive.set()

    assert await value(office) == "access_token-2"


async def test_many_who_look_again_at_once_read_the_store_once_each(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    await value(office)
    store = office.store
    store.arrive.clear()
    before = store.loads

    async with asyncio.TaskGroup() as group:
        for _ in range(64):
            group.create_task(office.manager.reload(TOKEN))
        await office.clock.calm()
        store.arrive.set()

    assert store.loads - before == 64


async def test_an_earlier_read_that_arrives_later_does_not_replace_a_later_one(
    office: Office,
) -> None:
    await office.register(TOKEN)
    await office.settle()
    cell = await office.manager.fetch(TOKEN)
    store = office.store
    store.arrive.clear()
    store.read.clear()

    async with asyncio.TaskGroup() as group:
        group.create_task(office.manager.reload(TOKEN))
        await store.read.wait()
        late, store.arrive = store.arrive, asyncio.Event()
        store.arrive.set()
        await store.hasten(TOKEN, now=office.clock.now())
        await office.manager.reload(TOKEN)
        late.set()

    assert cell.snapshot is not None
    assert cell.snapshot.due_at == office.clock.now()


async def test_a_job_that_is_registered_while_it_is_looked_for_is_kept_in_one_place(
    office: Office,
) -> None:
    store, manager = office.store, office.manager
    await store.register(registration(TOKEN), now=office.clock.now())
    store.arrive.clear()

    async with asyncio.TaskGroup() as group:
        fetches = [group.create_task(value(office)) for _ in range(2)]
        await store.read.wait()
        await store.remove(TOKEN, owner="", now=office.clock.now())
        await store.register(registration(TOKEN), now=office.clock.now())
        store.arrive.set()
        await office.settle()

    assert {fetch.result() for fetch in fetches} == {"access_token-1"}
    await office.refresh(TOKEN)
    held, stored = (await manager.fetch(TOKEN)).credential, await office.credential(TOKEN)
    assert held is not None
    assert (held.value, held.version) == (stored.value, stored.version)


async def test_two_who_hear_of_a_removal_at_once_are_one_too_many_for_nobody(
    office: Office,
) -> None:
    await office.register(TOKEN)
    await office.settle()
    await value(office)
    await office.store.remove(TOKEN, owner="", now=office.clock.now())
    office.store.arrive.clear()
    office.store.read.clear()

    async with asyncio.TaskGroup() as group:
        group.create_task(office.manager.changed_elsewhere(TOKEN))
        group.create_task(office.manager.changed_elsewhere(None))
        await office.store.read.wait()
        office.store.arrive.set()

    with pytest.raises(NotFoundError):
        await office.manager.fetch(TOKEN)


@pytest.mark.parametrize("said", [TOKEN, None])
async def test_what_another_process_rotated_is_handed_out_once_it_is_heard_of(
    office: Office, said: JobKey | None
) -> None:
    await office.register(TOKEN)
    await office.settle()
    await value(office)
    await office.store.hasten(TOKEN, now=office.clock.now())
    (job,) = await office.store.claim(now=office.clock.now(), limit=1, lease=HOUR)
    outcome = await office.refresher.attempt(job)
    await office.store.save(outcome, now=office.clock.now())
    assert await value(office) == "access_token-1"

    await office.manager.changed_elsewhere(said)

    assert await value(office) == "access_token-2"


async def test_a_parent_that_another_process_fetched_just_now_is_found(office: Office) -> None:
    await office.register(TOKEN)
    waiting = await office.manager.sibling(TOKEN)
    (job,) = await office.store.claim(now=office.clock.now(), limit=1, lease=HOUR)
    await office.store.save(await office.refresher.attempt(job), now=office.clock.now())

    found = await office.manager.sibling(TOKEN)

    assert waiting is not None
    assert (waiting.value, waiting.version) == ("", 0)
    assert found is not None
    assert (found.value, found.version) == ("access_token-1", 1)


async def test_a_sibling_that_is_not_there_or_not_the_only_one_is_none(office: Office) -> None:
    await register_user(office, USER)
    await register_user(office, OTHER)

    assert await office.manager.sibling(TICKET) is None
    assert await office.manager.sibling(NAMELESS) is None
