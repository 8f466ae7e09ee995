"""Where the inputs of an attempt come from, and what happens where one is refused."""

import asyncio
from datetime import timedelta

import pytest

from tests.credentials.office import (
    AUTHORIZER,
    CALL,
    COMPONENT,
    LEASE,
    TICKET,
    TOKEN,
    USER,
    Office,
    refusal,
)
from tests.stores.samples import task
from wechat_scheduler.reasons import Reaction

PARAMS = "http://erp/p"
NEW_CONSENT = refusal(Reaction.NEEDS_INPUT, errcode=42002, refused="refresh_token")


async def test_a_first_refresh_token_comes_from_params_and_the_next_from_wechat(
    office: Office,
) -> None:
    await _user(office)

    await office.refresh(USER)

    assert office.script(USER).inputs == [{"refresh_token": "RT"}, {"refresh_token": "refresh-1"}]
    assert len(office.systems.asked) == 1


async def test_when_a_registration_is_new_params_knows_better_than_what_is_kept(
    office: Office,
) -> None:
    await _user(office)
    office.systems.answers["http://erp/2"] = {"refresh_token": "RT-2"}

    await office.register(task(USER, params="http://erp/2"))
    await office.settle()

    assert office.script(USER).inputs[-1] == {"refresh_token": "RT-2"}


async def test_what_is_kept_serves_where_new_params_do_not_answer(office: Office) -> None:
    await _user(office)

    await office.register(task(USER, params="http://down/p"))
    await office.settle()

    assert office.script(USER).inputs[-1] == {"refresh_token": "refresh-1"}


async def test_a_refused_refresh_token_is_replaced_from_params_in_the_same_attempt(
    office: Office,
) -> None:
    await _user(office)
    office.systems.answers[PARAMS] = {"refresh_token": "RT-2"}
    office.script(USER).answer(NEW_CONSENT)

    await office.manager.refresh(USER)
    assert await office.refreshing.run_once() == 1

    tried = [inputs["refresh_token"] for inputs in office.script(USER).inputs]
    view = await office.look(USER)
    assert tried == ["RT", "refresh-1", "RT-2"]
    assert (view.version, view.calls, view.fault) == (2, 3, None)


async def test_a_value_that_was_refused_is_not_offered_twice(office: Office) -> None:
    await _user(office)
    office.systems.answers[PARAMS] = {"refresh_token": "refresh-1"}
    office.script(USER).answer(NEW_CONSENT)

    await office.refresh(USER)

    view = await office.look(USER)
    assert len(office.script(USER).requests) == 2
    assert view.fault is not None
    assert (view.fault.reaction, view.fault.errcode) == (Reaction.NEEDS_INPUT, 42002)
    assert view.waits_on == "refresh_token"


async def test_one_attempt_tries_three_values_at_most(office: Office) -> None:
    for number in range(5):
        url = f"http://erp/{number}"
        office.systems.answers[url] = {"refresh_token": f"RT-{number}"}
        await office.register(task(USER, params=url), owner=f"owner-{number}")
    office.script(USER).answer(NEW_CONSENT, times=5)

    await office.settle()

    assert len(office.script(USER).requests) == 3
    assert (await office.look(USER)).calls == 3


async def test_a_refusal_that_blames_no_input_is_not_repeated(office: Office) -> None:
    office.script(TOKEN).answer(
        refusal(Reaction.NEEDS_INPUT, errcode=61003, refused="authorizer_refresh_token")
    )
    await office.register(TOKEN)

    await office.settle()

    assert len(office.script(TOKEN).requests) == 1
    assert (await office.look(TOKEN)).waits_on == "authorizer_refresh_token"


async def test_a_push_from_wechat_comes_before_params(office: Office) -> None:
    office.systems.answers[PARAMS] = {"component_verify_ticket": "asked"}
    await office.register(task(COMPONENT, params=PARAMS))
    await office.settle()
    office.push("component_verify_ticket", "pushed")

    await office.refresh(COMPONENT)

    tickets = [inputs["component_verify_ticket"] for inputs in office.script(COMPONENT).inputs]
    assert tickets == ["asked", "pushed"]


async def test_params_serves_where_there_is_no_sibling(office: Office) -> None:
    office.systems.answers[PARAMS] = {"access_token": "asked"}

    await office.register(task(TICKET, params=PARAMS))
    await office.settle()

    assert office.script(TICKET).inputs == [{"access_token": "asked"}]


async def test_an_authorizer_takes_its_platforms_token_and_its_own_refresh_token(
    office: Office,
) -> None:
    office.push("component_verify_ticket", "pushed")
    office.systems.answers[PARAMS] = {"authorizer_refresh_token": "RT"}

    await office.register(COMPONENT, task(AUTHORIZER, params=PARAMS))
    await office.settle()
    await office.refresh(AUTHORIZER)

    assert office.script(AUTHORIZER).inputs == [
        {"component_access_token": "component_access_token-1", "authorizer_refresh_token": rt}
        for rt in ("RT", "refresh-1")
    ]


async def _user(office: Office) -> None:
    """An OAuth2 job with a value, its refresh token once got from `params`."""
    office.systems.answers[PARAMS] = {"refresh_token": "RT"}
    await office.register(task(USER, params=PARAMS))
    await office.settle()


async def test_the_params_of_all_owners_are_asked_at_the_same_time(office: Office) -> None:
    office.systems.open.clear()
    for number in range(6):
        await office.register(task(USER, params=f"http://erp/{number}"), owner=f"erp{number}")

    async with asyncio.TaskGroup() as group:
        group.create_task(office.refreshing.run_once())
        await office.clock.calm()
        asked = {url for url, _, _ in office.systems.asked}
        office.systems.open.set()

    assert len(asked) == 6


async def test_wechat_is_not_asked_when_its_answer_could_come_after_the_claim(
    office: Office,
) -> None:
    await office.register(task(USER, params=PARAMS))
    office.systems.answers[PARAMS] = {"refresh_token": "RT"}
    office.systems.open.clear()

    async with asyncio.TaskGroup() as group:
        group.create_task(office.refreshing.run_once())
        await office.clock.calm()
        office.clock.advance(LEASE - CALL)
        office.systems.open.set()

    fault = (await office.look(USER)).fault
    assert office.script(USER).inputs == []
    assert fault is not None
    assert fault.message.startswith("WeChat was not asked")


async def test_wechat_is_not_asked_by_a_process_that_stood_still_since_it_claimed_the_job(
    office: Office,
) -> None:
    await office.register(task(TOKEN))

    (row,) = await office.refresher.claim(5)
    office.clock.advance(LEASE - CALL)
    await office.refresher.finish(await office.refresher.attempt(row))

    assert office.script(TOKEN).inputs == []


@pytest.mark.parametrize(("took", "asks"), [(LEASE * 0.4, True), (LEASE * 0.45, False)])
async def test_wechat_is_not_asked_if_storing_takes_as_long_as_claiming_and_outlasts_the_claim(
    office: Office, took: timedelta, asks: bool
) -> None:
    await office.register(task(TOKEN))

    (row,) = await office.refresher.claim(5)
    office.clock.advance(took)
    await office.refresher.attempt(row)

    assert bool(office.script(TOKEN).inputs) is asks
