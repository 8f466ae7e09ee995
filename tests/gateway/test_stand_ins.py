"""Stand-in tokens: what they say, and when they open nothing."""

import re
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import START, FakeClock
from tests.gateway.test_consumer_store import a_consumer
from tests.stores.memory import memory_database
from tests.stores.suite import VAULT
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.gateway.consumers import ConsumerDesk
from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.gateway.refused_tokens import TokenRefusal
from wechat_scheduler.gateway.stand_ins import LIFETIME, StandInToken, StandInTokens
from wechat_scheduler.storage.access.consumers import SqlConsumers

SECRET = b"s" * 32
KEY = JobKey("wx1111111111111111", "access_token")
OF_PLATFORM = JobKey("wx2222222222222222", "authorizer_access_token", "wx3333333333333333")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
async def consumers() -> ConsumerDesk:
    store = SqlConsumers(memory_database(), VAULT)
    await store.add(a_consumer(appids=frozenset((KEY.appid, OF_PLATFORM.appid))))
    desk = ConsumerDesk(store, clock=FakeClock())
    await desk.load()
    return desk


@pytest.fixture
def shop(consumers: ConsumerDesk) -> Consumer:
    found = consumers.named("shop")
    assert found is not None
    return found


@pytest.mark.parametrize("key", [KEY, OF_PLATFORM])
async def test_a_stand_in_says_its_consumer_and_the_job_until_it_expires(
    consumers: ConsumerDesk, shop: Consumer, key: JobKey
) -> None:
    stand_ins = StandInTokens(SECRET, consumers)
    token = stand_ins.issue(shop, key, START)

    last = START + LIFETIME - timedelta(seconds=1)
    assert await stand_ins.read(token, START) == StandInToken(shop, key)
    assert await stand_ins.read(token, last) == StandInToken(shop, key)
    assert await stand_ins.read(token, START + LIFETIME) is TokenRefusal.EXPIRED
    assert await stand_ins.read(token, START - timedelta(hours=1)) is TokenRefusal.EXPIRED


def test_a_stand_in_looks_as_sdks_expect(consumers: ConsumerDesk, shop: Consumer) -> None:
    token = StandInTokens(SECRET, consumers).issue(shop, OF_PLATFORM, START)

    assert re.fullmatch(r"ws1_[A-Za-z0-9_-]{100,400}", token)


async def test_another_process_with_the_secret_reads_it_and_one_without_does_not(
    consumers: ConsumerDesk, shop: Consumer
) -> None:
    token = StandInTokens(SECRET, consumers).issue(shop, KEY, START)

    there = [
        await StandInTokens(secret, consumers).read(token, START) for secret in (SECRET, b"x" * 32)
    ]
    assert there == [StandInToken(shop, KEY), TokenRefusal.UNKNOWN]


async def test_a_new_secret_and_a_revocation_end_it_at_once(
    consumers: ConsumerDesk, shop: Consumer
) -> None:
    stand_ins = StandInTokens(SECRET, consumers)
    first = stand_ins.issue(shop, KEY, START)
    rotated = (await consumers.rotate("shop")).consumer
    second = stand_ins.issue(rotated, KEY, START)
    read = [await stand_ins.read(token, START) for token in (first, second)]
    await consumers.revoke("shop")

    assert read == [TokenRefusal.ENDED, StandInToken(rotated, KEY)]
    assert await stand_ins.read(second, START) is TokenRefusal.ENDED


@cache
def without_consumers() -> StandInTokens:
    return StandInTokens(
        SECRET, ConsumerDesk(SqlConsumers(memory_database(), VAULT), clock=FakeClock())
    )


@given(place=st.integers(0, 400), letter=st.sampled_from(ALPHABET))
async def test_a_changed_letter_makes_it_unknown(place: int, letter: str) -> None:
    stand_ins = without_consumers()
    token = stand_ins.issue(a_consumer(), KEY, START)
    at = place % (len(token) - 1)  # the last letter has bits that mean nothing
    changed = f"{token[:at]}{letter}{token[at + 1 :]}"

    refused = TokenRefusal.ENDED if changed == token else TokenRefusal.UNKNOWN
    assert await stand_ins.read(changed, START) is refused


@given(text=st.text() | st.text(ALPHABET).map(lambda rest: f"ws1_{rest}"))
async def test_any_other_text_is_unknown(text: str) -> None:
    assert await without_consumers().read(text, START) is TokenRefusal.UNKNOWN
