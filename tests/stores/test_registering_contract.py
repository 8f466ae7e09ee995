"""Registrations in the store of credentials."""

from dataclasses import replace

import pytest

from tests.stores.samples import (
    HOUR,
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
    rotated,
    task,
)
from tests.stores.suite import VAULT
from wechat_scheduler.errors import ForbiddenError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.credentials.account_secrets import SqlAccountSecrets
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.credentials.job_lists import SqlListedJobs
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.outbox import SqlOutbox

LATER = NOW + SECOND


async def test_a_new_job_is_due_at_once(store: SqlCredentials) -> None:
    changed = await store.register(registration(TOKEN), now=NOW)

    assert changed == [TOKEN]
    assert await store.next_due() == NOW
    assert (await claim(store)).account.secret == "secret"


async def test_the_same_registration_again_changes_nothing(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    wanted = task(notify="http://erp/n", params="http://erp/p")
    await issued(store, wanted)
    (notification,) = await outbox.claim(now=NOW, limit=10, lease=HOUR)
    before, due = await look(store), await store.next_due()

    changed = await store.register(registration(wanted), now=LATER)

    assert changed == []
    assert await look(store) == before
    assert await store.next_due() == due
    assert await outbox.next_due() == NOW + HOUR
    assert await outbox.claim(now=NOW + HOUR, limit=10, lease=HOUR) == [
        replace(notification, claim="here/2")
    ]


async def test_the_same_registration_again_leaves_the_revision_alone(store: SqlCredentials) -> None:
    await store.register(registration(task(params="http://erp/p")), now=NOW)
    job = await claim(store)

    await store.register(registration(task(params="http://erp/p")), now=LATER)
    saved = await store.save(rotated(job), now=LATER)

    assert saved is not None
    assert saved.due_at > LATER


async def test_an_account_without_tasks_is_stored_for_later(store: SqlCredentials) -> None:
    assert await store.register(registration(secret="wrong"), now=NOW) == []
    await store.register(registration(TOKEN, secret="right"), now=NOW)

    assert (await claim(store)).account.secret == "right"


async def test_a_changed_secret_makes_the_jobs_due_that_it_is_sent_for(
    store: SqlCredentials,
) -> None:
    await issued(store, TOKEN, TICKET)

    changed = await store.register(registration(secret="new"), now=LATER)

    job = await claim(store, at=LATER)
    assert changed == [job.key] == [TOKEN]
    assert job.account.secret == "new"


async def test_a_changed_secret_makes_a_job_due_that_fails(store: SqlCredentials) -> None:
    await store.register(registration(TICKET), now=NOW)
    await store.save(failed(await claim(store), Reaction.OPERATOR), now=NOW)

    changed = await store.register(registration(secret="new"), now=LATER)

    job = await claim(store, at=LATER)
    assert changed == [job.key] == [TICKET]
    assert job.attempts == 0


async def test_a_changed_endpoint_takes_effect_at_once(store: SqlCredentials) -> None:
    await issued(store, TOKEN)

    changed = await store.register(registration(endpoint="token"), now=LATER)

    assert changed == [TOKEN]
    assert (await claim(store, at=LATER)).account.endpoint == "token"


async def test_an_account_that_was_forgotten_begins_without_its_secret_and_endpoint(
    store: SqlCredentials, database: Database
) -> None:
    listed, secrets = SqlListedJobs(database, VAULT), SqlAccountSecrets(database, VAULT)
    await store.register(registration(TOKEN, endpoint="token"), now=NOW)

    await listed.forget_account(TOKEN.appid)
    kept = await secrets.secret(TOKEN.appid)
    await store.remove(TOKEN, owner="", now=NOW)
    await listed.forget_account(TOKEN.appid)
    gone = await secrets.secret(TOKEN.appid)
    await store.register(registration(TOKEN, secret="new"), now=NOW)

    account = (await claim(store)).account
    assert (kept, gone, account.secret, account.endpoint) == ("secret", None, "new", "")


async def test_who_names_no_endpoint_leaves_it_as_it_is(store: SqlCredentials) -> None:
    await store.register(registration(TOKEN, endpoint="token"), now=NOW)

    changed = await store.register(registration(TOKEN), now=LATER)

    assert changed == []
    assert (await claim(store)).account.endpoint == "token"


async def test_a_secret_that_changes_during_an_attempt_leaves_the_job_due(
    store: SqlCredentials,
) -> None:
    await store.register(registration(TOKEN), now=NOW)
    job = await claim(store)

    await store.register(registration(secret="new"), now=LATER)
    assert await store.claim(now=LATER, limit=10, lease=HOUR) == []
    await store.save(rotated(job), now=LATER)

    assert (await claim(store, at=LATER)).account.secret == "new"


async def test_params_that_change_during_an_attempt_are_asked_next(store: SqlCredentials) -> None:
    await store.register(registration(task(params="http://erp/1")), now=NOW)
    job = await claim(store)

    await store.register(registration(task(params="http://erp/2")), now=LATER)
    await store.save(failed(job), now=LATER)

    again = await claim(store, at=LATER)
    assert again.params == ("http://erp/2",)
    assert again.asks_params


async def test_changed_params_are_asked_at_once_and_only_then(store: SqlCredentials) -> None:
    await issued(store, task(params="http://erp/1"))

    changed = await store.register(registration(task(params="http://erp/2")), now=LATER)

    job = await claim(store, at=LATER)
    assert changed == [TOKEN]
    assert (job.params, job.asks_params) == (("http://erp/2",), True)
    await store.save(rotated(job, at=LATER), now=LATER)
    await store.hasten(TOKEN, now=LATER)
    assert not (await claim(store, at=LATER)).asks_params


async def test_params_that_are_taken_away_ask_for_nothing(store: SqlCredentials) -> None:
    await issued(store, task(params="http://erp/1"))

    changed = await store.register(registration(TOKEN), now=LATER)

    assert changed == [TOKEN]
    assert await store.claim(now=LATER, limit=10, lease=HOUR) == []
    await store.hasten(TOKEN, now=LATER)
    assert (await claim(store, at=LATER)).params == ()


async def test_several_owners_add_up_the_newest_first(store: SqlCredentials) -> None:
    await store.register(registration(task(params="http://erp/p"), owner="erp"), now=NOW)
    await store.register(registration(task(params="http://shop/p"), owner="shop"), now=LATER)

    job = await claim(store, at=LATER)

    assert job.params == ("http://shop/p", "http://erp/p")
    assert [receiver.owner for receiver in (await look(store)).receivers] == ["erp", "shop"]


async def test_an_address_that_two_owners_share_is_asked_once(store: SqlCredentials) -> None:
    for owner in ("erp", "shop"):
        await store.register(registration(task(params="http://both/p"), owner=owner), now=NOW)

    assert (await claim(store)).params == ("http://both/p",)


async def test_the_same_owner_replaces_its_own(store: SqlCredentials) -> None:
    await store.register(registration(task(notify="http://erp/1", params="http://erp/p")), now=NOW)

    await store.register(registration(task(notify="http://erp/2")), now=LATER)

    (receiver,) = (await look(store)).receivers
    assert (receiver.notify, receiver.params) == ("http://erp/2", "")
    assert (await claim(store, at=LATER)).params == ()


async def test_a_new_receiver_of_a_job_with_a_value_is_told_it(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    await issued(store, TOKEN, value="current")

    await store.register(registration(task(notify="http://shop/n"), owner="shop"), now=LATER)

    (delivery,) = await outbox.claim(now=LATER, limit=10, lease=HOUR)
    notification = await store.notification(delivery.target)
    assert notification is not None
    assert notification.credential is not None
    assert (notification.url, notification.credential.value) == ("http://shop/n", "current")


async def test_a_new_receiver_of_a_job_without_a_value_waits_for_it(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    await store.register(registration(task(notify="http://erp/n")), now=NOW)

    assert await outbox.next_due() is None


async def test_a_receiver_that_moves_is_notified_at_its_new_address_alone(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    await issued(store, TOKEN)
    for owner in ("erp", "shop"):
        await store.register(registration(task(notify=f"http://{owner}/n"), owner=owner), now=NOW)
    await outbox.claim(now=NOW, limit=10, lease=HOUR)
    await outbox.release(now=NOW + HOUR)

    await store.register(registration(task(notify="http://shop/2"), owner="shop"), now=LATER)

    (delivery,) = await outbox.claim(now=LATER, limit=10, lease=HOUR)
    notification = await store.notification(delivery.target)
    assert notification is not None
    assert notification.url == "http://shop/2"


async def test_a_receiver_that_withdraws_its_address_is_told_nothing_more(
    store: SqlCredentials, outbox: SqlOutbox
) -> None:
    await issued(store, task(notify="http://erp/n"))
    (delivery,) = await outbox.claim(now=NOW, limit=10, lease=SECOND)

    await store.register(registration(TOKEN), now=LATER)

    assert await outbox.next_due() is None
    assert await store.notification(delivery.target) is None
    assert [receiver.state for receiver in (await look(store)).receivers] == ["cancelled"]


async def test_registering_again_wakes_a_job_that_waits_for_input(store: SqlCredentials) -> None:
    await store.register(registration(TOKEN), now=NOW)
    job = await claim(store)
    await store.save(failed(job, Reaction.NEEDS_INPUT, waits_on="ticket"), now=NOW)

    changed = await store.register(registration(TOKEN), now=LATER)

    assert changed == [TOKEN]
    assert (await claim(store, at=LATER)).key == TOKEN


async def test_registering_again_during_an_attempt_of_a_waiting_job_leaves_it_due(
    store: SqlCredentials,
) -> None:
    await store.register(registration(TOKEN), now=NOW)
    waiting = failed(await claim(store), Reaction.NEEDS_INPUT, waits_on="ticket")
    await store.save(waiting, now=NOW)
    job = await claim(store, at=NOW + HOUR)

    await store.register(registration(TOKEN), now=NOW + HOUR)
    await store.save(failed(job, Reaction.NEEDS_INPUT, waits_on="ticket"), now=NOW + HOUR)

    assert (await claim(store, at=NOW + HOUR)).key == TOKEN


async def test_a_failure_that_waits_for_nothing_is_not_hastened_by_registering_again(
    store: SqlCredentials,
) -> None:
    await store.register(registration(TOKEN), now=NOW)
    await store.save(failed(await claim(store)), now=NOW)

    assert await store.register(registration(TOKEN), now=LATER) == []
    assert await store.next_due() == NOW + HOUR


async def test_jobs_of_several_subjects_stand_side_by_side(store: SqlCredentials) -> None:
    other = USER._replace(subject="o2")

    changed = await store.register(registration(USER, other), now=NOW)

    assert changed == [USER, other]
    assert [view.key.subject for view in await store.view(limit=10)] == ["o1", "o2"]


async def test_who_is_limited_names_the_secret_but_does_not_change_it(
    store: SqlCredentials,
) -> None:
    await store.register(registration(TOKEN), now=NOW)
    limited = replace(registration(TICKET), limited=True)

    with pytest.raises(ForbiddenError, match="appsecret"):
        await store.register(replace(registration(TICKET, secret="other"), limited=True), now=NOW)
    with pytest.raises(ForbiddenError):
        await store.register(replace(registration(TICKET, endpoint="token"), limited=True), now=NOW)

    assert await store.register(limited, now=NOW) == [TICKET]
    jobs = await store.claim(now=NOW, limit=10, lease=HOUR)
    assert {job.account.secret for job in jobs} == {"secret"}
