"""What a job does whose input is the value of another one."""

from tests.credentials.office import CARD, TICKET, TOKEN, Office, refusal
from tests.stores.samples import SECOND, task
from wechat_scheduler.reasons import Reaction

PARAMS = "http://erp/p"
BAD_TOKEN = refusal(Reaction.PARENT_INVALID, errcode=40001, refused="access_token")


async def test_a_sibling_comes_before_a_push_and_params(office: Office) -> None:
    office.systems.answers[PARAMS] = {"access_token": "asked"}
    office.push("access_token", "pushed")
    await office.register(TOKEN)
    await office.settle()

    await office.register(task(TICKET, params=PARAMS))
    await office.settle()

    assert office.script(TICKET).inputs == [{"access_token": "access_token-1"}]
    assert office.systems.asked == []


async def test_a_child_waits_for_its_parents_first_value(office: Office) -> None:
    office.script(TOKEN).answer(refusal())
    await office.register(TICKET, TOKEN)
    await office.settle()
    waiting = await office.look(TICKET)

    await office.pass_time(SECOND)

    assert waiting.waits_on == "access_token/"
    assert office.script(TICKET).inputs == [{"access_token": "access_token-2"}]
    assert (await office.look(TICKET)).version == 1


async def test_a_wait_for_the_parents_first_value_is_no_failure(office: Office) -> None:
    office.script(TOKEN).answer(refusal())
    office.script(TICKET).answer(refusal(Reaction.OPERATOR, errcode=48001))
    await office.register(TICKET, TOKEN)
    await office.settle()
    waiting = await office.look(TICKET)

    await office.pass_time(SECOND)
    refused = await office.look(TICKET)

    assert (waiting.waits_on, waiting.attempts) == ("access_token/", 0)
    assert (refused.attempts, refused.calls) == (1, 1)


async def test_a_child_with_params_does_not_wait_for_a_parent_that_ails(office: Office) -> None:
    office.script(TOKEN).answer(refusal(Reaction.OPERATOR))
    await office.register(TOKEN)
    await office.settle()
    office.systems.answers[PARAMS] = {"access_token": "asked"}

    await office.register(task(TICKET, params=PARAMS))
    await office.settle()

    assert office.script(TICKET).inputs == [{"access_token": "asked"}]


async def test_a_child_whose_params_failed_is_woken_when_its_parent_recovers(
    office: Office,
) -> None:
    office.script(TOKEN).answer(refusal(Reaction.OPERATOR))
    await office.register(TOKEN)
    await office.settle()
    await office.register(task(TICKET, params="http://down/p"))
    await office.settle()
    assert (await office.look(TICKET)).fault is not None

    await office.refresh(TOKEN)

    assert (await office.look(TICKET)).version == 1


async def test_a_child_is_woken_by_a_parent_that_is_registered_later(office: Office) -> None:
    await office.register(task(TICKET, params="http://down/p"))
    await office.settle()

    await office.register(TOKEN)
    await office.settle()

    assert (await office.look(TICKET)).version == 1


async def test_a_parent_that_is_to_blame_is_refreshed_once_and_its_child_tries_again(
    office: Office,
) -> None:
    await office.register(TOKEN)
    await office.settle()
    office.script(TICKET).answer(BAD_TOKEN)

    await office.register(TICKET)
    await office.settle()

    assert office.script(TICKET).inputs == [
        {"access_token": "access_token-1"},
        {"access_token": "access_token-2"},
    ]
    assert (await office.look(TOKEN)).version == 2
    assert (await office.look(TICKET)).fault is None


async def test_many_children_of_a_bad_parent_refresh_it_once(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    for ticket in (TICKET, CARD):
        office.script(ticket).answer(BAD_TOKEN)

    await office.register(TICKET, CARD)
    await office.settle()

    assert len(office.script(TOKEN).requests) == 2


async def test_a_parent_that_was_refreshed_in_vain_is_left_alone(office: Office) -> None:
    await office.register(TOKEN)
    await office.settle()
    office.script(TICKET).answer(BAD_TOKEN, times=8)

    await office.register(TICKET)
    for _ in range(6):
        await office.settle()
        await office.refresh(TICKET)

    view = await office.look(TICKET)
    assert len(office.script(TICKET).requests) == 8
    assert len(office.script(TOKEN).requests) == 2
    assert view.fault is not None
    assert (view.fault.reaction, view.fault.errcode) == (Reaction.TRANSIENT, 40001)


async def test_a_child_that_failed_for_another_reason_still_gets_its_parent_refreshed(
    office: Office,
) -> None:
    await office.register(TOKEN)
    await office.settle()
    office.script(TICKET).answer(refusal(errcode=-1), BAD_TOKEN)

    await office.register(TICKET)
    await office.settle()
    await office.refresh(TICKET)

    assert len(office.script(TOKEN).requests) == 2
    assert (await office.look(TICKET)).version == 1


async def test_a_bad_token_from_params_is_params_to_mend(office: Office) -> None:
    office.systems.answers[PARAMS] = {"access_token": "bad"}
    office.script(TICKET).answer(BAD_TOKEN)

    await office.register(task(TICKET, params=PARAMS))
    await office.settle()

    view = await office.look(TICKET)
    assert view.fault is not None
    assert view.fault.reaction is Reaction.NEEDS_INPUT
