"""A poll of /cgi-bin/token is answered from memory for as long as that answer holds."""

import re
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from urllib.parse import urlencode

from tests.access import doors
from tests.access.doors import Line
from tests.clock import START, FakeClock
from tests.gateway.samples import made_consumer
from tests.gateway.test_token_endpoints import GRANT, TOKEN
from tests.house import APPID, Caller
from wechat_scheduler.gateway.model import Consumer


def polling(gate: Caller, secret: str) -> AbstractAsyncContextManager[Line]:
    return doors.polling(gate, f"{TOKEN}?{urlencode(GRANT | {'secret': secret})}")


async def hits(gate: Caller) -> int:
    text = (await gate.call("GET", "/metrics")).json
    found = re.search(r"(?m)^wechat_scheduler_memo_hits_total (\d+)", text)
    assert found
    return int(found[1])


async def test_it_comes_from_memory_until_the_lifetime_is_a_second_less(
    gate: Caller, clock: FakeClock
) -> None:
    made = await made_consumer(gate)
    clock.advance(timedelta(seconds=0.5))
    async with polling(gate, made["secret"]) as poll:
        first = [await poll.ask_json() for _ in range(4)]
        served = await hits(gate)
        clock.advance(timedelta(seconds=1))
        later = await poll.ask_json()
    await gate.daemon.cores.auditor.flush()

    entries = (await gate.call("GET", "/v1/audit?key=consumer/shop")).result
    assert [answer["expires_in"] for answer in (*first, later)] == [7199] * 4 + [7198]
    assert served >= 1
    assert [entry["count"] for entry in entries] == [5]


async def test_it_ends_with_the_consumer_and_the_registered_secret(
    gate: Caller, clock: FakeClock
) -> None:
    made = await made_consumer(gate)
    clock.advance(timedelta(seconds=0.5))
    async with polling(gate, made["secret"]) as poll, polling(gate, GRANT["secret"]) as own:
        before = [await one.ask_json() for one in (poll, own) * 3]
        await gate.call("DELETE", "/v1/consumers/shop")
        revoked = await poll.ask_json()
        await gate.register({"type": 0}, appsecret="another")
        changed = await own.ask_json()

    assert {answer["access_token"] for answer in before} == {await gate.value(f"{APPID}/0")}
    assert (revoked["errcode"], changed["errcode"]) == (40125, 40125)


async def test_a_consumer_with_limits_is_looked_at_each_time(gate: Caller) -> None:
    draft = Consumer(name="shop", appids=frozenset((APPID,)), per_minute=4, created_at=START)
    made = await gate.daemon.cores.consumers.make(draft)
    async with polling(gate, made.secret) as poll:
        found = [await poll.ask_json() for _ in range(6)]

    assert [answer.get("errcode") for answer in found] == [None] * 4 + [45011] * 2
