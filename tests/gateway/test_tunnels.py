"""CONNECT to WeChat's hosts, and to no other."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.clock import START, FakeClock
from tests.house import APPID, Caller, daemon, in_memory, wechat
from wechat_scheduler.access.model import digest
from wechat_scheduler.engine.dns_threads import DnsThreads, in_turn
from wechat_scheduler.errors import StartError
from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.web.tunnels import IDLE, LONGEST_HEAD, STRANGERS, Tunnels

HOST = "api.weixin.qq.com:443"
# Any name stands beside the secret, in any encoding.
USER = "店".encode("gbk")


@dataclass(slots=True, kw_only=True)
class Mouth:
    """Where tunnels begin, and the secret of a consumer that may use them."""

    port: int
    secret: str
    keeper: Caller
    clock: FakeClock

    async def say(self, *chunks: bytes) -> bytes:
        """All that comes back, once nothing more is said."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(chunks[0])
        answer = await reader.readuntil(b"\r\n\r\n")
        for chunk in chunks[1:]:
            writer.write(chunk)
        writer.write_eof()
        answer += await reader.read()
        writer.close()
        return answer

    def head(self, target: str = HOST, secret: str | None = None, name: str = "Basic") -> bytes:
        given = self.secret if secret is None else secret
        proof = base64.b64encode(USER + f":{given}".encode()).decode() if name == "Basic" else given
        return (
            f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: {name} {proof}\r\n\r\n"
        ).encode()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@pytest.fixture
async def mouth(tmp_path: Path) -> AsyncIterator[Mouth]:
    far = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = far.sockets[0].getsockname()[1]

    async def dial(make: Callable[[], asyncio.Protocol], host: str, _: int) -> object:
        if host == "hk.api.weixin.qq.com":
            raise OSError("refused")
        if host == "sz.api.weixin.qq.com":
            end = make()
            end.connection_made(asyncio.Transport())
            end.connection_lost(None)
            return None
        return await asyncio.get_running_loop().create_connection(make, "127.0.0.1", port)

    clock = FakeClock()
    async with (
        wechat(clock) as weixin,
        daemon(tmp_path / "state", weixin.url, clock=clock, opener=in_memory) as keeper,
    ):
        body: dict[str, Any] = {"name": "shop", "appids": [APPID]}
        made = (await keeper.call("POST", "/v1/consumers", body=body)).result
        cores, ground = keeper.daemon.cores, keeper.daemon.ground
        tunnels = Tunnels(
            cores.consumers,
            cores.gateway.callers,
            most=3,
            background=ground.supervisor.contained,
            clock=clock,
            dial=dial,
        )
        async with tunnels.served("127.0.0.1", 0) as listening:
            yield Mouth(port=listening, secret=made["secret"], keeper=keeper, clock=clock)
    far.close()


async def test_bytes_go_through_both_ways_as_they_are(mouth: Mouth) -> None:
    said = bytes(range(256)) * 5000

    for name in ("Basic", "Bearer"):
        answer = await mouth.say(mouth.head(name=name), said[:7], said[7:])

        assert answer == b"HTTP/1.1 200 Connection established\r\n\r\n" + said, name


async def test_no_other_place_can_be_reached(mouth: Mouth) -> None:
    for target in (
        "example.com:443", "api.weixin.qq.com:80", "api.weixin.qq.com.evil.com:443", "127.0.0.1:443",
        "evil-api.weixin.qq.com:443", "pay.weixin.qq.com:443",
    ):  # fmt: skip
        assert (await mouth.say(mouth.head(target))).startswith(b"HTTP/1.1 403 "), target


async def test_a_host_in_any_case_of_its_letters_is_reached(mouth: Mouth) -> None:
    assert (await mouth.say(mouth.head("API.weixin.qq.COM:443"), b"x")).endswith(b"\r\n\r\nx")


async def test_a_wrong_secret_opens_nothing(mouth: Mouth) -> None:
    for secret in ("", "wrong", "wcs_" + "a" * 43):
        answer = await mouth.say(mouth.head(secret=secret))

        assert answer.startswith(b"HTTP/1.1 407 "), secret
        assert b"Proxy-Authenticate: Basic" in answer


async def test_a_revoked_consumer_opens_nothing(mouth: Mouth) -> None:
    await mouth.keeper.call("DELETE", "/v1/consumers/shop")

    assert (await mouth.say(mouth.head())).startswith(b"HTTP/1.1 407 ")


async def opened(mouth: Mouth) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", mouth.port)
    writer.write(mouth.head())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
    return reader, writer


async def test_an_open_tunnel_ends_with_the_secret_that_opened_it(mouth: Mouth) -> None:
    reader, writer = await opened(mouth)
    await mouth.keeper.call("POST", "/v1/consumers", body={"name": "crm", "appids": [APPID]})
    writer.write(b"still open")
    before = await reader.readexactly(10)

    rotated = await mouth.keeper.call("POST", "/v1/consumers/shop/secret")
    ended = await reader.read()
    mouth.secret = rotated.result["secret"]
    again, other = await opened(mouth)
    await mouth.keeper.call("DELETE", "/v1/consumers/shop")

    assert (before, ended) == (b"still open", b"")
    assert await again.read() == b""
    for one in (writer, other):
        one.close()


