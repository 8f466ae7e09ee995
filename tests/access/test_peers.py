"""Whose address counts, when somebody says that he speaks for another."""

from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.access.doors import make
from tests.clock import FakeClock
from tests.house import Caller, WeChat, daemon, in_memory, served
from wechat_scheduler.web.kit.peers import client_address

PROXIES = tuple(map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "fd00::/8")))


@pytest.fixture
async def mirror() -> AsyncIterator[str]:
    """The URL of somebody who says whom he takes the caller for."""

    async def show(request: web.Request) -> web.Response:
        trusted = PROXIES if request.path == "/behind" else ()
        return web.Response(text=str(client_address(request, trusted)))

    app = web.Application()
    app.router.add_get("/{place}", show)
    async with served(app) as url:
        yield url


async def shown(url: str, headers: Sequence[tuple[str, str]]) -> str:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return await answer.text()


async def test_a_peer_that_is_not_trusted_speaks_for_itself(mirror: str) -> None:
    headers = [("X-Forwarded-For", "192.0.2.7"), ("Forwarded", "for=192.0.2.7")]

    assert await shown(f"{mirror}/open", headers) == "127.0.0.1"


X_FORWARDED: list[tuple[str, str]] = [
    ("192.0.2.7", "192.0.2.7"),
    ("192.0.2.7:51234", "192.0.2.7"),
    ("2001:db8::7", "2001:db8::7"),
    ("[2001:db8::7]", "2001:db8::7"),
    ("[2001:db8::7]:51234", "2001:db8::7"),
    ("::ffff:192.0.2.7", "192.0.2.7"),
    ("192.0.2.7, 10.0.0.1", "192.0.2.7"),
    ("192.0.2.7,10.0.0.1, fd00::1", "192.0.2.7"),
    ("10.9.9.9, 192.0.2.7", "192.0.2.7"),  # what the client itself had put there
    ("1.2.3.4, 5.6.7.8, 192.0.2.7, 10.0.0.1", "192.0.2.7"),
    ("10.0.0.2, 10.0.0.1", "10.0.0.2"),  # a client among the proxies
    ("unknown", "None"),
    ("192.0.2.7, unknown", "None"),
    ("192.0.2.7, ", "None"),
    ("192.0.2.7, 300.1.1.1", "None"),
    ("unknown, 192.0.2.7", "192.0.2.7"),
    ("[]", "None"),
    ("", "127.0.0.1"),
]


async def test_a_trusted_proxy_names_the_client_in_x_forwarded_for(mirror: str) -> None:
    for chain, client in X_FORWARDED:
        assert await shown(f"{mirror}/behind", [("X-Forwarded-For", chain)]) == client, (
            chain,
            client,
        )


FORWARDED: list[tuple[str, str]] = [
    ("for=192.0.2.7", "192.0.2.7"),
    ('For="[2001:db8::7]:4711"', "2001:db8::7"),
    ("for=192.0.2.7;proto=https;by=10.0.0.1", "192.0.2.7"),
    ('proto=https; for="192.0.2.7:80"', "192.0.2.7"),
    ("for=192.0.2.7, for=10.0.0.1", "192.0.2.7"),
    ('for=192.0.2.7;host="a,b;for=5.6.7.8", for=10.0.0.1', "192.0.2.7"),
    ("for=10.9.9.9, for=192.0.2.7", "192.0.2.7"),
    ("for=192.0.2.7, for=_hidden", "None"),
    ("for=192.0.2.7, proto=https", "None"),
    ("nonsense", "None"),
    ('for="192.0.2.7', "None"),
]


async def test_a_trusted_proxy_names_the_client_in_forwarded(mirror: str) -> None:
    for chain, client in FORWARDED:
        assert await shown(f"{mirror}/behind", [("Forwarded", chain)]) == client, (chain, client)


async def test_lines_of_one_header_are_one_chain(mirror: str) -> None:
    headers = [("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-For", "10.0.0.1")]

    assert await shown(f"{mirror}/behind", headers) == "192.0.2.7"


@pytest.mark.parametrize(("other", "client"), [("192.0.2.7", "192.0.2.7"), ("10.0.0.9", "None")])
async def test_headers_that_contradict_each_other_are_not_believed(
    mirror: str, other: str, client: str
) -> None:
    headers = [("X-Forwarded-For", "192.0.2.7"), ("Forwarded", f"for={other}")]

    assert await shown(f"{mirror}/behind", headers) == client


@pytest.mark.parametrize(("said", "status"), [("10.1.2.3", 200), ("192.0.2.7", 401), ("x", 401)])
async def test_a_key_with_networks_goes_by_what_a_trusted_proxy_says(
    tmp_path: Path, weixin: WeChat, clock: FakeClock, said: str, status: int
) -> None:
    proxies: dict[str, Any] = {"server__trusted_proxies": "127.0.0.1/32"}
    async with daemon(tmp_path, weixin.url, clock=clock, opener=in_memory, **proxies) as behind:
        key = await make(behind, "read", networks=["10.0.0.0/8"])

        sent = {"X-Forwarded-For": said}
        answer = await behind.call("GET", "/tasks", key=key.text, headers=sent)

    assert answer.status == status


async def test_nobody_else_can_say_where_he_comes_from(keeper: Caller) -> None:
    key = await make(keeper, "read", networks=["10.0.0.0/8"])

    sent = {"X-Forwarded-For": "10.1.2.3"}
    answer = await keeper.call("GET", "/tasks", key=key.text, headers=sent)

    assert answer.status == 401
