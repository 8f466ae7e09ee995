"""Claims are fair: between accounts, between the apps of each, and inside an app by priority."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from tests.stores.mailing import Mail
from tests.stores.samples import APPID, LEASE, NOW, SECOND
from wechat_scheduler.audience.directory import draft_app
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.delivery.model import Content, Delivery, Message, Priority, Target, TargetKind
from wechat_scheduler.storage.credentials.notifications import put_notification
from wechat_scheduler.storage.rows import micros


async def test_the_single_message_of_an_app_is_claimed_beside_any_number_of_anothers(
    mail: Mail,
) -> None:
    await waiting(mail, 1, 200)
    await waiting(mail, 2, 1, age=0)

    claimed = await mail.claim(limit=8)

    assert apps_of(claimed) == {1: 7, 2: 1}


async def test_apps_share_a_claim_and_the_rest_goes_to_those_who_have_more(mail: Mail) -> None:
    for app_id, number in ((1, 100), (2, 100), (3, 2)):
        await waiting(mail, app_id, number)

    claimed = await mail.claim(limit=12)

    assert apps_of(claimed) == {1: 5, 2: 5, 3: 2}


async def test_accounts_share_a_claim_however_many_apps_each_has(mail: Mail) -> None:
    for app_id, appid in ((1, APPID), (2, APPID), (3, APPID), (4, "wx-other")):
        await registered(mail, app_id, appid)
        await waiting(mail, app_id, 20)

    claimed = await mail.claim(limit=12)

    assert apps_of(claimed) == {1: 2, 2: 2, 3: 2, 4: 6}


async def test_apps_take_turns_where_a_claim_has_no_place_for_all(mail: Mail) -> None:
    for app_id in range(1, 6):
        await waiting(mail, app_id, 9, age=app_id)

    claims = [apps_of(await mail.claim(limit=2)) for _ in range(5)]

    assert sum(claims, Counter()) == dict.fromkeys(range(1, 6), 2)


async def test_the_normal_messages_of_an_app_go_before_its_bulk_and_not_before_anothers(
    mail: Mail,
) -> None:
    await waiting(mail, 1, 5, priority=Priority.BULK)
    await waiting(mail, 1, 3, age=0)
    await waiting(mail, 2, 1, priority=Priority.BULK, age=0)

    claimed = await mail.claim(limit=5)

    assert apps_of(claimed) == {1: 4, 2: 1}
    assert priorities_of(claimed) == {Priority.NORMAL: 3, Priority.BULK: 2}


async def test_the_urgent_messages_of_all_apps_go_first(mail: Mail) -> None:
    await waiting(mail, 1, 30)
    await waiting(mail, 2, 3, priority=Priority.URGENT, age=0)
    await waiting(mail, 3, 3, priority=Priority.URGENT, age=0)

    claimed = await mail.claim(limit=6)

    assert apps_of(claimed) == {2: 3, 3: 3}


@pytest.mark.parametrize("limit", [1, 4, 20])
async def test_an_app_that_calls_all_urgent_leaves_one_place_in_five_to_the_others(
    mail: Mail, limit: int
) -> None:
    await waiting(mail, 1, 200, priority=Priority.URGENT)
    await waiting(mail, 2, 100)

    claimed = [await mail.claim(limit=limit) for _ in range(60 // limit)]

    assert 8 <= apps_of([one for some in claimed for one in some])[2] <= 12


async def test_places_that_the_others_do_not_need_are_for_the_urgent(mail: Mail) -> None:
    await waiting(mail, 1, 60, priority=Priority.URGENT)

    claims = [len(await mail.claim(limit=20)) for _ in range(4)]

    assert claims == [20, 20, 20, 0]


async def test_a_reply_to_a_user_does_not_wait_for_the_notifications_of_credentials(
    mail: Mail,
) -> None:
    for number in range(20):
        told = (JobKey(APPID, "access_token"), f"owner{number}", micros(NOW) - 1)
        await mail.database.write(partial(put_notification, *told))
    await waiting(mail, 0, 1, priority=Priority.URGENT, age=0)

    claimed = await mail.claim(limit=2)

    assert {each.channel for each in claimed} == {"credential", "person"}


async def test_two_processes_share_what_waits(mail: Mail) -> None:
    await waiting(mail, 1, 6)
    await waiting(mail, 2, 6)

    here = await mail.claim(limit=6)
    there = await mail.elsewhere.claim(now=NOW, limit=20, lease=LEASE)

    assert apps_of(here) == apps_of(there) == {1: 3, 2: 3}
    assert not {one.id for one in here} & {one.id for one in there}


async def test_processes_that_claim_at_once_never_claim_the_same(mail: Mail) -> None:
    for app_id in range(1, 5):
        await waiting(mail, app_id, 40)

    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(outbox.claim(now=NOW, limit=7, lease=LEASE))
            for outbox in (mail.outbox, mail.elsewhere) * 8
        ]

    claimed = [one.id for task in tasks for one in task.result()]
    assert claimed
    assert len(claimed) == len(set(claimed))


async def registered(mail: Mail, app_id: int, appid: str) -> None:
    """An app of that account."""
    await mail.apps.add_app(replace(draft_app("app", appid, now=NOW), id=app_id), [], once=None)


async def waiting(
    mail: Mail, app_id: int, number: int, *, age: int = 9, priority: Priority = Priority.NORMAL
) -> None:
    """That many deliveries of one message, due for `age` seconds."""
    first = app_id * 10_000 + priority * 1000
    at = NOW - age * SECOND
    message = Message(
        id=first, app_id=app_id, content=Content(title="hi"), created_at=at, priority=priority
    )
    targets = [
        Target(delivery_id=first + each, kind=TargetKind.PERSON, name=f"UID_{each}")
        for each in range(number)
    ]
    await mail.messages.put(message, targets, once=None, now=at)


def apps_of(claimed: Sequence[Delivery]) -> Counter[int]:
    return Counter(message_of(one).app_id for one in claimed)


def priorities_of(claimed: Sequence[Delivery]) -> Counter[Priority]:
    return Counter(message_of(one).priority for one in claimed)


def message_of(delivery: Delivery) -> Message:
    assert delivery.message is not None
    return delivery.message
