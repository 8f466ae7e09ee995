"""Outcomes whose claim is gone: the answer of the store was lost, or the attempt outlasted its lease."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from tests.clock import FakeClock
from tests.stores.mailing import accepted, mailing
from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.samples import (
    LEASE,
    LIFE,
    NOW,
    SECOND,
    TOKEN,
    claim,
    failed,
    issued,
    look,
    registration,
    repeated,
    rotated,
    task,
)
from tests.stores.suite import Stores, sql_credentials
from wechat_scheduler.credentials.model import AUTHORIZATION, ClaimedJob, Outcome, Spent
from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.errors import StorageError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.claims import SETTLED_WITHIN
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Row, Script

T = TypeVar("T")

LATER = NOW + LEASE


class ForgetfulDatabase(MemoryDatabase):
    """Commits, and loses the answer to it, as a connection that breaks in that moment does."""

    loses = False

    async def write(self, script: Callable[[], Script[T]]) -> T:
        result = await super().write(script)
        if self.loses:
            self.loses = False
            raise StorageError("the connection broke during the commit")
        return result


@pytest.fixture
def database() -> ForgetfulDatabase:
    empty = ForgetfulDatabase()
    memory_database().pour_into(empty)
    return empty


@pytest.fixture
def forgetful(database: ForgetfulDatabase) -> SqlCredentials:
    return sql_credentials(database, "here")


@pytest.mark.parametrize("make", [rotated, repeated, failed])
async def test_an_outcome_whose_commit_was_not_answered_is_stored_once(
    database: ForgetfulDatabase,
    forgetful: SqlCredentials,
    make: Callable[[ClaimedJob], Outcome],
) -> None:
    await issued(forgetful, task(notify="http://erp/n"), at=NOW - LEASE)
    await forgetful.hasten(TOKEN, now=NOW)
    outcome = make(await claim(forgetful))
    database.loses = True
    with pytest.raises(StorageError):
        await forgetful.save(outcome, now=NOW)
    before = await look(forgetful)

    saved = await forgetful.save(outcome, now=NOW + SECOND)

    assert saved == await forgetful.load(TOKEN)
    assert await look(forgetful) == before


async def test_an_attempt_at_a_message_whose_commit_was_not_answered_is_recorded_once(
    database: ForgetfulDatabase,
) -> None:
    mail = await mailing(database, FakeClock())
    number = await mail.put_one()
    outcome = accepted(await mail.claimed())
    database.loses = True
    with pytest.raises(StorageError):
        await mail.outbox.settle(outcome, now=NOW)

    await mail.outbox.settle(outcome, now=NOW + SECOND)

    shown = await mail.shown(number)
    assert (shown.state, shown.tries, shown.settled_at) == (DeliveryState.ACCEPTED, 1, NOW)


async def test_a_value_that_came_after_the_lease_is_kept(stores: Stores) -> None:
    store = stores.credentials
    await store.register(registration(TOKEN), now=NOW)
    late = await claim(store)
    await claim(stores.elsewhere, at=LATER)

    outcome = rotated(late, "late", refresh_token="RT")
    saved = await store.save(outcome, now=LATER)

    assert saved == await store.load(TOKEN)
    again = await claim(stores.elsewhere, at=outcome.due_at)
    assert again.credential is not None
    assert (again.credential.value, again.credential.refresh_token) == ("late", "RT")


async def test_the_later_of_two_values_stays_in_whichever_order_they_come(stores: Stores) -> None:
    for order in ((0, 1), (1, 0)):
        store = stores.credentials
        await store.remove(TOKEN, owner="", now=NOW)
        await store.register(registration(TOKEN), now=NOW)
        first = rotated(await claim(store), "first", at=NOW)
        second = rotated(await claim(stores.elsewhere, at=LATER), "second", at=LATER)

        for number in order:
            await store.save((first, second)[number], now=LATER)

        loaded = await store.load(TOKEN)
        assert loaded is not None
        assert loaded.credential is not None
        assert loaded.credential.value == "second"


async def test_a_value_that_is_kept_late_is_a_version_of_its_own(stores: Stores) -> None:
    store = stores.credentials
    await store.register(registration(TOKEN), now=NOW)
    first = rotated(await claim(store), "first", at=NOW)
    second = rotated(await claim(stores.elsewhere, at=LATER), "second", at=LATER)
    saved = [await store.save(outcome, now=LATER) for outcome in (first, second)]

    versions = [one.credential.version for one in saved if one and one.credential]

    assert versions == [1, 2]


async def test_an_account_that_withdrew_its_authorization_gets_no_late_value(
    stores: Stores,
) -> None:
    store = stores.credentials
    await store.register(registration(TOKEN), now=NOW)
    late = await claim(store)
    other = await claim(stores.elsewhere, at=LATER)
    revoked = failed(other, Reaction.NEEDS_INPUT, waits_on=AUTHORIZATION)
    await stores.elsewhere.save(revoked, now=LATER)

    assert await store.save(rotated(late), now=LATER) is None


async def test_a_late_value_makes_no_third_attempt_begin_while_the_second_is_under_way(
    stores: Stores,
) -> None:
    store = stores.credentials
    await store.register(registration(TOKEN), now=NOW)
    late = rotated(await claim(store), "late", at=NOW - LIFE)
    second = rotated(await claim(stores.elsewhere, at=LATER), "second", at=LATER)
    await store.save(late, now=LATER)
    await store.hasten(TOKEN, now=LATER)

    claimed = await store.claim(now=LATER, limit=5, lease=LEASE)
    saved = await stores.elsewhere.save(second, now=LATER)

    assert claimed == []
    assert saved is not None
    assert saved.credential is not None
    assert (saved.credential.value, saved.due_at) == ("second", second.due_at)


async def test_a_job_is_due_again_if_the_attempt_that_lost_its_claim_brings_nothing(
    stores: Stores,
) -> None:
    store = stores.credentials
    await store.register(registration(TOKEN), now=NOW)
    late = rotated(await claim(store), "late", at=NOW - LIFE)
    await claim(stores.elsewhere, at=LATER)
    saved = await store.save(late, now=LATER)

    claimed = await store.claim(now=LATER + LEASE, limit=5, lease=LEASE)

    assert saved is not None
    assert saved.due_at == LATER + LEASE
    assert [job.credential and job.credential.value for job in claimed] == ["late"]


async def test_a_late_value_is_not_refreshed_since_the_attempt_that_lost_its_claim_asked_nothing(
    stores: Stores,
) -> None:
    store = stores.credentials
    await store.register(registration(TOKEN), now=NOW)
    late = rotated(await claim(store), "late")
    second = await claim(stores.elsewhere, at=LATER)
    await store.save(late, now=LATER)

    lost = await stores.elsewhere.save(failed(second, spent=Spent()), now=LATER)

    after = await store.load(TOKEN)
    assert lost is None
    assert after is not None
    assert after.due_at == late.credential.renew_at
    assert await store.claim(now=LATER + LEASE, limit=5, lease=LEASE) == []


async def test_a_value_that_was_stored_under_the_claim_before_is_due_at_its_own_time(
    stores: Stores,
) -> None:
    store = stores.credentials
    await store.register(registration(TOKEN), now=NOW)
    value = rotated(await claim(store), "value")
    again = replace(value, job=await claim(store, at=LATER))

    outrun = await store.save(value, now=LATER)
    saved = await store.save(again, now=LATER)

    assert outrun is not None
    assert outrun.due_at == LATER + LEASE
    assert saved == await store.load(TOKEN)
    assert saved is not None
    assert saved.due_at == value.due_at


class AbsentDatabase(MemoryDatabase):
    """Takes nothing and tells nothing while it is away."""

    is_away = False

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        if self.is_away:
            raise StorageError("the database is away")
        return await super().read(sql, *params)

    async def write(self, script: Callable[[], Script[T]]) -> T:
        if self.is_away:
            raise StorageError("the database is away")
        return await super().write(script)


@pytest.fixture
def absent() -> AbsentDatabase:
    database = AbsentDatabase()
    memory_database().pour_into(database)
    return database


async def test_after_an_outage_a_claim_that_ended_in_it_is_taken_over_once_others_could_store(
    absent: AbsentDatabase,
) -> None:
    here, there = (sql_credentials(absent, name) for name in ("here", "there"))
    await here.register(registration(TOKEN), now=NOW)
    await claim(there)
    absent.is_away = True
    with pytest.raises(StorageError):
        await here.claim(now=NOW + SECOND, limit=5, lease=LEASE)
    absent.is_away = False

    at_once = await here.claim(now=LATER, limit=5, lease=LEASE)
    waits_until = await here.next_due()
    later = await here.claim(now=LATER + SETTLED_WITHIN, limit=5, lease=LEASE)

    assert (at_once, waits_until) == ([], LATER + SETTLED_WITHIN)
    assert [job.key for job in later] == [TOKEN]


async def test_after_an_outage_what_has_no_claim_is_claimed_at_once(absent: AbsentDatabase) -> None:
    here = sql_credentials(absent, "here")
    await here.register(registration(TOKEN), now=NOW)
    absent.is_away = True
    with pytest.raises(StorageError):
        await here.claim(now=NOW, limit=5, lease=LEASE)
    absent.is_away = False
    due_at = await here.next_due()

    claimed = await here.claim(now=LATER, limit=5, lease=LEASE)

    assert due_at == NOW
    assert [job.key for job in claimed] == [TOKEN]
