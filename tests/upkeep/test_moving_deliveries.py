"""What a store that moves had sent, was sending and had yet to send: each message is on the phone once."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat, daemon, daemon_config, wechat
from tests.postgres import PostgresServer
from tests.reused import postgres_database
from tests.sending.town import TEMPLATES
from tests.upkeep.dying import dying_at
from wechat_scheduler.config.loading import DATABASE_NAME
from wechat_scheduler.daemon.delivery import lease_of
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.upkeep import moving
from wechat_scheduler.upkeep.moving import move_store

PEOPLE = tuple(f"o-{number}" for number in range(9))
# In the middle of a move.
WRITES = 12


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(SystemClock().now())


@pytest.fixture
async def weixin(clock: FakeClock) -> AsyncIterator[WeChat]:
    async with wechat(clock, users=tuple((APPID, openid) for openid in PEOPLE)) as weixin:
        yield weixin


@pytest.fixture
async def url(postgres: PostgresServer) -> AsyncIterator[str]:
    async with postgres_database(postgres) as url:
        yield url


async def open_shop(caller: Caller) -> int:
    """An app that knows everyone by their openid."""
    await caller.register({"type": 0})
    await caller.settle()
    templates = {
        purpose: {"template_id": one.template_id, "fields": dict(one.fields)}
        for purpose, one in TEMPLATES.items()
    }
    shop = {"name": "shop", "appid": APPID, "templates": templates}
    app: int = (await caller.call("POST", "/v1/apps", body=shop)).result["id"]
    people = [{"external_id": openid, "openid": openid} for openid in PEOPLE]
    await caller.call("POST", f"/v1/apps/{app}/subscribers", body=people)
    return app


async def write_to(caller: Caller, app: int, *openids: str) -> None:
    body = {"app": app, "to": openids, "channel": "template", "text": "hello"}
    assert (await caller.call("POST", "/v1/messages", body=body)).status == 200


async def send_in_three_states(caller: Caller) -> None:
    """A third is sent, a third reaches WeChat while the daemon dies, a third waits."""
    app, dispatcher = await open_shop(caller), caller.daemon.cores.delivery.clockwork._work
    await write_to(caller, app, *PEOPLE[:3])
    await caller.settle()
    await write_to(caller, app, *PEOPLE[3:6])
    for row in await dispatcher.claim(10):
        await dispatcher.attempt(row)
    await write_to(caller, app, *PEOPLE[6:])


async def test_each_message_is_on_the_phone_once_though_both_moves_were_killed(
    tmp_path: Path, clock: FakeClock, weixin: WeChat, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = daemon_config(tmp_path, weixin.url)
    start, end = (f"sqlite://{tmp_path / name}" for name in (DATABASE_NAME, "back.db"))

    def shown() -> Counter[str]:
        return Counter(one.openid for one in weixin.sandbox.people.received(APPID))

    async def move(source: str, target: str) -> None:
        assert [one async for one in move_store(config.state, source, target, clock=clock)]

    async with daemon(tmp_path, weixin.url, clock=clock, loops=False) as caller:
        await send_in_three_states(caller)
    before = shown()
    for source, target in ((start, url), (url, end)):
        with monkeypatch.context() as patched:
            patched.setattr(moving, "open_database", dying_at(target, WRITES))
            with pytest.raises(KeyboardInterrupt):
                await move(source, target)
        await move(source, target)
    clock.advance(2 * lease_of(config))
    async with daemon(
        tmp_path, weixin.url, clock=clock, loops=False, state__database=end
    ) as caller:
        await caller.settle()

    assert before == Counter(PEOPLE[:6])
    assert shown() == Counter(PEOPLE)
