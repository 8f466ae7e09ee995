"""What a caller at the front desk gets, and when."""

import asyncio

import pytest
from structlog.testing import capture_logs

from tests.credentials.office import (
    DEADLINE,
    LIFE,
    TICKET,
    TOKEN,
    USER,
    Office,
    refusal,
    register_user,
    value,
)
from tests.stores.samples import SECOND
from wechat_scheduler.credentials.cells import LATENESS
from wechat_scheduler.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    UnavailableError,
)
from wechat_scheduler.reasons import Reaction

NAMELESS = USER._replace(subject="")
OTHER = USER._replace(subject="o2")


async def test_a_hundred_who_ask_at_once_share_one_call(office: Office) -> None:
    await office.register(TOKEN)

    async with asyncio.TaskGroup() as group:
        fetches = [group.create_task(value(office)) for _ in range(100)]
        await office.clock.waited()
        await office.settle()

    assert {fetch.result() for fetch in fetches} == {"access_token-1"}
    assert len(office.script(TOKEN).requests) == 1


async def test_who_waited_long_enough_is_told_why(office: Office) -> None:
    await office.register(TOKEN)

    async with asyncio.TaskGroup() as group:
        fetch = group.create_task(_refused(office))
        await office.clock.waited()
        office.clock.advance(DEADLINE)

    assert str(fetch.result()) == "wx1/access_token is still being fetched"
    assert fetch.result().retry_after == SECOND


async def test_who_waits_through_failures_is_told_the_last_one(office: Office) -> None:
    office.script(TOKEN).answer(refusal())
    await office.register(TOKEN)
    await office.settle()

    async with asyncio.TaskGroup() as group:
        fetch = group.create_task(_refused(office))
        await office.clock.waited()
        office.clock.advance(DEADLINE)

    assert str(fetch.result()) == (
        "wx1/access_token has no valid value: /cgi-bin/it: -1; do something"
    )


async def test_nobody_waits_for_what_will_not_come(office: Office) -> None:
    office.script(TOKEN).answer(refusal(Reaction.OPERATOR, errcode=40164))
    await office.register(TOKEN)
    await office.settle()

    error = await _refused(office)

    assert "40164; do something" in str(error)
    assert error.retry_after == (await office.look(TOKEN)).due_at - office.clock.now()
    assert office.clock.waits == 0


async def test_an_operator_who_asks_for_a_refresh_is_not_answered_with_the_old_failure(
    office: Office,
) -> None:
    office.script(TOKEN).answer(refusal(Reaction.OPERATOR))
    await office.register(TOKEN)
    await office.settle()
    await _refused(office)

    await office.manager.refresh(TOKEN)
    async with asyncio.TaskGroup() as group:
        fetch = group.create_task(value(office))
        await office.clock.waited()
        await office.settle()

    assert fetch.result() == "access_token-2"


async def test_what_is_not_registered_is_not_found(office: Office) -> None:
    await office.register(TOKEN)

    for call in (
        office.manager.fetch(TICKET),
        office.manager.refresh(TICKET),
        office.manager.remove(TICKET, owner=""),
        office.manager.remove(TOKEN, owner="a stranger"),
    ):
        with pytest.raises(NotFoundError, match="is registered for wx1"):
            await call


async def test_one_of_several_has_to_be_named(office: Office) -> None:
    await register_user(office, USER)
    assert (await office.manager.fetch(NAMELESS)).key == USER

    await register_user(office, OTHER)

    with pytest.raises(ConflictError, match="name one, as in …/o"):
        await office.manager.fetch(NAMELESS)
    assert (await office.manager.fetch(OTHER)).key == OTHER


async def test_a_registration_that_lacks_params_is_not_stored(office: Office) -> None:
    with pytest.raises(InvalidRequestError, match=r"tasks\[0\]\.params"):
        await office.register(USER)

    assert await office.manager.view(appid="", kind="", subject="", after=None, limit=9) == []


async def test_an_old_value_is_served_while_its_refresh_fails_and_not_a_moment_longer(
    office: Office,
) -> None:
    await office.register(TOKEN)
    await office.settle()
    office.script(TOKEN).answer(refusal(Reaction.OPERATOR), times=50)

    await office.pass_time(LIFE - SECOND)
    last = await value(office)
    await office.pass_time(SECOND)

    assert last == "access_token-1"
    assert "has no valid value" in str(await _refused(office))


async def test_a_removed_job_is_handed_out_no_more(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    cell = await office.manager.fetch(TOKEN)

    await office.manager.remove(TOKEN, owner="erp")

    assert cell.removed
    assert cell.valid(office.clock.boottime()) is None
    with pytest.raises(NotFoundError):
        await office.manager.fetch(TOKEN)


async def test_who_waits_for_a_job_that_is_removed_is_told_so(office: Office) -> None:
    await office.register(TOKEN)

    async def not_found() -> None:
        with pytest.raises(NotFoundError):
            await office.manager.fetch(TOKEN)

    async with asyncio.TaskGroup() as group:
        group.create_task(not_found())
        await office.clock.waited()
        await office.manager.remove(TOKEN, owner="")


async def test_a_value_in_its_renewal_window_is_served_without_further_ado(
    office: Office,
) -> None:
    await office.register(TOKEN)
    await office.settle()
    await value(office)
    renew_at = (await office.credential(TOKEN)).renew_at
    office.clock.advance_to(renew_at + LATENESS * SECOND)
    office.database.down = True

    with capture_logs() as events:
        assert await value(office) == "access_token-1"

    assert events == []


async def test_whoever_has_work_is_woken_when_there_may_be_some(office: Office) -> None:
    woken = []
    office.manager.on_work(lambda: woken.append("refreshing"), lambda: woken.append("sending"))

    await office.register(TOKEN)
    assert woken == ["refreshing", "sending"]
    await office.register(TOKEN)
    assert woken == ["refreshing", "sending"]
    await office.settle()
    assert len(woken) == 4


async def _refused(office: Office) -> UnavailableError:
    with pytest.raises(UnavailableError) as caught:
        await office.manager.fetch(TOKEN)
    return caught.value
