"""wechatpy, requests and httpx with the client behind them."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from tests.client.in_threads import ThreadedClock
from tests.client.passing import passing
from tests.client.told import told
from tests.house import APPID, SECRET, Caller, WeChat, daemon, in_memory, wechat
from tests.sandbox.test_wechatpy import HOST, ToSandbox
from wechat_scheduler.client import Client, SyncClient
from wechat_scheduler.client.gateway import GatewayAuth, GatewayHook
from wechat_scheduler.client.wechatpy import NEVER, DaemonStorage
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.wechat.hosts import HOSTS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from wechatpy import WeChatClient, WeChatComponent

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:wechatpy")

MENU = "https://api.weixin.qq.com/cgi-bin/get_api_domain_ip"


@pytest.fixture
def clock() -> ThreadedClock:
    return ThreadedClock()


@pytest.fixture
async def weixin(clock: ThreadedClock) -> AsyncIterator[WeChat]:
    async with wechat(clock) as real:
        yield real


@pytest.fixture
async def gate(tmp_path: Path, weixin: WeChat, clock: ThreadedClock) -> AsyncIterator[Caller]:
    """A daemon with a gateway, whose clockworks turn."""
    async with daemon(
        tmp_path, weixin.url, clock=clock, loops=True, opener=in_memory, gateway__enabled=True
    ) as running:
        await running.register({"type": 0}, {"type": 1}, access_token_endpoint="token")
        await passing(clock, issued(running))
        yield running


async def issued(keeper: Caller) -> None:
    """Wait until there is a ticket."""
    while (await keeper.fetch(f"{APPID}/1")).status != 200:
        pass


@pytest.fixture
def app(gate: Caller, clock: ThreadedClock) -> Iterator[SyncClient]:
    with SyncClient(gate.daemon.url, gate.daemon.admin_key, clock=clock) as client:
        yield client


@pytest.mark.parametrize("attached", [True, False])
async def test_wechatpy_uses_the_daemons_tokens_and_heals(
    gate: Caller, weixin: WeChat, app: SyncClient, clock: ThreadedClock, attached: bool
) -> None:
    storage = DaemonStorage(app)
    client = WeChatClient(APPID, SECRET, session=storage)
    if attached:
        client = storage.attach(WeChatClient(APPID, ""))
    client._http.mount(HOST, ToSandbox(weixin.url))
    dead = await gate.value(f"{APPID}/0")
    clock.advance(timedelta(seconds=31))

    with closing(client._http):
        ticket = await asyncio.to_thread(client.jsapi.get_jsapi_ticket)
        before = await asyncio.to_thread(client.user.get, "o-reader")
        weixin.sandbox.kill(dead)
        after = await passing(clock, asyncio.to_thread(client.user.get, "o-reader"))

    assert ticket == await gate.value(f"{APPID}/1")
    assert before["subscribe"] == after["subscribe"] == 0
    assert await gate.value(f"{APPID}/0") not in ("", dead)
    assert storage.get(f"{APPID}_access_token") == await gate.value(f"{APPID}/0")


async def test_a_value_that_the_daemon_cannot_replace_ends_the_repetition() -> None:
    async with told(SystemClock()) as keeper:
        keeper.waits = False
        await keeper.rotate("wx1/access_token", "token-1")
        clock = ThreadedClock()
        with SyncClient(keeper.business.url(), clock=clock) as client:
            refused = passing(
                clock, asyncio.to_thread(client.invalid, "wx1", "access_token", "token-1")
            )
            with pytest.raises(UnavailableError, match="no newer one yet"):
                await refused


async def test_a_platforms_storage_gives_the_tokens_of_its_accounts() -> None:
    async with told(SystemClock()) as keeper:
        await keeper.rotate("hub/component_access_token", "of-the-hub")
        await keeper.rotate("hub/authorizer_access_token/rice", "of-rice")
        await keeper.rotate("rice/jsapi_ticket", "ticket-of-rice")
        with SyncClient(keeper.business.url()) as client:
            storage = DaemonStorage(client, "hub")
            platform = storage.attach(WeChatComponent("hub", "", "token", "a" * 43))
            storage.set("component_verify_ticket", "ticket@@@")

            given = await asyncio.to_thread(
                lambda: (
                    platform.access_token,
                    platform.get_client_by_appid("rice").access_token,
                    storage.get("rice_jsapi_ticket"),
                    storage.get("rice_jsapi_ticket_expires_at"),
                    storage.get("component_verify_ticket"),
                    storage.get("rice_menu", "none"),
                )
            )

    assert given == ("of-the-hub", "of-rice", "ticket-of-rice", NEVER, "ticket@@@", "none")


async def test_requests_go_to_the_gateway_with_a_token(gate: Caller, app: SyncClient) -> None:
    with requests.Session() as session:
        session.auth = GatewayAuth(app, APPID)
        without = await asyncio.to_thread(session.get, MENU)
        token = await gate.value(f"{APPID}/0")
        given = await asyncio.to_thread(session.get, MENU, params={"access_token": token})
        wrong = await asyncio.to_thread(session.get, MENU, params={"access_token": "wrong"})
        posted = await asyncio.to_thread(
            session.post, HOST + "/cgi-bin/message/custom/send", json={"touser": "o-none"}
        )

    assert without.json() == given.json()
    assert "127.0.0.1" in without.json()["ip_list"]
    assert wrong.json()["errcode"] == 40001
    assert posted.json()["errcode"] not in (0, 40001, 41001)
    assert without.url.startswith(gate.daemon.url)


async def test_httpx_calls_go_to_the_gateway_with_a_token(
    gate: Caller, app: SyncClient, clock: ThreadedClock
) -> None:
    httpx = pytest.importorskip("httpx")

    with httpx.Client(auth=GatewayAuth(app, APPID), trust_env=False) as caller:
        told = await asyncio.to_thread(caller.get, MENU)
    async with (
        Client(gate.daemon.url, gate.daemon.admin_key, clock=clock) as client,
        httpx.AsyncClient(
            event_hooks={"request": [GatewayHook(client, APPID)]}, trust_env=False
        ) as caller,
    ):
        told_in_loop = await caller.get(MENU)

    assert "127.0.0.1" in told.json()["ip_list"]
    assert told_in_loop.json() == told.json()


OF_A_HOST = "/cgi-bin/x?access_token=token%2F1"
LED = [
    ("https://api.weixin.qq.com/cgi-bin/menu/get", "/cgi-bin/menu/get?access_token=token%2F1"),
    ("https://hk.api.weixin.qq.com:443/wxa/x?a=1", "/wxa/x?a=1&access_token=token%2F1"),
    ("https://api.weixin.qq.com/wxa/x?access_token=t", "/wxa/x?access_token=t"),
    ("https://api.weixin.qq.com/sns/userinfo?openid=o", "/sns/userinfo?openid=o"),
    (
        "https://api.weixin.qq.com/cgi-bin/token?appid=a&secret=s",
        "/cgi-bin/token?appid=a&secret=s",
    ),
    ("https://api.weixin.qq.com/cgi-bin/stable_token", "/cgi-bin/stable_token"),
    ("https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=t", "/cgi-bin/showqrcode?ticket=t"),
    (
        "https://api.weixin.qq.com/cgi-bin/component/api_create_preauthcode",
        "/cgi-bin/component/api_create_preauthcode?component_access_token=of-the-hub",
    ),
    ("https://api.weixin.qq.com.evil.example/cgi-bin/menu/get", ""),
    ("http://api.weixin.qq.com/cgi-bin/menu/get", ""),
    ("https://shop.example/?to=https://api.weixin.qq.com/", ""),
]


async def test_only_wechats_calls_are_led_and_only_those_without_a_token_get_one() -> None:
    async with told(SystemClock()) as keeper:
        await keeper.rotate("wx1/access_token", "token/1")
        await keeper.rotate("wx1/component_access_token", "of-the-hub")
        base = keeper.business.url("/under")
        with SyncClient(keeper.business.url()) as client:
            client.url = base + "/"
            for url, led in (*LED, *((f"{host}/cgi-bin/x", OF_A_HOST) for host in HOSTS)):
                request = requests.Request("GET", url, auth=GatewayAuth(client, "wx1"))
                prepared = await asyncio.to_thread(request.prepare)

                assert prepared.url == (base + led if led else url)
