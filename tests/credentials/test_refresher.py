"""What becomes of an attempt: a rotation, the same value again, or a failure with a next time."""

from datetime import timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from tests.clock import START
from tests.credentials.office import LIFE, TICKET, TOKEN, USER, Office, office, refusal
from tests.stores.samples import APPID, SECOND, look, registration, task
from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.model import Failed, JobKey, Renewal, Rotated
from wechat_scheduler.errors import StorageError
from wechat_scheduler.reasons import Reaction

MINUTE = timedelta(minutes=1)


async def test_a_new_value_is_stored_published_and_told(office: Office) -> None:
    await office.register(task(notify="http://erp/n"))

    with capture_logs() as events:
        await office.settle()

    cell = await office.manager.fetch(TOKEN)
    assert (await office.credential(TOKEN)).value == "access_token-1"
    assert cell.credential is not None
    assert (cell.credential.value, cell.credential.version) == ("access_token-1", 1)
    assert await office.outbox.next_due() == office.clock.now()
    assert [event["event"] for event in events] == ["credential.refreshed"]


async def test_it_is_due_again_when_its_renewal_window_opens(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    renew_at = (await office.credential(TOKEN)).renew_at

    await office.pass_time(renew_at - office.clock.now() - SECOND)
    assert len(office.script(TOKEN).requests) == 1
    await office.pass_time(SECOND)

    assert (await office.credential(TOKEN)).version == 2


async def test_its_life_counts_from_before_the_call(office: Office) -> None:
    script, asked_at = office.script(TOKEN), office.clock.now()
    await office.register(TOKEN)
    script.idle.clear()

    async with office.attempting():
        await script.asked.wait()
        office.clock.advance(5 * SECOND)
        script.idle.set()

    credential = await office.credential(TOKEN)
    assert (credential.issued_at, credential.expires_at) == (asked_at, asked_at + LIFE)


async def test_a_version_goes_on_counting_when_a_job_comes_back(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    await office.manager.remove(TOKEN, owner="")

    await office.register(TOKEN)
    await office.settle()

    assert (await office.credential(TOKEN)).version == 2


async def test_what_is_not_stored_is_not_published(office: Office) -> None:
    await office.register(TOKEN)
    script = office.script(TOKEN)
    script.idle.clear()

    with capture_logs() as events:
        async with office.attempting():
            await script.asked.wait()
            await office.store.remove(TOKEN, owner="", now=office.clock.now())
            await office.store.register(registration(TOKEN), now=office.clock.now())
            script.idle.set()

    sibling = await office.manager.sibling(TOKEN)
    assert sibling is not None
    assert sibling.value == ""
    assert "credential.claim_lost" in [event["event"] for event in events]


async def test_a_value_is_published_only_when_the_store_has_it(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    cell = await office.manager.fetch(TOKEN)
    await office.manager.refresh(TOKEN)
    (job,) = await office.store.claim(now=office.clock.now(), limit=1, lease=MINUTE)

    outcome = await office.refresher.attempt(job)
    office.database.down = True
    with pytest.raises(StorageError):
        await office.refresher.finish(outcome)
    assert cell.credential is not None
    assert cell.credential.version == 1
    office.database.down = False
    await office.refresher.finish(outcome)

    assert cell.credential.version == 2


async def test_what_became_of_an_attempt_is_observed_once_it_is_stored(office: Office) -> None:
    office.script(TOKEN).answer(refusal())
    await office.register(TOKEN)

    await office.settle()
    await office.pass_time(SECOND)

    assert [type(outcome) for outcome in office.outcomes] == [Failed, Rotated]


async def test_the_same_value_again_is_no_rotation(office: Office) -> None:
    script = office.script(TICKET)
    await office.register(TOKEN, task(TICKET, notify="http://erp/n"))
    await office.settle()
    first, told = await office.credential(TICKET), await office.outbox.next_due()
    script.answer(script.issued(first.value, lifetime=LIFE - 10 * MINUTE))

    office.clock.advance(10 * MINUTE)
    await office.refresh(TICKET)

    again, view = await office.credential(TICKET), await office.look(TICKET)
    assert (again.version, again.issued_at) == (1, first.issued_at)
    assert (again.expires_at, again.renew_at) == (first.expires_at, first.renew_at)
    assert await office.outbox.next_due() == told
    assert view.due_at == first.renew_at


async def test_a_ticket_is_asked_for_once_near_its_end_and_then_at_its_end(
    office: Office,
) -> None:
    script = office.script(TICKET)
    script.renewal = Renewal.FIXED
    await office.register(TOKEN, TICKET)
    await office.settle()
    ticket = await office.credential(TICKET)

    office.clock.advance_to(ticket.renew_at)
    left = ticket.expires_at - office.clock.now()
    script.answer(script.issued(ticket.value, lifetime=left))
    await office.settle()

    assert left > policy.MARGIN
    assert (await office.look(TICKET)).due_at == ticket.expires_at


async def test_a_value_that_comes_again_is_asked_for_ever_more_often_but_not_every_minute(
    office: Office,
) -> None:
    script = office.script(TICKET)
    await office.register(TOKEN, TICKET)
    await office.settle()
    ticket = await office.credential(TICKET)
    office.clock.advance_to(ticket.renew_at)

    asks = [office.clock.now()]
    while asks[-1] < ticket.expires_at:
        left = ticket.expires_at - office.clock.now()
        script.answer(script.issued(ticket.value, lifetime=left))
        await office.settle()
        asks.append((await office.look(TICKET)).due_at)
        office.clock.advance_to(asks[-1])

    pauses = [after - before for before, after in pairwise(asks[:-1])]
    assert min(pauses) >= MINUTE
    assert len(asks) < 10
    assert asks[-1] == ticket.expires_at


async def test_a_ticket_that_comes_again_with_a_full_life_keeps_its_first_promise(
    office: Office,
) -> None:
    script = office.script(TICKET)
    script.renewal = Renewal.FIXED
    await office.register(TOKEN, TICKET)
    await office.settle()
    ticket = await office.credential(TICKET)
    asks, end = [office.clock.now()], ticket.expires_at + 10 * MINUTE

    while asks[-1] < end:
        script.answer(script.issued(ticket.value, lifetime=LIFE))
        await office.refreshing.run_once()
        assert (await office.credential(TICKET)).expires_at == ticket.expires_at
        asks.append((await office.look(TICKET)).due_at)
        office.clock.advance_to(asks[-1])

    after = [ask - ticket.expires_at for ask in asks if ask >= ticket.expires_at]
    assert [pause // SECOND for pause in after[:6]] == [0, 1, 2, 4, 8, 16]
    assert len(asks) < 40
    view = await office.look(TICKET)
    assert policy.freshness(view, office.clock.now()) is policy.Freshness.EXPIRED


async def test_a_life_that_wechat_cuts_short_is_renewed_before_its_new_end(
    office: Office,
) -> None:
    script = office.script(TICKET)
    await office.register(TOKEN, TICKET)
    await office.settle()
    first = await office.credential(TICKET)
    script.answer(script.issued(first.value, lifetime=LIFE / 4))

    await office.refresh(TICKET)

    again = await office.credential(TICKET)
    assert again.expires_at == office.clock.now() + LIFE / 4
    assert again.renew_at < again.expires_at
    assert (await office.look(TICKET)).due_at == again.renew_at


async def test_a_value_that_is_prolonged_is_kept_for_its_new_life(office: Office) -> None:
    script = office.script(USER)
    office.systems.answers["http://erp/p"] = {"refresh_token": "RT"}
    await office.register(task(USER, params="http://erp/p", notify="http://erp/n"))
    await office.settle()
    first, told = await office.credential(USER), await office.outbox.next_due()
    script.answer(script.issued(first.value, refresh_token="RT-2"))

    await office.pass_time(first.renew_at - office.clock.now())

    again = await office.credential(USER)
    assert (again.version, again.refresh_token) == (1, "RT-2")
    assert again.expires_at == office.clock.now() + LIFE
    assert (await office.look(USER)).due_at == again.renew_at > first.renew_at
    assert await office.outbox.next_due() == told


async def test_a_failure_keeps_the_old_value_and_backs_off(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    office.script(TOKEN).answer(refusal(), times=12)

    pauses = []
    await office.manager.refresh(TOKEN)
    for _ in range(12):
        await office.refreshing.run_once()
        pauses.append((await office.look(TOKEN)).due_at - office.clock.now())
        office.clock.advance(pauses[-1])

    assert all(
        pause <= bound and pause >= bound / 2
        for pause, bound in zip(
            pauses, [min(2**number * SECOND, 15 * MINUTE) for number in range(12)], strict=True
        )
    )
    assert (await office.credential(TOKEN)).version == 1
    await office.settle()
    assert (await office.look(TOKEN)).attempts == 0


async def test_what_is_left_of_the_days_calls_is_spread_over_it() -> None:
    small = office(daily_calls=3)
    await small.register(TOKEN)
    small.script(TOKEN).answer(refusal(), times=3)
    midnight = policy.next_quota_day(small.clock.now())

    await small.settle()
    second = (await small.look(TOKEN)).due_at
    small.clock.advance_to(second)
    await small.settle()

    assert second == midnight - (midnight - START) / 2
    assert (await small.look(TOKEN)).due_at == midnight


async def test_a_known_time_is_waited_for(office: Office) -> None:
    hour = timedelta(hours=1)
    office.script(TOKEN).answer(refusal(Reaction.WAIT_UNTIL, errcode=89507, retry_after=hour))

    await office.register(TOKEN)
    await office.settle()

    assert (await office.look(TOKEN)).due_at == office.clock.now() + hour


async def test_a_person_is_called_once_for_each_fault(office: Office) -> None:
    wrong, blocked = (refusal(Reaction.OPERATOR, errcode=code) for code in (40125, 40164))
    office.script(TOKEN).answer(wrong, wrong, blocked, refusal(), wrong)
    await office.register(TOKEN)

    with capture_logs() as events:
        for _ in range(5):
            await office.refresh(TOKEN)

    failures = [
        (event["log_level"], event["errcode"])
        for event in events
        if event["event"] == "credential.failed"
    ]
    assert failures == [
        ("error", 40125),
        ("warning", 40125),
        ("error", 40164),
        ("warning", -1),
        ("error", 40125),
    ]


@pytest.mark.parametrize("reaction", list(Reaction))
async def test_a_fault_that_no_repetition_mends_is_an_error(
    office: Office, reaction: Reaction
) -> None:
    office.script(TOKEN).answer(refusal(reaction, errcode=40030))
    await office.register(TOKEN)

    with capture_logs() as events:
        await office.refresh(TOKEN)

    (failed,) = [event for event in events if event["event"] == "credential.failed"]
    mended = reaction not in (Reaction.OPERATOR, Reaction.NEEDS_INPUT, Reaction.PARENT_INVALID)
    assert failed["log_level"] == ("warning" if mended else "error")


async def test_a_fault_carries_all_that_wechat_said(office: Office) -> None:
    office.script(TOKEN).answer(refusal(Reaction.OPERATOR, errcode=40164))

    await office.register(TOKEN)
    await office.settle()

    fault = (await office.look(TOKEN)).fault
    assert fault is not None
    assert (fault.reaction, fault.errcode) == (Reaction.OPERATOR, 40164)
    assert (fault.endpoint, fault.message) == ("/cgi-bin/it", "/cgi-bin/it: 40164")
    assert (fault.advice, fault.at) == ("do something", office.clock.now())


async def test_a_job_that_crashes_says_so_and_is_tried_again_more_and_more_slowly(
    office: Office,
) -> None:
    await office.register(TOKEN)
    script = office.script(TOKEN)
    script.answers.extend([ZeroDivisionError("a bug")] * 3)

    pauses = []
    with capture_logs() as events:
        for _ in range(3):
            await office.settle()
            due_at = await office.store.next_due()
            assert due_at is not None
            pauses.append(due_at - office.clock.now())
            office.clock.advance_to(due_at)
        (view,) = await office.store.view(limit=9)
        await office.settle()

    assert pauses == sorted(pauses)
    assert pauses[0] > SECOND
    assert view.fault is not None
    assert (view.fault.reaction, view.attempts) == (Reaction.OPERATOR, 3)
    assert [event["event"] for event in events].count("clockwork.attempt_crashed") == 3
    assert (await office.credential(TOKEN)).value == "access_token-4"


async def test_a_job_of_an_unknown_type_says_so_and_is_tried_ever_more_slowly(
    office: Office,
) -> None:
    odd = JobKey(APPID, "pigeon_token")
    await office.register(TOKEN)
    await office.store.register(registration(odd), now=office.clock.now())

    with capture_logs() as events:
        await office.settle()
        first = await look(office.store, odd)
        await office.pass_time(first.due_at - office.clock.now())
        second = await look(office.store, odd)

    assert first.fault is not None
    assert "does not know the credential type pigeon_token" in first.fault.message
    assert first.fault.reaction is Reaction.OPERATOR
    assert (await office.credential(TOKEN)).version >= 1
    assert (second.attempts, second.calls) == (2, 0)
    assert not [event for event in events if event["event"].startswith("clockwork.")]
