"""A week of rotations, in less than a second."""

from datetime import datetime, timedelta

import pytest

from tests.credentials.office import AUTHORIZER, COMPONENT, TICKET, TOKEN, USER, Office, office
from tests.credentials.weixin import LIFE, Weixin, issuers
from tests.stores.samples import task
from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.model import JobKey

WEEK = timedelta(days=7)
ROTATING = (TOKEN, USER, COMPONENT, AUTHORIZER)
SHORTEST = LIFE * (1 - policy.MARGIN_SHARE - policy.JITTER_SHARE)
LONGEST = LIFE * (1 - policy.MARGIN_SHARE)


@pytest.mark.parametrize("stable", [False, True])
async def test_a_week_of_rotations_leaves_no_gap_and_makes_no_call_too_many(stable: bool) -> None:
    week, weixin = await _begun(stable=stable)
    shortest = dict.fromkeys(ROTATING, SHORTEST)
    longest = dict.fromkeys(ROTATING, LONGEST)
    if stable:
        shortest[TOKEN], longest[TOKEN] = LIFE - policy.MARGIN, LIFE - policy.MARGIN * 0.8

    end = week.clock.now() + WEEK
    while await _next(week, end):
        await _are_good(week, weixin, *ROTATING)
        await week.settle()
        await _are_good(week, weixin, *ROTATING, TICKET)

    for key in ROTATING:
        rotations = (await week.look(key)).version
        assert WEEK / longest[key] <= rotations <= WEEK / shortest[key] + 1
        assert weixin.calls[key.kind] == weixin.issued[key.kind] == rotations
        assert weixin.refusals == 0


async def test_a_ticket_that_comes_back_until_it_expires_costs_seven_calls_at_most() -> None:
    week, weixin = await _begun(stable=True)

    end = week.clock.now() + WEEK
    while await _next(week, end):
        await week.settle()

    tickets = (await week.look(TICKET)).version
    assert tickets == weixin.issued[TICKET.kind]
    assert WEEK / LIFE <= tickets <= WEEK / LIFE + 1
    assert weixin.calls[TICKET.kind] <= 7 * tickets


async def test_a_week_in_which_others_kill_the_tokens_costs_two_calls_for_each_kill() -> None:
    week, weixin = await _begun(stable=False)

    end, kills = week.clock.now() + WEEK, 0
    while await _next(week, end):
        if kills < 20:
            kills += 1
            weixin.kill(TOKEN.kind)
            await week.manager.refresh(TICKET)
        await week.settle()
        await _are_good(week, weixin, TOKEN)

    assert weixin.refusals == kills
    assert weixin.calls[TOKEN.kind] <= WEEK / SHORTEST + 1 + kills


async def _next(week: Office, end: datetime) -> bool:
    """Move on to when something is due; whether that is before the end."""
    due = await week.store.next_due()
    assert due is not None
    week.clock.advance_to(due)
    return due < end


async def _are_good(week: Office, weixin: Weixin, *keys: JobKey) -> None:
    """What readers are handed is good at WeChat's."""
    for key in keys:
        cell = await week.manager.fetch(key)
        credential = cell.valid(week.clock.boottime())
        assert credential is not None
        assert weixin.is_good(credential.value)


async def _begun(*, stable: bool) -> tuple[Office, Weixin]:
    """An account, a user of it, and a platform with an authorizer, all with their first values."""
    weixin = Weixin()
    week = office(issuers=issuers(weixin, stable=stable), clock=weixin.clock)
    week.push("component_verify_ticket", "pushed")
    for key, url in ((USER, "http://erp/user"), (AUTHORIZER, "http://erp/authorizer")):
        refresh_token = weixin.issue(f"{key.kind} refresh")
        name = "refresh_token" if key is USER else "authorizer_refresh_token"
        week.systems.answers[url] = {name: refresh_token}
    await week.register(
        TOKEN,
        TICKET,
        COMPONENT,
        task(USER, params="http://erp/user"),
        task(AUTHORIZER, params="http://erp/authorizer"),
    )
    await week.settle()
    weixin.refusals = 0
    return week, weixin
