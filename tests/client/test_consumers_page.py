"""The programs of docs/consumers.md do what the page says."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from tests.client.in_threads import ThreadedClock
from tests.client.test_adapters import clock, gate, weixin
from tests.documents import README, ROOT, blocks
from tests.house import APPID, Caller, WeChat
from tests.sandbox.test_wechatpy import HOST, ToSandbox

__all__ = ["clock", "gate", "weixin"]

PAGE = ROOT / "docs" / "consumers.md"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:wechatpy")


def shown(part: str) -> Any:
    """`main` of the block with that text."""
    (code,) = [it.text for it in blocks(PAGE) if it.language == "python" and part in it.text]
    defined: dict[str, Any] = {"__name__": "shown"}
    exec(code, defined)
    return defined["main"]


def refusing_first(sent: list[str]) -> Callable[[str], int]:
    """WeChat, which refuses the first token that it sees."""

    def send(token: str) -> int:
        sent.append(token)
        return 40001 if token == sent[0] else 0

    return send


async def test_the_client_for_event_loops_heals(gate: Caller, clock: ThreadedClock) -> None:
    sent: list[str] = []
    send = refusing_first(sent)

    async def sending(token: str) -> int:
        return send(token)

    clock.advance(timedelta(seconds=31))
    token = await shown("async with Client")(gate.daemon.url, gate.daemon.admin_key, sending)

    assert len(set(sent)) == 2
    assert token == sent[-1] == await gate.value(f"{APPID}/0")


async def test_the_client_for_threads_heals(gate: Caller, clock: ThreadedClock) -> None:
    sent: list[str] = []
    clock.advance(timedelta(seconds=31))

    token = await asyncio.to_thread(
        shown("main(url, key, send):\n    wechat = SyncClient"),
        gate.daemon.url,
        gate.daemon.admin_key,
        refusing_first(sent),
    )

    assert len(set(sent)) == 2
    assert token == sent[-1] == await gate.value(f"{APPID}/0")


async def test_the_client_of_the_readme_gets_a_token(gate: Caller) -> None:
    (code,) = [it.text for it in blocks(README) if it.language == "python"]
    names: dict[str, Any] = {"KEY": gate.daemon.admin_key}

    await asyncio.to_thread(exec, code.replace("http://127.0.0.1:9001", gate.daemon.url), names)

    await asyncio.to_thread(names["wechat"].close)
    assert names["token"] == await gate.value(f"{APPID}/0")


async def test_wechatpy_calls_with_the_daemons_token(gate: Caller, weixin: WeChat) -> None:
    client = shown("DaemonStorage")(gate.daemon.url, gate.daemon.admin_key)
    client._http.mount(HOST, ToSandbox(weixin.url))

    with closing(client._http):
        user = await asyncio.to_thread(client.user.get, "o-reader")

    assert user["subscribe"] == 0
    assert client.access_token == await gate.value(f"{APPID}/0")
    await asyncio.to_thread(client.session._client.close)


async def test_requests_call_through_the_gateway(gate: Caller) -> None:
    main = shown("GatewayAuth")

    answer = await asyncio.to_thread(main, gate.daemon.url, gate.daemon.admin_key)

    assert "127.0.0.1" in answer["ip_list"]
