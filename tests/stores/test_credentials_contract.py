"""Outcomes of attempts in the store of credentials."""

from dataclasses import replace

from tests.stores.samples import (
    HOUR,
    LEASE,
    LIFE,
    NOW,
    SECOND,
    TICKET,
    TOKEN,
    USER,
    claim,
    failed,
    issued,
    look,
    registration,
    repeated,
    rotated,
    task,
)
from wechat_scheduler.credentials.model import AUTHORIZATION, Contest, JobKey
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.delivery.outbox import SqlOutbox

LATER = NOW + SECOND


async def test_a_rotation_is_stored_with_all_that_it_brings(store: SqlCredentials) -> None:
    await store.register(registration(TOKEN), now=NOW)
    outcome = rotated(await claim(store), "value", refresh_token="RT")

    saved = await store.save(outcome, now=LATER)

    loaded = await store.load(TOKEN)
    again = await claim(store, at=outcome.due_at)
    assert saved == loaded
    assert saved is not None
    assert saved.credential == again.credential == outcome.credential
    assert (saved.due_at, saved.fault) == (outcome.due_at, None)
    assert (again.version, again.longest, again.attempts) == (1, LIFE, 0)


async def test_a_rotation_tells_those_who_want_to_know(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    for owner, notify in (("erp", "http://erp/n"), ("shop", "http://shop/n"), ("quiet", "")):
        await store.register(registration(task(notify=notify), owner=owner), now=NOW)

    await store.save(rotated(await claim(store)), now=LATER)

    deliveries = await outbox.claim(now=LATER, limit=10, lease=LEASE)
    notifications = [await store.notification(delivery.target) for delivery in deliveries]
    assert {notification.url for notification in notifications if notification} == {
        "http://erp/n",
        "http://shop/n",
    }


async def test_a_rotation_wakes_the_jobs_that_wait_for_it(store: SqlCredentials) -> None:
    await _parked(store, TICKET, waits_on="access_token/")
    await store.register(registration(TOKEN), now=LATER)

    await store.save(rotated(await claim(store, at=LATER)), now=LATER)

    assert (await claim(store, at=LATER)).key == TICKET


async def test_a_rotation_wakes_who_waits_under_the_name_that_was_learned(
    store: SqlCredentials,
) -> None:
    nameless, ticket = JobKey("wx1", "authorizer_access_token"), TICKET._replace(subject="wx9")
    await _parked(store, ticket, waits_on="authorizer_access_token/wx9")
    await store.register(registration(nameless), now=LATER)

    await store.save(rotated(await claim(store, at=LATER), subject="wx9"), now=LATER)

    assert (await claim(store, at=LATER)).key == ticket


async def test_a_rotation_wakes_no_children_of_another_parent(store: SqlCredentials) -> None:
    await _parked(store, TICKET, waits_on="component_access_token/")
    await store.register(registration(TOKEN), now=LATER)

    await store.save(rotated(await claim(store, at=LATER)), now=LATER)

    assert await store.claim(now=LATER, limit=10, lease=LEASE) == []


async def test_the_same_value_again_is_no_rotation(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    await issued(store, task(notify="http://erp/n"))
    await outbox.claim(now=NOW, limit=10, lease=10 * LIFE)
    await _parked(store, TICKET, waits_on="access_token/")
    await store.hasten(TOKEN, now=LATER)

    saved = await store.save(repeated(await claim(store, at=LATER), at=LATER), now=LATER)

    assert saved is not None
    assert saved.credential is not None
    assert (saved.credential.version, saved.credential.expires_at) == (1, LATER + LIFE)
    assert saved.due_at == LATER + HOUR
    assert await outbox.next_due() == NOW + 10 * LIFE
    assert await store.claim(now=LATER, limit=10, lease=LEASE) == []


async def test_a_failure_is_remembered_until_there_is_a_value(store: SqlCredentials) -> None:
    await store.register(registration(TOKEN), now=NOW)
    outcome = failed(await claim(store), Reaction.OPERATOR, waits_on="an operator")

    saved = await store.save(outcome, now=NOW)

    view = await look(store)
    assert saved is not None
    assert saved.fault == view.fault == outcome.fault
    assert (view.attempts, view.waits_on, view.due_at) == (1, "an operator", outcome.due_at)
    job = await claim(store, at=outcome.due_at)
    assert (job.attempts, job.fault) == (1, outcome.fault)
    await store.save(rotated(job), now=outcome.due_at)
    healed = await look(store)
    assert (healed.attempts, healed.waits_on, healed.fault) == (0, "", None)


async def test_a_failure_keeps_the_value_and_its_version(store: SqlCredentials) -> None:
    await issued(store, USER, value="kept")
    await store.hasten(USER, now=LATER)

    await store.save(failed(await claim(store, at=LATER)), now=LATER)

    job = await claim(store, at=NOW + 2 * HOUR)
    assert job.credential is not None
    assert (job.credential.value, job.version) == ("kept", 1)


async def test_an_account_that_took_its_authorisation_back_leaves_no_value(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    await issued(store, task(notify="http://erp/n"))
    await outbox.claim(now=NOW, limit=1, lease=LEASE)
    await outbox.release(now=NOW)
    await store.hasten(TOKEN, now=LATER)
    outcome = failed(await claim(store, at=LATER), Reaction.NEEDS_INPUT, waits_on=AUTHORIZATION)

    saved = await store.save(outcome, now=LATER)

    (delivery,) = await outbox.claim(now=LATER, limit=1, lease=LEASE)
    notification = await store.notification(delivery.target)
    assert saved is not None
    assert saved.credential is None
    assert (await look(store)).version == 1
    assert notification is not None
    assert (notification.credential, notification.ended) == (None, outcome.fault)


async def test_a_fault_is_not_shown_while_the_next_attempt_is_made(store: SqlCredentials) -> None:
    await store.register(registration(TOKEN), now=NOW)
    await store.save(failed(await claim(store)), now=NOW)
    await claim(store, at=NOW + HOUR)

    snapshot = await store.load(TOKEN)

    assert snapshot is not None
    assert snapshot.fault is None


async def test_a_parent_that_rotated_just_before_its_child_slept_makes_it_due(
    store: SqlCredentials,
) -> None:
    await store.register(registration(TICKET), now=NOW)
    child = await claim(store)
    await issued(store, TOKEN)

    sleeps = failed(child, Reaction.PARENT_INVALID, waits_on="access_token/", seen=0)
    await store.save(sleeps, now=LATER)

    assert (await claim(store, at=LATER)).key == TICKET


async def test_a_child_sleeps_while_its_parent_has_only_what_was_refused(
    store: SqlCredentials,
) -> None:
    await store.register(registration(TICKET), now=NOW)
    child = await claim(store)
    await issued(store, TOKEN)

    sleeps = failed(child, Reaction.PARENT_INVALID, waits_on="access_token/", seen=1)
    await store.save(sleeps, now=LATER)

    assert await store.claim(now=LATER, limit=10, lease=LEASE) == []


async def test_a_child_that_could_not_use_its_parent_sleeps_too(store: SqlCredentials) -> None:
    await store.register(registration(TICKET), now=NOW)
    child = await claim(store)
    await issued(store, TOKEN)

    sleeps = failed(child, Reaction.NEEDS_INPUT, waits_on="access_token/")
    await store.save(sleeps, now=LATER)

    assert await store.claim(now=LATER, limit=10, lease=LEASE) == []


async def _parked(store: SqlCredentials, key: JobKey, *, waits_on: str) -> None:
    """A job that sleeps until something arrives."""
    await store.register(registration(key), now=NOW)
    await store.save(failed(await claim(store), Reaction.NEEDS_INPUT, waits_on=waits_on), now=NOW)


async def test_a_contest_is_kept_until_the_next_one(
    store: SqlCredentials,
) -> None:
    await store.register(registration(TOKEN), now=NOW)
    found = Contest(at=NOW, message="another program", advice="stop them")
    job = await claim(store)
    await store.save(replace(rotated(job), contest=found), now=NOW)

    await store.hasten(TOKEN, now=NOW)
    again = await claim(store)
    await store.save(rotated(again, "another"), now=NOW)

    assert again.contest == found
    assert (await look(store)).contest == found
