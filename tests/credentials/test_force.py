"""A stable token that is reported as dead, and comes back, is replaced by force."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.credentials.office import TOKEN, Office, refusal
from tests.stores.samples import SECOND
from wechat_scheduler.credentials.model import Renewal


@pytest.fixture(autouse=True)
async def stable(office: Office) -> None:
    office.script(TOKEN).renewal = Renewal.LATE
    await office.register(TOKEN)
    await office.settle()


async def test_only_a_reported_value_is_forced(office: Office) -> None:
    script = office.script(TOKEN)
    script.answer(script.issued("access_token-1"))

    await office.refresh(TOKEN)

    assert [request.force for request in script.requests] == [False, False]


async def test_a_reported_value_that_comes_back_is_forced_out(office: Office) -> None:
    with capture_logs() as events:
        await _report(office)

    view = await office.look(TOKEN)
    assert [request.force for request in office.script(TOKEN).requests[1:]] == [False, True]
    assert (view.version, view.calls) == (2, 3)
    assert [event["event"] for event in events] == ["credential.forced", "credential.refreshed"]


async def test_a_reported_value_that_wechat_replaced_needs_no_force(office: Office) -> None:
    await office.store.suspect(TOKEN, version=1, now=office.clock.now())
    await office.settle()

    assert [request.force for request in office.script(TOKEN).requests] == [False, False]
    assert (await office.look(TOKEN)).version == 2


async def test_an_ordinary_value_is_never_forced(office: Office) -> None:
    office.script(TOKEN).renewal = Renewal.ORDINARY

    await _report(office)

    assert not any(request.force for request in office.script(TOKEN).requests)
    assert (await office.look(TOKEN)).version == 1


async def test_two_forces_are_30_seconds_apart(office: Office) -> None:
    await _report(office)
    office.clock.advance(10 * SECOND)

    await _report(office, times=2)
    soon = (await office.look(TOKEN)).due_at
    await office.pass_time(20 * SECOND)

    forces = [request.force for request in office.script(TOKEN).requests]
    assert soon == office.clock.now()
    assert forces == [False, False, True, False, False, True]
    assert (await office.look(TOKEN)).version == 3


async def test_a_day_has_20_forces(office: Office) -> None:
    for _ in range(20):
        await _report(office)
        office.clock.advance(31 * SECOND)
    assert (await office.look(TOKEN)).version == 21

    await _report(office)

    script = office.script(TOKEN)
    assert sum(request.force for request in script.requests) == 20
    assert (await office.look(TOKEN)).version == 21
    assert not await office.store.suspect(TOKEN, version=21, now=office.clock.now())


async def test_a_force_that_fails_counts_as_one(office: Office) -> None:
    script = office.script(TOKEN)
    script.answer(script.issued("access_token-1"), refusal())
    await office.store.suspect(TOKEN, version=1, now=office.clock.now())

    await office.refreshing.run_once()
    office.clock.advance(2 * SECOND)
    script.answer(script.issued("access_token-1"))
    await office.settle()

    view = await office.look(TOKEN)
    assert [request.force for request in script.requests] == [False, False, True, False]
    assert view.calls == 4
    await office.pass_time(timedelta(seconds=28))
    assert (await office.look(TOKEN)).version == 2


async def _report(office: Office, *, times: int = 1) -> None:
    """A consumer says that the value is dead, and WeChat returns it as often."""
    script, current = office.script(TOKEN), await office.credential(TOKEN)
    for _ in range(times):
        script.answer(script.issued(current.value))
    now = office.clock.now()
    assert await office.store.suspect(TOKEN, version=current.version, now=now)
    await office.settle()
