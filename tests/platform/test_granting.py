"""Handles consents for which WeChat leaves something out."""

import random
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.clock import FakeClock
from tests.platform.test_push_stores import ACCOUNT, COMPONENT, Stores, event, stores_on
from tests.stores.memory import memory_database
from tests.stores.samples import APPID, LEASE, claim, failed, registration
from wechat_scheduler.credentials.inputs import Sibling
from wechat_scheduler.credentials.model import Issued, JobKey
from wechat_scheduler.engine.records import replace
from wechat_scheduler.pushes.events import EventWork
from wechat_scheduler.pushes.model import Authorized
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.feed import SqlFeed


class WeChat:
    """Gives an account a token without a refresh token."""

    async def exchange(self, platform: str, *, token: str, code: str) -> Issued:
        return Issued(value="VALUE", answer="{}", lifetime=timedelta(hours=2), subject="wx9")

    async def restart_tickets(self, platform: str, *, secret: str) -> str:
        raise AssertionError("no ticket is missing")


class PlatformToken:
    async def sibling(self, key: JobKey) -> Sibling | None:
        return Sibling(key=key, value="COMPONENT", version=1, failing=False)


@pytest.fixture
async def stores() -> Stores:
    """Empty, but for an appid whose pushes are expected."""
    stores = stores_on(memory_database())
    await stores.pushes.put_secrets(APPID, token="token1", aes_key="key1", now=FakeClock().now())
    return stores


@pytest.fixture
def work(stores: Stores) -> EventWork:
    async def changed(_: JobKey) -> None:
        pass

    return EventWork(
        stores.events,
        stores.credentials,
        PlatformToken(),
        WeChat(),
        changed=changed,
        clock=FakeClock(),
        rng=random.Random(1),
        lease=LEASE,
    )


async def test_a_token_without_a_refresh_token_is_kept_and_said_to_end(
    stores: Stores, work: EventWork
) -> None:
    clock = FakeClock()
    await stores.credentials.register(registration(COMPONENT), now=clock.now())
    await stores.events.put(event(), now=clock.now())
    (row,) = await work.claim(10)

    with capture_logs() as logs:
        await work.finish(await work.attempt(row))

    snapshot = await stores.credentials.load(ACCOUNT)
    assert snapshot is not None
    assert snapshot.credential is not None
    assert snapshot.fault is not None
    assert (snapshot.credential.value, snapshot.credential.refresh_token) == ("VALUE", "")
    assert snapshot.fault.reaction is Reaction.NEEDS_INPUT
    assert "without an authorizer_refresh_token" in snapshot.fault.message
    assert "API permissions" in snapshot.fault.advice
    assert snapshot.due_at == snapshot.credential.renew_at
    assert [log["log_level"] for log in logs if log["event"] == "platform.authorized"] == ["error"]


async def test_consent_and_its_end_are_told_to_those_who_follow_credentials(
    work: EventWork,
) -> None:
    clock, database = FakeClock(), memory_database()
    stores, feed = stores_on(database), SqlFeed(database)
    await stores.pushes.put_secrets(APPID, token="token1", aes_key="key1", now=clock.now())
    await stores.credentials.register(registration(COMPONENT), now=clock.now())
    await stores.events.put(event(), now=clock.now())
    given = await work.attempt(await stores.claim_event())
    await stores.events.finish(given, now=clock.now())
    later = clock.now() + timedelta(minutes=1)
    await stores.events.put(replace(event("unauthorized", code=""), happened_at=later), now=later)
    (row,) = await stores.events.claim(now=later, limit=1, lease=LEASE)
    await stores.events.finish(await work.attempt(row), now=later)

    await feed.arrange(now=later)
    told = [(one.what.value, one.subject, one.data) for one in await feed.after(0, limit=10)]

    assert told == [
        ("credential.rotated", ACCOUNT.subject, {"version": 1}),
        ("credential.failed", ACCOUNT.subject, {"errcode": None}),
    ]


async def test_a_fault_that_consent_ends_without_a_value_is_told() -> None:
    now, database = FakeClock().now(), memory_database()
    stores, feed = stores_on(database), SqlFeed(database)
    await stores.pushes.put_secrets(APPID, token="token1", aes_key="key1", now=now)
    await stores.credentials.register(registration(ACCOUNT), now=now)
    await stores.credentials.save(failed(await claim(stores.credentials)), now=now)

    for seconds in (1, 2):
        await stores.events.put(event(seconds=seconds), now=now)
        row = await stores.claim_event()
        await stores.events.finish(Authorized(row=row, credential=None), now=now)

    await feed.arrange(now=now)
    told = [one.what.value for one in await feed.after(0, limit=10)]
    assert told == ["credential.failed", "credential.recovered"]
