"""Several daemons on one database: a consumer that is changed or ends at one is so at all of them."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.clock import FakeClock
from tests.gateway.samples import made_consumer
from tests.gateway.test_token_endpoints import GRANT, STABLE
from tests.house import Caller, WeChat, daemon
from tests.postgres import PostgresServer
from tests.reused import postgres_database
from wechat_scheduler.engine.clock import SystemClock

IPS = "/cgi-bin/getcallbackip"
# Seconds until the other has heard of it, on a machine that has much else to do.
PATIENCE = 60
MOMENT = timedelta(milliseconds=10)


async def test_a_consumer_and_its_stand_in_work_are_limited_and_end_at_every_daemon(
    tmp_path: Path, postgres: PostgresServer, weixin: WeChat, clock: FakeClock
) -> None:
    shared: dict[str, Any] = {
        "state__sealing_key_file": str(tmp_path / "sealing.key"),
        "gateway__enabled": True,
    }
    async with (
        postgres_database(postgres) as url,
        daemon(tmp_path / "a", weixin.url, clock=clock, state__database=url, **shared) as here,
        daemon(tmp_path / "b", weixin.url, clock=clock, state__database=url, **shared) as there,
    ):
        await here.register({"type": 0})
        await here.settle()
        made = await made_consumer(here, stand_in=True)
        fields = GRANT | {"secret": made["secret"]}
        issued = (await here.call("POST", STABLE, body=fields, key="")).json["access_token"]

        works = await until(there, issued, 0)
        await here.call("PATCH", "/v1/consumers/shop", body={"deny_paths": [IPS]})
        denied = await until(there, issued, 48001)
        await here.call("DELETE", "/v1/consumers/shop")
        ended = await until(there, issued, 40001)

    assert (works, denied, ended) == (True, True, True)


async def until(keeper: Caller, token: str, errcode: int) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await keeper.call("GET", f"{IPS}?access_token={token}", key="")
                if answer.json.get("errcode", 0) == errcode:
                    return True
                await SystemClock().sleep(MOMENT)
    return False
