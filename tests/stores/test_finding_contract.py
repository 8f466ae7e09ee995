"""Finding, showing and removing jobs."""

from typing import Any

import pytest

from tests.stores.samples import (
    HOUR,
    LEASE,
    NOW,
    SECOND,
    TICKET,
    TOKEN,
    USER,
    claim,
    issued,
    look,
    registration,
    rotated,
    task,
)
from tests.stores.suite import Stores
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.delivery.outbox import SqlOutbox

LATER = NOW + SECOND
NAMELESS = USER._replace(subject="")
OTHER = USER._replace(subject="o2")


async def test_a_job_answers_to_its_own_name(store: SqlCredentials) -> None:
    await store.register(registration(USER, OTHER), now=NOW)

    assert await store.names(USER) == [USER]


async def test_a_job_answers_to_the_subject_that_it_learned(store: SqlCredentials) -> None:
    await store.register(registration(NAMELESS, OTHER), now=NOW)
    for job in await store.claim(now=NOW, limit=10, lease=LEASE):
        await store.save(rotated(job, subject=job.key.subject or "learned"), now=NOW)

    learned = USER._replace(subject="learned")
    assert await store.names(learned) == [learned]
    assert await store.names(NAMELESS) == [learned]
    assert (await look(store, learned)).key.subject == "learned"


async def test_the_only_one_of_its_kind_answers_without_a_subject(store: SqlCredentials) -> None:
    await store.register(registration(USER, TOKEN), now=NOW)

    assert await store.names(NAMELESS) == [USER]


async def test_several_of_a_kind_are_told_apart(store: SqlCredentials) -> None:
    await store.register(registration(USER, OTHER, OTHER._replace(subject="o3")), now=NOW)

    assert len(await store.names(NAMELESS)) == 2


@pytest.mark.parametrize("key", [TICKET, OTHER, TOKEN._replace(appid="wx2")])
async def test_what_is_not_registered_has_no_name(store: SqlCredentials, key: JobKey) -> None:
    await store.register(registration(TOKEN, USER), now=NOW)

    assert await store.names(key) == []
    assert await store.load(key) is None


async def test_a_job_is_loaded_under_its_exact_name_only(store: SqlCredentials) -> None:
    await issued(store, USER)

    snapshot = await store.load(USER)

    assert snapshot is not None
    assert snapshot.key == USER
    assert snapshot.credential is not None
    assert await store.load(NAMELESS) is None


async def test_pages_of_jobs_follow_one_another_in_the_order_of_their_keys(
    store: SqlCredentials,
) -> None:
    keys = [JobKey("wx1", kind, subject) for kind in ("b", "a") for subject in ("2", "", "10")]
    await store.register(registration(*keys), now=NOW)

    pages, after = [], None
    while page := await store.view(after=after, limit=4):
        pages.append([view.key for view in page])
        after = page[-1].key

    assert pages == [sorted(keys)[:4], sorted(keys)[4:]]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [TOKEN, USER]),
        ({"appid": "wx1"}, [TOKEN, USER]),
        ({"appid": "wx2"}, []),
        ({"kind": "access_token"}, [TOKEN]),
        ({"subject": "o1"}, [USER]),
        ({"kind": "access_token", "subject": "o1"}, []),
    ],
)
async def test_a_view_is_narrowed_by_each_filter(
    store: SqlCredentials, filters: dict[str, Any], found: list[JobKey]
) -> None:
    await store.register(registration(TOKEN, USER), now=NOW)

    assert [view.key for view in await store.view(limit=10, **filters)] == found


async def test_a_view_finds_a_job_by_the_subject_that_it_learned(store: SqlCredentials) -> None:
    await store.register(registration(NAMELESS), now=NOW)
    await store.save(rotated(await claim(store), subject="learned"), now=NOW)

    (view,) = await store.view(subject="learned", limit=10)

    assert view.key == NAMELESS._replace(subject="learned")


async def test_a_view_shows_everything_but_the_secrets(store: SqlCredentials) -> None:
    await issued(store, task(notify="http://erp/n", params="http://erp/p"), value="hidden-value")

    view = await look(store)

    (receiver,) = view.receivers
    assert (view.version, view.issued_at, view.expires_at) == (1, NOW, NOW + 2 * HOUR)
    assert (receiver.owner, receiver.state) == ("erp", "pending")
    assert (receiver.notify, receiver.params) == ("http://erp/n", "http://erp/p")
    assert "hidden-value" not in repr(view)
    assert "http://" not in repr(view)


async def test_the_newest_push_counts(stores: Stores) -> None:
    await stores.push("wx1", "component_verify_ticket", "new", LATER)
    await stores.push("wx1", "component_verify_ticket", "old", NOW)
    await stores.push("wx2", "component_verify_ticket", "another's", LATER + SECOND)

    assert await stores.credentials.pushed("wx1", "component_verify_ticket") == "new"
    assert await stores.credentials.pushed("wx1", "something_else") == ""


async def test_a_platform_is_listened_for_or_not(stores: Stores) -> None:
    await stores.listen("wx1")

    assert await stores.credentials.listens("wx1")
    assert not await stores.credentials.listens("wx2")


