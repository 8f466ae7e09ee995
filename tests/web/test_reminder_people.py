"""The users who joined a reminder, over HTTP."""

import asyncio

import pytest_asyncio

from tests.clock import FakeClock
from tests.house import Caller
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.test_reminders import Office

__all__ = ["clock", "keeper", "weixin"]


@pytest_asyncio.fixture(loop_scope="module")
async def office(keeper_of_the_file: Caller) -> Office:
    """An app of this test alone. No test of this file moves the time of the daemon."""
    office = Office(keeper_of_the_file.daemon, keeper_of_the_file._session)
    await office.open()
    return office


async def bound(office: Office, *names: str) -> list[str]:
    """The uids of new users with those names."""
    body = [{"external_id": name, "openid": f"o_{name}"} for name in names]
    made = await office.call("POST", f"/v1/apps/{office.app}/subscribers", body=body)
    return [one["uid"] for one in made.result]


async def test_users_join_and_leave_by_name(office: Office) -> None:
    path = f"/v1/reminders/{(await office.remind()).result['id']}"
    (uid,) = await bound(office, "bob")

    joined = [(await office.call("PUT", f"{path}/people/{name}")).status for name in ("bob", uid)]
    both = (await office.call("GET", path)).result
    named = (await office.call("GET", f"{path}/people?named=true")).result
    left = [(await office.call("DELETE", f"{path}/people/bob")).status for _ in range(2)]
    unknown = await office.call("PUT", f"{path}/people/carol")

    assert (joined, left) == ([200, 200], [200, 404])
    assert (both["to"], both["joined"], named) == ([office.uid, uid], 2, [office.uid])
    assert (unknown.status, unknown.json["reason"]) == (404, "subscriber.unknown")
    assert (await office.call("GET", path)).result["to"] == [office.uid]


async def test_no_user_joins_a_webhook(office: Office) -> None:
    await office.call("PATCH", f"/v1/apps/{office.app}", body={"callback": "https://erp.example/c"})
    made = (await office.remind(channel="webhook", to=...)).result

    refused = await office.call("PUT", f"/v1/reminders/{made['id']}/people/alice")

    assert refused.status == 400


async def test_those_who_joined_are_listed_in_pages(office: Office) -> None:
    uids = sorted(await bound(office, "bob", "carol", "dave"))
    made = (await office.remind(to=uids)).result
    path = f"/v1/reminders/{made['id']}/people"

    first = await office.call("GET", f"{path}?limit=2")
    second = await office.call("GET", first.headers["Link"].partition(">")[0][1:])

    assert (first.result, second.result) == (uids[:2], uids[2:])
    assert "Link" not in second.headers


async def test_a_list_of_reminders_shows_twenty_of_each_and_counts_all(office: Office) -> None:
    uids = await bound(office, *(f"user{number}" for number in range(21)))
    made = (await office.remind(to=uids)).result

    (listed,) = (await office.call("GET", f"/v1/reminders?app={office.app}")).result

    assert (made["to"], made["joined"]) == (uids, 21)
    assert (listed["to"], listed["joined"]) == (uids[:20], 21)


async def test_an_edit_of_the_receivers_keeps_those_who_joined_by_themselves(
    office: Office, clock: FakeClock
) -> None:
    guest, bob, carol = await bound(office, "guest", "bob", "carol")
    path = f"/v1/reminders/{(await office.remind(to=['alice', 'bob'])).result['id']}"
    await office.call("PUT", f"{path}/people/guest")

    edited = (await office.call("PATCH", path, body={"to": ["carol", "bob"]})).result
    cleared = await office.call("PATCH", path, body={"to": ["*"]})

    assert edited["to"] == [carol, bob, guest]
    assert cleared.result["to"] == [guest, "*"]


async def test_no_one_who_joins_over_http_is_lost_while_the_reminder_is_edited(
    office: Office,
) -> None:
    names = [f"user{number}" for number in range(24)]
    uids = await bound(office, *names)
    path = f"/v1/reminders/{(await office.remind()).result['id']}"

    async with asyncio.TaskGroup() as group:
        for number, name in enumerate(names):
            group.create_task(office.call("PUT", f"{path}/people/{name}"))
            if number % 8 == 0:  # no edit has to be tried more often than the desk tries
                body = {"title": str(number), "to": ["alice"]}
                group.create_task(office.call("PATCH", path, body=body))

    found = (await office.call("GET", f"{path}/people")).result
    assert {*found} == {office.uid, *uids}