async def test_an_open_tunnel_ends_when_its_network_is_shut_out(mouth: Mouth) -> None:
    reader, writer = await opened(mouth)
    statuses = []

    for networks in (["127.0.0.0/8"], ["10.0.0.0/8"]):
        await mouth.keeper.call("PATCH", "/v1/consumers/shop", body={"networks": networks})
        statuses.append(reader.at_eof())
    ended = await reader.read()

    assert ended == b""
    writer.close()


async def test_those_who_say_nothing_take_no_place(mouth: Mouth) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", mouth.port) for _ in range(5)]

    _, writer = await opened(mouth)

    for _, one in (*silent, (None, writer)):
        one.close()


async def test_too_many_who_say_nothing_are_turned_away(mouth: Mouth) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", mouth.port) for _ in range(STRANGERS)]

    reader, writer = await asyncio.open_connection("127.0.0.1", mouth.port)
    turned_away = await reader.read()

    for _, one in (*silent, (None, writer)):
        one.close()
    assert turned_away == b""


async def test_too_many_of_one_address_do_not_turn_another_away(mouth: Mouth) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", mouth.port) for _ in range(STRANGERS)]
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", mouth.port, local_addr=("127.0.0.2", 0)
    )
    writer.write(mouth.head())

    answer = await reader.readuntil(b"\r\n\r\n")
    turned_away = await silent[-1][0].read()

    for _, one in (*silent, (reader, writer)):
        one.close()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert turned_away == b""


async def echoed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    writer.write(b"x" * 9)
    return await reader.readexactly(9) == b"x" * 9


async def test_a_tunnel_that_is_silent_for_long_is_ended_and_one_that_is_not_goes_on(
    mouth: Mouth,
) -> None:
    busy, idle = await opened(mouth), await opened(mouth)

    for _ in range(3):
        mouth.clock.advance(IDLE)
        assert await echoed(*busy)
        assert await echoed(*busy)
    ended = await idle[0].read()

    assert ended == b""
    assert await echoed(*busy)
    for _, writer in (busy, idle):
        writer.close()


async def test_a_consumer_that_another_daemon_has_just_made_opens_a_tunnel(mouth: Mouth) -> None:
    store = mouth.keeper.daemon.ground.stores.consumers
    made = Consumer(
        name="crm", hash=digest("wcs_crm"), appids=frozenset((APPID,)), created_at=START
    )
    await store.add(made)

    assert (await mouth.say(mouth.head(secret="wcs_crm"), b"x")).endswith(b"\r\n\r\nx")


async def test_a_consumer_of_another_network_is_told_so(mouth: Mouth) -> None:
    body = {"networks": ["10.0.0.0/8"]}
    await mouth.keeper.call("PATCH", "/v1/consumers/shop", body=body)

    answer = await mouth.say(mouth.head())

    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"127.0.0.1 is not among the networks of the consumer shop" in answer


async def test_many_wrong_secrets_are_slowed(mouth: Mouth) -> None:
    answers = [await mouth.say(mouth.head(secret="wrong")) for _ in range(21)]

    assert [answer.split()[1] for answer in answers] == [b"407"] * 20 + [b"429"]


async def test_what_is_no_connect_is_refused(mouth: Mouth) -> None:
    for head in (
        b"GET http://api.weixin.qq.com/ HTTP/1.1\r\n\r\n",
        b"CONNECT api.weixin.qq.com HTTP/1.1\r\n\r\n",
        b"CONNECT api.weixin.qq.com:443 HTTP/1.1\r\n\r\nearly",
        b"\x16\x03\x01\r\n\r\n",
        b"x" * (LONGEST_HEAD + 1),
    ):
        assert (await mouth.say(head)).startswith(b"HTTP/1.1 400 "), head[:50]


async def test_nothing_after_the_head_of_a_connect_counts_as_a_part_of_it(mouth: Mouth) -> None:
    head, proof = mouth.head(secret="wrong"), mouth.head().partition(b"\r\n")[2]

    for more in (proof, b"GET / HTTP/1.1\r\n\r\n", b"\r\n\r\n"):
        assert (await mouth.say(head + more)).startswith(b"HTTP/1.1 400 "), more


async def test_a_head_that_is_too_long_is_refused_also_if_it_comes_at_once(mouth: Mouth) -> None:
    long = mouth.head()[:-2] + b"X: " + b"x" * LONGEST_HEAD + b"\r\n\r\n"

    assert (await mouth.say(long)).startswith(b"HTTP/1.1 400 ")


async def test_a_host_that_does_not_answer_or_closes_at_once_is_named(mouth: Mouth) -> None:
    for host in ("hk.api.weixin.qq.com", "sz.api.weixin.qq.com"):
        answer = await mouth.say(mouth.head(f"{host}:443"))

        assert answer.startswith(b"HTTP/1.1 502 "), host
        assert f"{host} does not answer".encode() in answer