async def test_the_refresh_tokens_of_before_are_kept_newest_first(store: SqlCredentials) -> None:
    await store.register(registration(USER), now=NOW)

    for number in range(6):
        await store.hasten(USER, now=NOW)
        await store.save(rotated(await claim(store), refresh_token=f"RT-{number // 2}"), now=NOW)

    assert await store.earlier(USER) == ["RT-1", "RT-0"]
    assert await store.earlier(OTHER) == []


async def test_few_refresh_tokens_of_before_are_kept_and_none_of_a_job_that_left(
    store: SqlCredentials,
) -> None:
    await store.register(registration(USER), now=NOW)
    for number in range(6):
        await store.hasten(USER, now=NOW)
        await store.save(rotated(await claim(store), refresh_token=f"RT-{number}"), now=NOW)
    assert await store.earlier(USER) == ["RT-4", "RT-3", "RT-2"]

    await store.remove(USER, owner="", now=NOW)
    await store.register(registration(USER), now=NOW)

    assert await store.earlier(USER) == []


async def test_a_job_provides_for_itself_by_its_refresh_token(store: SqlCredentials) -> None:
    await store.register(registration(USER), now=NOW)
    assert not await store.provides(USER, owner="erp", kept=True)

    await store.save(rotated(await claim(store), refresh_token="RT"), now=NOW)

    assert await store.provides(USER, owner="erp", kept=True)
    assert not await store.provides(USER, owner="erp", kept=False)


async def test_a_job_is_provided_for_by_the_params_of_another_owner(store: SqlCredentials) -> None:
    await store.register(registration(task(params="http://erp/p"), owner="erp"), now=NOW)

    assert await store.provides(TOKEN, owner="shop", kept=False)
    assert not await store.provides(TOKEN, owner="erp", kept=True)
    assert not await store.provides(TICKET, owner="shop", kept=True)


async def test_an_owner_that_withdraws_leaves_the_job_to_the_others(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    for owner in ("erp", "shop"):
        wanted = task(notify=f"http://{owner}/n", params=f"http://{owner}/p")
        await store.register(registration(wanted, owner=owner), now=NOW)
    await store.save(rotated(await claim(store)), now=NOW)

    assert await store.remove(TOKEN, owner="erp", now=NOW)

    (delivery,) = await outbox.claim(now=NOW, limit=10, lease=LEASE)
    notification = await store.notification(delivery.target)
    await store.hasten(TOKEN, now=NOW)
    assert notification is not None
    assert notification.url == "http://shop/n"
    assert (await claim(store)).params == ("http://shop/p",)


async def test_a_job_goes_with_its_last_owner(store: SqlCredentials, outbox: SqlOutbox) -> None:
    await issued(store, task(notify="http://erp/n"))

    assert await store.remove(TOKEN, owner="erp", now=NOW)

    assert await store.load(TOKEN) is None
    assert await store.next_due() is None
    assert await outbox.next_due() is None


async def test_a_job_goes_with_all_its_owners_at_once(store: SqlCredentials) -> None:
    for owner in ("erp", "shop"):
        await store.register(registration(TOKEN, owner=owner), now=NOW)

    assert await store.remove(TOKEN, owner="", now=NOW)

    assert await store.view(limit=10) == []


async def test_who_has_no_interest_cannot_withdraw_it(store: SqlCredentials) -> None:
    await store.register(registration(TOKEN, owner="erp"), now=NOW)

    assert not await store.remove(TOKEN, owner="shop", now=NOW)
    assert not await store.remove(TICKET, owner="", now=NOW)

    assert (await look(store)).receivers[0].owner == "erp"


async def test_versions_go_on_counting_when_a_job_comes_back(store: SqlCredentials) -> None:
    await issued(store, TOKEN)
    await store.hasten(TOKEN, now=NOW)
    await store.save(rotated(await claim(store)), now=NOW)
    await store.remove(TOKEN, owner="", now=NOW)

    await store.register(registration(TOKEN), now=LATER)

    job = await claim(store, at=LATER)
    assert (job.version, job.credential) == (2, None)
    saved = await store.save(rotated(job), now=LATER)
    assert saved is not None
    assert saved.credential is not None
    assert saved.credential.version == 3


async def test_a_receiver_that_left_is_told_nothing(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    await issued(store, task(notify="http://erp/n"))
    (delivery,) = await outbox.claim(now=NOW, limit=10, lease=LEASE)
    assert await store.notification(delivery.target) is not None

    await store.remove(TOKEN, owner="erp", now=NOW)

    assert await store.notification(delivery.target) is None


async def test_a_notification_names_the_subject_that_was_learned(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    await store.register(registration(task(NAMELESS, notify="http://erp/n")), now=NOW)
    await store.save(rotated(await claim(store), subject="learned"), now=NOW)
    (delivery,) = await outbox.claim(now=NOW, limit=10, lease=LEASE)

    notification = await store.notification(delivery.target)

    assert notification is not None
    assert notification.key == NAMELESS._replace(subject="learned")
    assert notification.key.subject == "learned"
