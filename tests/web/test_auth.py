"""Keys in hand-written headers: the ones that open a scope, and the ones that do not."""

import asyncio
import base64
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from tests.clock import START, FakeClock
from tests.house import served
from tests.stores.memory import memory_database
from tests.stores.suite import VAULT
from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.model import Key, Scope, digest
from wechat_scheduler.storage.access.keys import SqlKeys
from wechat_scheduler.web.kit.auth import Authenticator
from wechat_scheduler.web.kit.failures import errors_as_envelopes
from wechat_scheduler.web.kit.rates import Throttle

READER, WRITER, ADMIN = b"wsk_reader", b"wsk_writer", b"wsk_admin"
SCOPES = {READER: Scope.READ, WRITER: Scope.REGISTER, ADMIN: Scope.ADMIN}


def key(text: bytes, scope: Scope) -> Key:
    name = text.decode()
    return Key(id=name, name=name, hash=digest(name), scopes=frozenset((scope,)), created_at=START)


async def authenticator(*, open_door: bool) -> Authenticator:
    clock, store = FakeClock(), SqlKeys(memory_database(), VAULT)
    for text, scope in SCOPES.items():
        await store.add(key(text, scope), signing_secret="secret")
    keyring = Keyring(store, clock=clock)
    await keyring.load()
    return Authenticator(keyring, Throttle(clock), trusted_proxies=(), open_door=open_door)


@pytest.fixture(params=[False])
async def door(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A server whose paths are scopes, and answers with the name of the key that came in."""
    keeper = await authenticator(open_door=request.param)

    async def enter(incoming: web.Request) -> web.Response:
        key, _ = await keeper.identify(incoming, Scope(incoming.match_info["scope"]))
        return web.Response(text=key.name)

    app = web.Application(middlewares=[errors_as_envelopes])
    app.router.add_get("/{scope}", enter)
    async with served(app) as url:
        yield url


open_door = pytest.mark.parametrize("door", [True], indirect=True)


async def ask(url: str, *lines: bytes, target: bytes = b"/read", host: bytes = b"") -> str:
    """The status, and the body where it is 200."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    head = (b"GET " + target + b" HTTP/1.1", b"Host: " + (host or place.netloc.encode()), *lines)
    writer.write(b"\r\n".join((*head, b"Connection: close", b"", b"")))
    answer = await reader.read()
    writer.close()
    status, body = answer.split()[1].decode(), answer.rpartition(b"\r\n\r\n")[2].decode()
    return body if status == "200" else status


def basic(user_and_password: bytes) -> bytes:
    return b"Authorization: Basic " + base64.b64encode(user_and_password)


WAYS: list[bytes] = [
    b"Authorization: Bearer wsk_reader",
    b"authorization:   bearer   wsk_reader  ",
    b"X-API-Key: wsk_reader",
    b"x-api-key:wsk_reader",
    basic(b"x:wsk_reader"),
    basic(b":wsk_reader"),
    basic(b"any name at all:wsk_reader"),
    basic("店:wsk_reader".encode()),
    basic("店:wsk_reader".encode("gbk")),
]


async def test_a_key_may_come_in_any_of_three_ways(door: str) -> None:
    for line in WAYS:
        assert await ask(door, line) == "wsk_reader", line


NO_KEYS: list[bytes] = [
    b"Accept: */*",
    b"Authorization: Bearer",
    b"Authorization: Bearer ",
    b"Authorization: wsk_reader",
    b"Authorization: Digest wsk_reader",
    b"Authorization: Bearer wsk_reader, wsk_admin",
    b"Authorization: Bearer wsk_reade",
    b"Authorization: Bearer WSK_READER",
    b"Authorization: Bearer \xff\xfe",
    b"Authorization: Bearer \xe5\xbe\xae",
    b"X-API-Key: \xff",
    b"X-API-Key:",
    b"Authorization: Basic",
    b"Authorization: Basic !!!",
    b"Authorization: Basic \xff",
    basic(b"wsk_reader"),
    basic(b"wsk_reader:"),
    basic(b"x:\xff"),
    b"Cookie: key=wsk_reader",
]


async def test_any_other_header_opens_nothing(door: str) -> None:
    for line in NO_KEYS:
        assert await ask(door, line) == "401", line


async def test_a_key_in_the_address_opens_nothing(door: str) -> None:
    assert await ask(door, target=b"/read?key=wsk_reader&access_token=wsk_reader") == "401"


@pytest.mark.parametrize(
    ("text", "opens"),
    [(READER, {Scope.READ}), (WRITER, {Scope.REGISTER}), (ADMIN, set(Scope))],
)
async def test_a_key_opens_what_its_scope_says(door: str, text: bytes, opens: set[Scope]) -> None:
    answers = {
        scope: await ask(door, b"X-API-Key: " + text, target=f"/{scope}".encode())
        for scope in Scope
    }

    assert answers == {scope: text.decode() if scope in opens else "403" for scope in Scope}


@open_door
async def test_an_open_door_lets_this_machine_in(door: str) -> None:
    for host in (b"", b"localhost", b"localhost:9001", b"127.0.0.9", b"[::1]:80"):
        assert await ask(door, host=host, target=b"/admin") == "no authentication", host


OTHER_HOSTS: list[bytes] = [
    b"evil.example",
    b"localhost.evil.example",
    b"127.0.0.1.evil.example",
    b"10.0.0.1",
    b"0.0.0.0",
    b"[::]",
    b"[::ffff:10.0.0.1]",
    b"2130706433.example",
    b":9001",
    b"a b",
    b"\xff",
]


@open_door
async def test_an_open_door_refuses_another_host_name(door: str) -> None:
    for host in OTHER_HOSTS:
        assert await ask(door, host=host) in ("403", "400"), host


PROXIED: list[bytes] = [
    b"Forwarded: for=127.0.0.1",
    b"forwarded:",
    b"X-Forwarded-For: 127.0.0.1",
    b"x-forwarded-host: localhost",
    b"X-FORWARDED-PROTO: https",
]


@open_door
async def test_an_open_door_refuses_requests_through_a_proxy(door: str) -> None:
    for line in PROXIED:
        assert await ask(door, line) == "403", line
