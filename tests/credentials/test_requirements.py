"""When `params` may be left out."""

import pytest

from tests.credentials.office import AUTHORIZER, COMPONENT, TICKET, TOKEN, USER, Office
from tests.stores.samples import task
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import InvalidRequestError

PARAMS = "http://erp/p"


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        (TICKET, "register wx1/access_token too, or give a params URL"),
        (TICKET._replace(subject="wx9"), "register wx1/authorizer_access_token/wx9 too"),
        (USER, r'needs a params URL that returns {"refresh_token": …}'),
        (COMPONENT, r'needs a params URL that returns {"component_verify_ticket": …}'),
        (AUTHORIZER, "register wx1/component_access_token too"),
    ],
)
async def test_a_task_that_nobody_can_serve_is_refused_with_advice(
    office: Office, key: JobKey, advice: str
) -> None:
    with pytest.raises(InvalidRequestError, match=advice) as caught:
        await office.register(TOKEN._replace(appid="wx2"), key)

    assert caught.value.field == "tasks[1].params"
    assert await office.store.view(limit=1) == []


@pytest.mark.parametrize("key", [TICKET, USER, COMPONENT, AUTHORIZER])
async def test_params_serves_any_task(office: Office, key: JobKey) -> None:
    await office.register(task(key, params=PARAMS))

    assert (await office.look(key)).key == key


async def test_an_access_token_needs_nothing(office: Office) -> None:
    await office.register(TOKEN)

    assert (await office.look(TOKEN)).key == TOKEN


async def test_a_parent_may_be_registered_in_the_same_request(office: Office) -> None:
    await office.register(TICKET, TOKEN)

    assert [view.key for view in await office.store.view(limit=9)] == [TOKEN, TICKET]


async def test_a_parent_may_be_registered_already_by_anybody(office: Office) -> None:
    await office.register(TOKEN, owner="shop")

    await office.register(TICKET, owner="erp")

    assert (await office.look(TICKET)).key == TICKET


async def test_a_push_from_wechat_serves(office: Office) -> None:
    office.push("component_verify_ticket", "pushed")

    await office.register(COMPONENT)

    assert (await office.look(COMPONENT)).key == COMPONENT


async def test_a_refresh_token_that_is_kept_serves(office: Office) -> None:
    office.systems.answers[PARAMS] = {"refresh_token": "RT"}
    await office.register(task(USER, params=PARAMS))
    await office.settle()

    await office.register(USER)

    assert (await office.look(USER)).receivers[0].params == ""


async def test_the_params_of_another_owner_serve_and_ones_own_do_not(office: Office) -> None:
    await office.register(task(USER, params=PARAMS), owner="erp")

    await office.register(USER, owner="shop")

    with pytest.raises(InvalidRequestError):
        await office.register(USER, owner="erp")


async def test_a_refresh_token_serves_no_other_need(office: Office) -> None:
    office.push("component_verify_ticket", "pushed")
    office.systems.answers[PARAMS] = {"authorizer_refresh_token": "RT"}
    await office.register(COMPONENT)
    await office.settle()
    await office.register(task(AUTHORIZER, params=PARAMS))
    await office.settle()
    await office.manager.remove(COMPONENT, owner="")

    with pytest.raises(InvalidRequestError, match="component_access_token"):
        await office.register(AUTHORIZER)
