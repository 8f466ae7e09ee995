"""Days of rotations, in less than a second."""

from datetime import datetime, timedelta

import pytest

from tests.credentials.office import AUTHORIZER, COMPONENT, TICKET, TOKEN, USER, Office, office
from tests.credentials.weixin import LIFE, Weixin, issuers
from tests.stores.samples import task
from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.model import JobKey

DAYS = timedelta(days=2)
ROTATING = (TOKEN, USER, COMPONENT, AUTHORIZER)
SHORTEST = LIFE * (1 - policy.MARGIN_SHARE - policy.JITTER_SHARE)
LONGEST = LIFE * (1 - policy.MARGIN_SHARE)


@pytest.mark.parametrize("stable", [False, True])
async def test_days_of_rotations_leave_no_gap_and_make_no_call_too_many(stable: bool) -> None:
    place, weixin = await _begun(stable=stable)
    shortest = dict.fromkeys(ROTATING, SHORTEST)
    longest = dict.fromkeys(ROTATING, LONGEST)
    if stable:
        shortest[TOKEN], longest[TOKEN] = LIFE - policy.MARGIN, LIFE - policy.MARGIN * 0.8

    end = place.clock.now() + DAYS
    while await _next(place, end):
        await _are_good(place, weixin, *ROTATING)
        await place.settle()
        await _are_good(place, weixin, *ROTATING, TICKET)

    for key in ROTATING:
        rotations = (await place.look(key)).version
        assert DAYS / longest[key] <= rotations <= DAYS / shortest[key] + 1
        assert weixin.calls[key.kind] == weixin.issued[key.kind] == rotations
        assert weixin.refusals == 0
    tickets = (await place.look(TICKET)).version
    assert tickets == weixin.issued[TICKET.kind]
    assert DAYS / LIFE <= tickets <= DAYS / LIFE + 1
    assert weixin.calls[TICKET.kind] <= 4 * tickets  # it comes back until it expires


async def test_days_in_which_others_kill_the_tokens_cost_two_calls_for_each_kill() -> None:
    place, weixin = await _begun(stable=False)

    end, kills = place.clock.now() + DAYS, 0
    while await _next(place, end):
        if kills < 10:
            kills += 1
            weixin.kill(TOKEN.kind)
            await place.manager.refresh(TICKET)
        await place.settle()
        await _are_good(place, weixin, TOKEN)

    assert weixin.refusals == kills
    assert weixin.calls[TOKEN.kind] <= DAYS / SHORTEST + 1 + kills


async def _next(place: Office, end: datetime) -> bool:
    """Move on to when something is due; whether that is before the end."""
    due = await place.store.next_due()
    assert due is not None
    place.clock.advance_to(due)
    return due < end


async def _are_good(place: Office, weixin: Weixin, *keys: JobKey) -> None:
    """What readers are handed is good at WeChat's."""
    for key in keys:
        cell = await place.manager.fetch(key)
        credential = cell.valid(place.clock.boottime())
        assert credential is not None
        assert weixin.is_good(credential.value)


async def _begun(*, stable: bool) -> tuple[Office, Weixin]:
    """An account, a user of it, and a platform with an authorizer, all with their first values."""
    weixin = Weixin()
    place = office(issuers=issuers(weixin, stable=stable), clock=weixin.clock)
    place.push("component_verify_ticket", "pushed")
    for key, url in ((USER, "http://erp/user"), (AUTHORIZER, "http://erp/authorizer")):
        refresh_token = weixin.issue(f"{key.kind} refresh")
        name = "refresh_token" if key is USER else "authorizer_refresh_token"
        place.systems.answers[url] = {name: refresh_token}
    await place.register(
        TOKEN,
        TICKET,
        COMPONENT,
        task(USER, params="http://erp/user"),
        task(AUTHORIZER, params="http://erp/authorizer"),
    )
    await place.settle()
    weixin.refusals = 0
    return place, weixin
