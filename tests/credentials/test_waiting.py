"""What a job does while nobody can give an input, and how it learns whose it is."""

import pytest

from tests.credentials.office import AUTHORIZER, COMPONENT, LIFE, USER, Office
from tests.stores.samples import task
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.reasons import Reaction

PARAMS = "http://erp/p"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ("http://down/p", "params of http://x did not answer"),
        ("http://mute/p", "params of http://mute/p returned no string fields"),
        ("http://odd/p", "params of http://odd/p returned errcode, errmsg without it"),
        ("http://other/p", "params of http://other/p returned it for another openid"),
    ],
)
async def test_a_missing_input_says_who_was_asked_what_came_and_what_to_do(
    office: Office, params: str, message: str
) -> None:
    office.systems.answers |= {
        "http://mute/p": {},
        "http://odd/p": {"errcode": "7", "errmsg": "secret"},
        "http://other/p": {"openid": "o_other", "refresh_token": "RT"},
    }

    await office.register(task(USER, params=params))
    await office.settle()

    view = await office.look(USER)
    assert view.fault is not None
    assert view.fault.reaction is Reaction.NEEDS_INPUT
    assert view.fault.message == f"no refresh_token: {message}"
    assert view.fault.advice == (
        'let it answer 200 with {"refresh_token": "…"}, or register the task again with another params URL'
    )
    assert (view.calls, view.waits_on) == (0, "refresh_token")


async def test_a_job_that_waits_for_input_asks_after_30_seconds_and_slower_then(
    office: Office,
) -> None:
    await office.register(task(USER, params="http://down/p"))

    pauses = []
    for _ in range(7):
        await office.settle()
        due = await office.store.next_due()
        assert due is not None
        pauses.append((due - office.clock.now()).total_seconds())
        office.clock.advance_to(due)

    assert pauses == [30, 60, 120, 240, 480, 600, 600]
    assert len(office.systems.asked) == 7


async def test_an_input_that_arrived_is_taken_as_soon_as_the_task_is_registered_again(
    office: Office,
) -> None:
    wanted = task(USER, params=PARAMS)
    await office.register(wanted)
    await office.settle()
    woken = []
    office.manager.on_work(lambda: woken.append(True))

    office.systems.answers[PARAMS] = {"refresh_token": "RT"}
    await office.register(wanted)

    assert woken
    await office.settle()
    assert (await office.credential(USER)).expires_at == office.clock.now() + LIFE


async def test_a_user_is_learned_from_wechats_answer(office: Office) -> None:
    nameless = USER._replace(subject="")
    office.systems.answers[PARAMS] = {"refresh_token": "RT"}
    script = office.script(USER)
    script.answer(script.issued(subject="o7"), script.issued("same", subject="o7"))

    await office.register(task(nameless, params=PARAMS))
    await office.settle()

    found = await office.manager.fetch(nameless)
    assert found.key == USER._replace(subject="o7")
    assert await office.manager.fetch(found.key) is found
    await office.refresh(nameless)
    assert script.requests[-1].subject == "o7"


async def test_an_authorizer_is_learned_from_params(office: Office) -> None:
    nameless = await _nameless_authorizer(office, "wx7")

    await office.refresh(nameless)

    assert [request.subject for request in office.script(AUTHORIZER).requests] == ["wx7", "wx7"]
    assert office.systems.asked == [(PARAMS, "authorizer_appid", "")]
    assert (await office.manager.fetch(nameless)).key.subject == "wx7"


async def test_another_authorizer_is_learned_when_the_task_changes(office: Office) -> None:
    nameless = await _nameless_authorizer(office, "wx7")
    office.systems.answers["http://erp/2"] = {
        "authorizer_appid": "wx8",
        "authorizer_refresh_token": "RT-8",
    }

    await office.register(task(nameless, params="http://erp/2"))
    await office.settle()

    assert office.script(AUTHORIZER).requests[-1].subject == "wx8"
    assert office.script(AUTHORIZER).inputs[-1]["authorizer_refresh_token"] == "RT-8"
    assert (await office.manager.fetch(nameless)).key.subject == "wx8"


async def test_an_authorizer_that_nobody_names_waits(office: Office) -> None:
    office.systems.answers[PARAMS] = {"authorizer_refresh_token": "RT"}
    nameless = AUTHORIZER._replace(subject="")

    await office.register(task(COMPONENT, params="http://down/p"), task(nameless, params=PARAMS))
    await office.settle()

    assert (await office.look(nameless)).waits_on == "authorizer_appid"
    assert office.script(AUTHORIZER).requests == []


async def _nameless_authorizer(office: Office, appid: str) -> JobKey:
    nameless = AUTHORIZER._replace(subject="")
    office.push("component_verify_ticket", "pushed")
    office.systems.answers[PARAMS] = {
        "authorizer_appid": appid,
        "authorizer_refresh_token": "RT",
    }
    await office.register(COMPONENT)
    await office.settle()
    await office.register(task(nameless, params=PARAMS))
    await office.settle()
    return nameless
