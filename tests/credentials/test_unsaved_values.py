"""What WeChat issued is stored before WeChat is asked again, however often the job is claimed meanwhile."""

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.credentials.office import LEASE, LIFE, TOKEN, Office, value
from wechat_scheduler.credentials.model import ClaimedJob
from wechat_scheduler.credentials.stopgap import Stopgap
from wechat_scheduler.engine.supervisor import together
from wechat_scheduler.errors import StorageError


def stopgap(office: Office) -> Stopgap:
    return Stopgap(
        office.refresher,
        office.store,
        rotates=lambda job: False,
        publish=lambda snapshot: None,
        reload=office.manager.reload,
        clock=office.clock,
    )


async def claimed(work: Stopgap) -> ClaimedJob:
    (job,) = await work.claim(10)
    return job


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0)])
async def test_a_job_that_is_claimed_again_while_its_value_waits_is_not_refreshed_again(
    office: Office, order: tuple[int, ...]
) -> None:
    await office.register(TOKEN)
    work = stopgap(office)
    outcomes = [await work.attempt(await claimed(work))]
    office.clock.advance(LEASE)
    outcomes.append(await work.attempt(await claimed(work)))

    for number in order:
        await work.finish(outcomes[number])

    office.clock.advance(LEASE)
    assert await work.claim(10) == []
    assert await value(office) == "access_token-1"
    assert len(office.script(TOKEN).requests) == 1


async def test_a_job_that_is_claimed_again_while_wechat_is_asked_is_not_asked_for_again(
    office: Office,
) -> None:
    await office.register(TOKEN)
    work, script = stopgap(office), office.script(TOKEN)
    script.idle.clear()

    async with asyncio.TaskGroup() as group:
        first = group.create_task(work.attempt(await claimed(work)))
        await script.asked.wait()
        office.clock.advance(LEASE)
        second = group.create_task(work.attempt(await claimed(work)))
        await office.clock.calm()
        script.idle.set()
    await together(work.finish(one.result()) for one in (first, second))

    office.clock.advance(LEASE)
    assert await work.claim(10) == []
    assert len(script.requests) == 1


async def test_a_value_that_was_stored_while_the_job_was_being_claimed_is_stored_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.register(TOKEN)
    work = stopgap(office)
    outcome = await work.attempt(await claimed(work))
    office.clock.advance(LEASE)
    claim = office.store.claim

    async def slow(*, now: datetime, limit: int, lease: timedelta) -> list[ClaimedJob]:
        found = await claim(now=now, limit=limit, lease=lease)
        await work.finish(outcome)
        return list(found)

    monkeypatch.setattr(office.store, "claim", slow)
    await work.finish(await work.attempt(await claimed(work)))
    monkeypatch.undo()

    office.clock.advance(LEASE)
    assert await work.claim(10) == []
    assert len(office.script(TOKEN).requests) == 1


async def test_a_value_that_waits_is_dropped_once_another_was_stored_or_asked_for(
    office: Office,
) -> None:
    await office.register(TOKEN)
    work = stopgap(office)
    late = await work.attempt(await claimed(work))
    office.clock.advance(LEASE)
    await office.settle()  # as another process
    newer = await value(office)
    await office.manager.refresh(TOKEN)

    await work.finish(await work.attempt(await claimed(work)))
    await work.finish(late)

    assert newer == "access_token-2"
    assert await value(office) == "access_token-3"


@pytest.mark.parametrize(("refresh_token", "version"), [("", 0), ("rotated", 1)])
async def test_a_value_that_expired_before_the_store_was_back_is_stored_only_for_its_refresh_token(
    office: Office, refresh_token: str, version: int
) -> None:
    await office.register(TOKEN)
    work, script = stopgap(office), office.script(TOKEN)
    script.answer(script.issued("first", refresh_token=refresh_token))
    outcome = await work.attempt(await claimed(work))
    office.database.down = True
    with pytest.raises(StorageError):
        await work.finish(outcome)
    office.clock.advance(LIFE)
    office.database.down = False

    await work.finish(outcome)
    row = await claimed(work)
    await work.finish(await work.attempt(row))

    assert row.version == version
    assert await value(office) == f"access_token-{len(script.requests)}"


@pytest.mark.parametrize(("refresh_token", "calls"), [("", 2), ("rotated", 1)])
async def test_a_value_that_expired_while_it_waited_is_stored_only_for_its_refresh_token(
    office: Office, refresh_token: str, calls: int
) -> None:
    await office.register(TOKEN)
    work, script = stopgap(office), office.script(TOKEN)
    script.answer(script.issued("first", refresh_token=refresh_token))
    await work.attempt(await claimed(work))
    office.clock.advance(LIFE)

    await work.finish(await work.attempt(await claimed(work)))

    assert len(script.requests) == calls
