"""The contract of the stores of pushes and events, on both databases."""

from dataclasses import dataclass
from datetime import timedelta

import pytest_asyncio

from tests.clock import START
from tests.stores.memory import MeasuredDatabase
from tests.stores.samples import APPID, LEASE, credential, failed, registration, rotated, task
from tests.stores.suite import VAULT, sql_credentials
from wechat_scheduler.access.model import ADMIN
from wechat_scheduler.credentials.model import AUTHORIZATION, Fault, JobKey
from wechat_scheduler.pushes.events import TICKET_OVERDUE
from wechat_scheduler.pushes.history import EndpointFilter, Fate, Place, PushFilter, PushKind
from wechat_scheduler.pushes.model import (
    TICKET,
    WATCH,
    Authorized,
    ClaimedEvent,
    Event,
    PostponedEvent,
    Revoked,
)
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.access.keys import SqlKeys
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.pushes.events import SqlEvents
from wechat_scheduler.storage.pushes.history import SqlPushHistory
from wechat_scheduler.storage.pushes.pushes import SqlPushes

NOW, SECOND, HOUR = START, timedelta(seconds=1), timedelta(hours=1)
COMPONENT = JobKey(APPID, "component_access_token")
ACCOUNT = JobKey(APPID, "authorizer_access_token", "wx9")
ACCOUNT_TICKET = JobKey(APPID, "jsapi_ticket", "wx9")
UNNAMED = JobKey(APPID, "authorizer_access_token")
NOTIFY = "http://erp/notify"
GONE = Fault(at=NOW, reaction=Reaction.NEEDS_INPUT, message="taken back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    credentials: SqlCredentials
    pushes: SqlPushes
    events: SqlEvents
    elsewhere: SqlEvents
    outbox: SqlOutbox
    keys: SqlKeys

    async def claim_event(self) -> ClaimedEvent:
        (row,) = await self.events.claim(now=NOW, limit=10, lease=LEASE)
        return row

    async def told(self) -> list[str]:
        return sorted(row.target for row in await self.outbox.claim(now=NOW, limit=10, lease=LEASE))


def stores_on(database: Database) -> Stores:
    credentials = sql_credentials(database, "here")
    return Stores(
        credentials=credentials,
        pushes=SqlPushes(database, VAULT, tell=credentials.tell),
        events=SqlEvents(database, VAULT, worker="here", tell=credentials.tell),
        elsewhere=SqlEvents(database, VAULT, worker="there", tell=credentials.tell),
        outbox=SqlOutbox(database, VAULT, worker="here", feed=SqlFeed(database)),
        keys=SqlKeys(database, VAULT),
    )


@pytest_asyncio.fixture(loop_scope="session")
async def stores(database: Database) -> Stores:
    """Empty, but for an appid whose pushes are expected."""
    stores = stores_on(database)
    await stores.pushes.put_secrets(APPID, token="token1", aes_key="key1", now=NOW)
    return stores


async def test_a_captured_verification_begins_no_transaction_within_a_minute() -> None:
    database = MeasuredDatabase()
    pushes = stores_on(database).pushes
    await pushes.put_secrets(APPID, token="token1", aes_key="key1", now=NOW)
    database.changes.clear()

    for seconds in (0, 1, 60, 61):
        await pushes.verified(APPID, now=NOW + seconds * SECOND)
    await pushes.verified("wx9", now=NOW)

    assert database.changes == [1, 1]
    (view,) = await pushes.view()
    assert view.verified_at == NOW + 61 * SECOND


def event(
    name: str = "authorized", *, authorizer: str = "wx9", code: str = "code", seconds: int = 0
) -> Event:
    return Event(
        appid=APPID,
        name=name,
        authorizer=authorizer,
        code=code,
        code_until=NOW + HOUR,
        happened_at=NOW + seconds * SECOND,
    )


async def test_secrets_are_kept_with_those_before_them(stores: Stores) -> None:
    await stores.pushes.put_secrets(APPID, token="token1", aes_key="key2", now=NOW)
    await stores.pushes.put_secrets(APPID, token="token2", aes_key="key2", now=NOW)
    await stores.pushes.put_secrets(APPID, token="token2", aes_key="key2", now=NOW)

    secrets = await stores.pushes.secrets(APPID)
    assert secrets is not None
    assert secrets.tokens == ("token2", "token1")
    assert secrets.aes_keys == ("key2", "key1")
    assert await stores.credentials.listens(APPID)


async def test_the_platforms_are_those_whose_own_token_is_kept(stores: Stores) -> None:
    await stores.pushes.put_secrets("wx-account", token="t", aes_key="k", now=NOW)
    none = await stores.pushes.platforms()
    await stores.credentials.register(registration(COMPONENT, ACCOUNT), now=NOW)

    ((appid, secrets),) = await stores.pushes.platforms()

    assert none == []
    assert (appid, secrets.tokens) == (APPID, ("token1",))


async def test_what_came_and_the_endpoints_are_listed_by_page(
    stores: Stores, database: Database
) -> None:
    history = SqlPushHistory(database)
    for appid in ("wx-b", "wx-a"):
        await stores.pushes.put_secrets(appid, token="t", aes_key="k", now=NOW)
    await stores.pushes.put_ticket(APPID, "ticket", now=NOW)
    await stores.events.put(event(), now=NOW)
    for count in (1, 2):
        await history.note(APPID, Fate.REFUSED, "no", count=count, now=NOW)

    whole = await history.find(PushFilter(limit=9))
    second = await history.find(PushFilter(limit=1, before=Place(at=NOW, skip=1)))
    theirs = [
        await history.find(PushFilter(appid="wx9", limit=9)),
        await history.find(PushFilter(within=("wx-a",), limit=9)),
    ]
    page = await stores.pushes.view(EndpointFilter(after="wx-a", limit=1))

    assert [(push.kind, push.fate, push.count) for push in whole] == [
        (PushKind.REFUSED, Fate.REFUSED, 3),
        (PushKind.TICKET, Fate.HANDLED, 1),
        (PushKind.EVENT, Fate.WAITING, 1),
    ]
    assert second == whole[1:2]
    assert [[push.account for push in found] for found in theirs] == [["wx9"], []]
    assert [view.appid for view in page] == ["wx-b"]


async def test_secrets_that_are_removed_take_tickets_and_watch_along(stores: Stores) -> None:
    await stores.pushes.put_ticket(APPID, "ticket", now=NOW)

    assert await stores.pushes.remove_secrets(APPID)
    assert not await stores.pushes.remove_secrets(APPID)
    assert await stores.pushes.secrets(APPID) is None
    assert await stores.credentials.pushed(APPID, TICKET) == ""
    assert await stores.events.next_due() is None
    assert not await stores.pushes.put_ticket(APPID, "ticket", now=NOW)


async def test_a_ticket_is_new_once_and_the_newest_is_used(stores: Stores) -> None:
    new = [
        await stores.pushes.put_ticket(APPID, ticket, now=NOW) for ticket in ("1", "2", "2", "1")
    ]

    assert new == [True, True, False, False]
    assert await stores.credentials.pushed(APPID, TICKET) == "2"


async def test_a_ticket_wakes_the_job_that_waits_for_it(stores: Stores) -> None:
    await stores.credentials.register(registration(COMPONENT), now=NOW)
    (job,) = await stores.credentials.claim(now=NOW, limit=10, lease=LEASE)
    await stores.credentials.save(failed(job, Reaction.NEEDS_INPUT, waits_on=TICKET), now=NOW)

    await stores.pushes.put_ticket(APPID, "ticket", now=NOW + SECOND)

    assert await stores.credentials.next_due() == NOW + SECOND


async def test_a_ticket_that_comes_during_an_attempt_without_one_is_not_overlooked(
    stores: Stores,
) -> None:
    await stores.credentials.register(registration(COMPONENT), now=NOW)
    (job,) = await stores.credentials.claim(now=NOW, limit=10, lease=LEASE)
    await stores.pushes.put_ticket(APPID, "ticket", now=NOW)

    await stores.credentials.save(
        failed(job, Reaction.NEEDS_INPUT, waits_on=TICKET), now=NOW + SECOND
    )

    assert await stores.credentials.next_due() == NOW + SECOND


async def test_the_watch_falls_due_when_no_ticket_comes(stores: Stores) -> None:
    await stores.credentials.register(registration(COMPONENT), now=NOW)
    assert await stores.events.next_due() == NOW + TICKET_OVERDUE
    await stores.pushes.put_ticket(APPID, "ticket", now=NOW + HOUR)

    due = NOW + HOUR + TICKET_OVERDUE
    assert await stores.events.next_due() == due
    (row,) = await stores.events.claim(now=due, limit=10, lease=LEASE)
    assert (row.event.name, row.secret) == (WATCH, "secret")


async def test_an_answer_about_missing_tickets_gives_way_to_a_ticket(stores: Stores) -> None:
    due = NOW + TICKET_OVERDUE
    (row,) = await stores.events.claim(now=due, limit=10, lease=LEASE)
    await stores.events.finish(PostponedEvent(row=row, due_at=due + HOUR, note="ok"), now=due)
    (before,) = await stores.pushes.view()
    (row,) = await stores.events.claim(now=due + HOUR, limit=10, lease=LEASE)

    await stores.pushes.put_ticket(APPID, "ticket", now=due + HOUR)

    late = PostponedEvent(row=row, due_at=due + 2 * HOUR, note="ok")
    assert await stores.events.finish(late, now=due + HOUR) is None
    (after,) = await stores.pushes.view()
    assert (before.answer, before.asked_at) == ("ok", due)
    assert (after.answer, after.asked_at, after.ticket_at) == ("", None, due + HOUR)


async def test_a_repeated_event_is_kept_once(stores: Stores) -> None:
    assert await stores.events.put(event(), now=NOW)
    assert not await stores.events.put(event(), now=NOW + SECOND)
    assert await stores.events.put(event(code="another"), now=NOW)


async def test_an_event_goes_out_as_it_came(stores: Stores) -> None:
    await stores.events.put(event(), now=NOW)

    row = await stores.claim_event()

    assert (row.event, row.id, row.attempts, row.secret) == (event(), event().id, 0, "")
    assert not await stores.elsewhere.claim(now=NOW, limit=10, lease=LEASE)
    assert await stores.events.next_due() == NOW + LEASE


async def test_a_newer_event_takes_the_place_of_an_older_one(stores: Stores) -> None:
    await stores.events.put(event(), now=NOW)
    await stores.events.put(event(authorizer="wx8"), now=NOW)
    await stores.events.put(event("unauthorized", code="", seconds=1), now=NOW)
    await stores.events.put(event("updateauthorized", code="late"), now=NOW)

    rows = await stores.events.claim(now=NOW, limit=10, lease=LEASE)

    assert {(row.event.authorizer, row.event.name) for row in rows} == {
        ("wx8", "authorized"),
        ("wx9", "unauthorized"),
    }


async def test_two_events_of_one_account_are_never_in_hand_together(stores: Stores) -> None:
    await stores.events.put(event(), now=NOW)
    first = await stores.claim_event()
    await stores.events.put(event("unauthorized", code="", seconds=1), now=NOW)

    assert not await stores.events.claim(now=NOW, limit=10, lease=LEASE)
    assert await stores.events.next_due() == NOW + LEASE
    await stores.events.finish(Authorized(row=first, credential=None), now=NOW)
    assert (await stores.claim_event()).event.name == "unauthorized"


async def test_an_event_whose_claim_ran_out_is_taken_over(stores: Stores) -> None:
    await stores.events.put(event(), now=NOW)
    lost = await stores.claim_event()
    await stores.elsewhere.claim(now=NOW + LEASE, limit=10, lease=LEASE)

    assert await stores.events.finish(Authorized(row=lost, credential=None), now=NOW) is None
    assert await stores.credentials.view(limit=10) == []


async def test_events_of_a_dead_process_are_given_back(stores: Stores) -> None:
    await stores.events.put(event(), now=NOW)
    await stores.elsewhere.claim(now=NOW, limit=10, lease=LEASE)

    await stores.events.release(now=NOW)

    assert await stores.claim_event()


async def test_a_deferred_event_says_why(stores: Stores) -> None:
    await stores.events.put(event(), now=NOW)
    row = await stores.claim_event()

    await stores.events.finish(PostponedEvent(row=row, due_at=NOW + LEASE, note="wait"), now=NOW)

    (view,) = await stores.pushes.view()
    assert [(found.name, found.due_at, found.note) for found in view.waiting] == [
        ("authorized", NOW + LEASE, "wait")
    ]
    (again,) = await stores.events.claim(now=NOW + LEASE, limit=10, lease=LEASE)
    assert (again.attempts, again.event.code) == (1, "code")


async def authorized(stores: Stores, value: str = "value", *, seconds: int = 0) -> list[JobKey]:
    await stores.events.put(event(code=value, seconds=seconds), now=NOW)
    row = await stores.claim_event()
    issued = credential(value, version=0, refresh_token=f"refresh-{value}")
    changed = await stores.events.finish(Authorized(row=row, credential=issued), now=NOW)
    assert changed is not None
    return list(changed)


async def test_consent_makes_a_job_with_its_value(stores: Stores) -> None:
    await stores.credentials.register(registration(COMPONENT), now=NOW)

    changed = await authorized(stores)

    snapshot = await stores.credentials.load(ACCOUNT)
    assert changed == [ACCOUNT]
    assert snapshot is not None
    assert snapshot.credential is not None
    assert (snapshot.credential.value, snapshot.credential.version) == ("value", 1)
    assert snapshot.credential.refresh_token == "refresh-value"
    assert snapshot.due_at == snapshot.credential.renew_at
    (view,) = await stores.credentials.view(kind=ACCOUNT.kind, limit=10)
    assert [receiver.owner for receiver in view.receivers] == ["wechat"]


async def test_consent_given_anew_replaces_value_and_attempt(stores: Stores) -> None:
    await stores.credentials.register(registration(COMPONENT, ACCOUNT), now=NOW)
    jobs = await stores.credentials.claim(now=NOW, limit=10, lease=LEASE)
    running = next(job for job in jobs if job.key == ACCOUNT)
    for number in range(5):
        await authorized(stores, f"value{number}", seconds=number)

    lost = await stores.credentials.save(rotated(running, "dead"), now=NOW)

    snapshot = await stores.credentials.load(ACCOUNT)
    assert lost is None
    assert snapshot is not None
    assert snapshot.credential is not None
    assert (snapshot.credential.value, snapshot.credential.version) == ("value4", 5)
    kept = await stores.credentials.earlier(ACCOUNT)
    assert kept == ["refresh-value3", "refresh-value2", "refresh-value1"]


async def test_the_job_of_what_was_registered_without_a_name_takes_the_value(
    stores: Stores,
) -> None:
    await stores.credentials.register(registration(COMPONENT, UNNAMED), now=NOW)
    jobs = await stores.credentials.claim(now=NOW, limit=10, lease=LEASE)
    job = next(job for job in jobs if job.key == UNNAMED)
    await stores.credentials.save(rotated(job, subject="wx9"), now=NOW)

    assert await authorized(stores) == [ACCOUNT]
    assert await stores.credentials.names(UNNAMED) == [ACCOUNT]


async def test_a_code_of_no_use_has_the_job_look_for_itself(stores: Stores) -> None:
    await stores.credentials.register(registration(COMPONENT), now=NOW)
    (component,) = await stores.credentials.claim(now=NOW, limit=10, lease=LEASE)
    await stores.credentials.save(rotated(component), now=NOW)
    await stores.events.put(event(), now=NOW)

    changed = await stores.events.finish(
        Authorized(row=await stores.claim_event(), credential=None), now=NOW
    )

    (job,) = await stores.credentials.claim(now=NOW, limit=10, lease=LEASE)
    assert (changed, job.key, job.credential) == ([ACCOUNT], ACCOUNT, None)


async def test_an_event_of_a_platform_that_nobody_registered_changes_nothing(
    stores: Stores,
) -> None:
    assert await authorized(stores) == []


async def test_who_is_told_of_the_platform_is_told_of_the_account(stores: Stores) -> None:
    await stores.keys.put_admin("hash", now=NOW)
    to_admin = registration(task(COMPONENT, notify=NOTIFY), owner=ADMIN)
    await stores.credentials.register(to_admin, now=NOW)
    await stores.credentials.register(
        registration(task(COMPONENT, notify=NOTIFY), owner="key_other"), now=NOW
    )

    await authorized(stores)

    (view,) = await stores.credentials.view(kind=ACCOUNT.kind, limit=10)
    assert [(found.owner, found.notify) for found in view.receivers] == [
        (ADMIN, NOTIFY),
        ("wechat", ""),
    ]
    (told,) = await stores.told()
    notification = await stores.credentials.notification(told)
    assert notification is not None
    assert notification.credential is not None
    assert (notification.url, notification.key, notification.credential.value) == (
        NOTIFY,
        ACCOUNT,
        "value",
    )


async def test_consent_withdrawn_ends_all_that_came_of_it(stores: Stores) -> None:
    await stores.credentials.register(
        registration(COMPONENT, task(ACCOUNT, notify=NOTIFY), ACCOUNT_TICKET), now=NOW
    )
    for job in await stores.credentials.claim(now=NOW, limit=10, lease=LEASE):
        await stores.credentials.save(rotated(job), now=NOW)
    await stores.told()
    await stores.outbox.release(now=NOW)
    await stores.events.put(event("unauthorized", code=""), now=NOW)
    outcome = Revoked(row=await stores.claim_event(), fault=GONE, due_at=NOW + 30 * HOUR)

    changed = await stores.events.finish(outcome, now=NOW)

    assert changed is not None
    assert sorted(changed) == [ACCOUNT, ACCOUNT_TICKET]
    for key in changed:
        snapshot = await stores.credentials.load(key)
        assert snapshot is not None
        assert (snapshot.credential, snapshot.fault) == (None, GONE)
        assert snapshot.due_at == NOW + 30 * HOUR
    (told,) = await stores.told()
    notification = await stores.credentials.notification(told)
    assert notification is not None
    assert (notification.credential, notification.ended) == (None, GONE)
    (view,) = await stores.credentials.view(kind=ACCOUNT.kind, limit=10)
    assert (view.waits_on, view.version) == (AUTHORIZATION, 1)


async def test_consent_given_again_wakes_what_was_ended(stores: Stores) -> None:
    await test_consent_withdrawn_ends_all_that_came_of_it(stores)

    changed = await authorized(stores, seconds=1)

    assert sorted(changed) == [ACCOUNT, ACCOUNT_TICKET]
    (view,) = await stores.credentials.view(kind=ACCOUNT_TICKET.kind, limit=10)
    assert (view.waits_on, view.due_at) == ("", NOW)


async def test_a_refusal_for_want_of_consent_ends_the_job_and_is_told_once(
    stores: Stores,
) -> None:
    await stores.credentials.register(registration(task(ACCOUNT, notify=NOTIFY)), now=NOW)
    (job,) = await stores.credentials.claim(now=NOW, limit=10, lease=LEASE)
    await stores.credentials.save(rotated(job), now=NOW)
    told = []

    for _ in range(2):
        await stores.credentials.hasten(ACCOUNT, now=NOW)
        (job,) = await stores.credentials.claim(now=NOW + 3 * HOUR, limit=10, lease=LEASE)
        refused = failed(job, Reaction.NEEDS_INPUT, waits_on=AUTHORIZATION)
        snapshot = await stores.credentials.save(refused, now=NOW)
        assert snapshot is not None
        assert snapshot.credential is None
        told.append(len(await stores.told()))

    assert told == [1, 0]