async def test_a_refusal_is_in_the_status_line_and_in_the_log(mouth: Mouth) -> None:
    heads = [
        mouth.head(secret="wrong"),
        mouth.head("example.com:443"),
        mouth.head("hk.api.weixin.qq.com:443"),
        b"GET / HTTP/1.1\r\n\r\n",
    ]
    with capture_logs() as logs:
        answers = [await mouth.say(head) for head in heads]

    told = [entry for entry in logs if entry["event"] == "tunnel.refused"]
    assert [(one["target"], one["consumer"], one["log_level"]) for one in told] == [
        (HOST, "", "warning"),
        ("example.com:443", "shop", "warning"),
        ("hk.api.weixin.qq.com:443", "shop", "warning"),
        ("", "", "warning"),
    ]
    for answer, one in zip(answers, told, strict=True):
        status, *_, body = answer.decode().split("\r\n")
        assert status == f"HTTP/1.1 {one['status']}: {one['reason']}"
        assert body == f"{one['reason']}\n"
    assert "wrong" not in str(told)


async def test_the_daemons_own_port_says_where_tunnels_begin(keeper: Caller) -> None:
    port = int(keeper.daemon.url.rpartition(":")[2])
    near = Mouth(port=port, secret="", keeper=keeper, clock=FakeClock())

    answer = await near.say(near.head())

    assert b"gateway.connect_port" in answer


@pytest.fixture
def free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_a_daemon_listens_on_the_port_that_is_set(tmp_path: Path, free: int) -> None:
    settings = {"gateway__enabled": "true", "gateway__connect_port": str(free)}
    async with daemon(tmp_path, "http://127.0.0.1:9", opener=in_memory, **settings) as keeper:
        mouth = Mouth(port=free, secret="", keeper=keeper, clock=FakeClock())
        answer = await mouth.say(mouth.head())

    assert answer.startswith(b"HTTP/1.1 407 ")


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        settings = {"gateway__enabled": "true", "gateway__connect_port": port}
        with pytest.raises(StartError, match=f"port {port}: choose another gateway.connect_port"):
            async with daemon(tmp_path, "http://127.0.0.1:9", opener=in_memory, **settings):
                pass


async def test_one_consumer_leaves_places_to_others_and_all_have_only_so_many(
    mouth: Mouth,
) -> None:
    body = {"name": "other", "appids": [APPID]}
    other = (await mouth.keeper.call("POST", "/v1/consumers", body=body)).result["secret"]
    heads = [mouth.head()] * 3 + [mouth.head(secret=other)] * 2

    statuses = []
    async with AsyncExitStack() as ends:
        for head in heads:
            reader, writer = await asyncio.open_connection("127.0.0.1", mouth.port)
            ends.callback(writer.close)
            writer.write(head)
            statuses.append((await reader.readuntil(b"\r\n\r\n")).split()[1])

    assert statuses == [b"200", b"200", b"503", b"200", b"503"]


async def test_a_host_is_reached_at_the_first_of_its_addresses_that_answers() -> None:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    transport, _ = await DnsThreads().connected(asyncio.Protocol, "localhost", port)
    transport.close()
    server.close()

    with pytest.raises(OSError, match="Connect call failed"):
        await DnsThreads().connected(asyncio.Protocol, "localhost", port)


class Named(DnsThreads):
    """Every host has these addresses, each of which has as many seconds to take a connection."""

    def __init__(self, *addresses: tuple[str, float]) -> None:
        super().__init__()
        self._addresses = [address for address, _ in addresses]
        self._limits = iter([limit for _, limit in addresses])

    @property
    def _each(self) -> float:
        return next(self._limits)

    @_each.setter
    def _each(self, _: float) -> None:
        """Not one for all."""

    async def getaddrinfo(self, host: str, port: int, **options: Any) -> Any:
        return [(socket.AF_INET, 1, 6, "", (it, port)) for it in self._addresses]


async def test_an_address_that_drops_everything_keeps_no_one_from_the_next() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket() as full,
        socket.socket() as first,
        socket.socket() as second,
    ):
        port = server.getsockname()[1]
        full.bind(("127.0.0.2", port))
        full.listen(0)  # once its queue is full, Linux drops what wants to connect
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex(("127.0.0.2", port))

        names = Named(("127.0.0.2", 0.05), ("127.0.0.2", 0.05), ("127.0.0.1", 60))
        async with asyncio.timeout(60):
            transport, _ = await names.connected(asyncio.Protocol, "many.example", port)

        assert transport.get_extra_info("peername")[0] == "127.0.0.1"
        closed = asyncio.Event()
        transport.abort()
        asyncio.get_running_loop().call_soon(closed.set)
        await closed.wait()


def test_addresses_of_both_kinds_are_tried_in_turn() -> None:
    found = [(socket.AF_INET6, 1, 6, "", (it, 443, 0, 0)) for it in ("::1", "::2", "::3")]
    found += [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 443))]

    assert in_turn(found) == ["::1", "127.0.0.1", "::2", "::3"]
