"""CONNECT to WeChat's hosts, for SDKs whose addresses are fixed: they share this daemon's address by
`HTTPS_PROXY=http://x:SECRET@HOST:PORT`, with the secret of a consumer. The TLS inside stays theirs."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final, TypeAlias

import structlog

from wechat_scheduler.access.model import Address, network_of
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.dns_threads import DnsThreads
from wechat_scheduler.engine.rounds import Rounds
from wechat_scheduler.engine.supervisor import Background
from wechat_scheduler.errors import StartError, StorageError, ThrottledError
from wechat_scheduler.gateway.callers import CallerDesk
from wechat_scheduler.gateway.consumers import ConsumerDesk
from wechat_scheduler.gateway.limiter import OF_A_CALLER
from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.gateway.refused_callers import CallerRefusal, CallerRefusedError
from wechat_scheduler.web.kit.connect_requests import ConnectHead, TunnelRefusedError, wish_in
from wechat_scheduler.web.kit.peers import address_of
from wechat_scheduler.web.kit.rates import Throttle
from wechat_scheduler.web.kit.tunnel_connections import TunnelConnection

log = structlog.get_logger(__name__)

# The hosts of WeChat's API, pages and files. No other can be reached, and of these only HTTPS.
HOSTS: Final = frozenset(
    f"{name}.weixin.qq.com"
    for name in ("api", "api2", "sh.api", "sz.api", "hk.api", "mp", "open", "file.api")
)
PORT: Final = 443

FOREIGN: Final = "only WeChat's hosts on port 443 can be reached"
CROWDED: Final = (
    "too many tunnels are open: close some, or ask the operator for more gateway.connections"
)

# A head of CONNECT has some hundred bytes, and comes at once: few connections wait for theirs.
LONGEST_HEAD: Final = 8192
STRANGERS: Final = 100
HEAD: Final = timedelta(seconds=10)
CONNECT: Final = timedelta(seconds=5)

# Clients and WeChat close what they keep idle after a minute or so; a machine that was switched off closes nothing.
IDLE: Final = timedelta(minutes=5)

Dial: TypeAlias = Callable[[Callable[[], asyncio.Protocol], str, int], Awaitable[object]]


class _Near(TunnelConnection):
    """The client's end, which first says where it wants to go."""

    def __init__(self, tunnels: "Tunnels") -> None:
        super().__init__()
        self._tunnels = tunnels
        self._head = b""
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._tunnels.enter(self)
        self._late = asyncio.get_running_loop().call_later(HEAD.total_seconds(), transport.close)

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            super().data_received(data)
            return
        self._head += data
        is_short = len(self._head) <= LONGEST_HEAD
        if self.transport is not None and (b"\r\n\r\n" in self._head or not is_short):
            self.transport.pause_reading()
            self._tunnels.begin(self, self._head if is_short else b"")

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._tunnels.leave(self)
        self.stop_waiting()

    def stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()

    def address(self) -> Address | None:
        peer = self.transport.get_extra_info("peername") if self.transport else None
        return address_of(peer[0]) if peer else None


class Tunnels:
    """At most `most` at once, three quarters of them of one consumer; each ends with the secret that opened it, or
    after IDLE to twice that without a byte. `dial` connects to a host; it stands for another in tests."""

    def __init__(
        self,
        consumers: ConsumerDesk,
        callers: CallerDesk,
        *,
        most: int,
        background: Background,
        clock: Clock,
        dial: Dial | None = None,
    ) -> None:
        self._consumers = consumers
        self._callers = callers
        self._most = most
        self._share = max(1, most * OF_A_CALLER // 4)
        self._background = background
        self._throttle = Throttle(clock)
        self._dial = dial or DnsThreads().connected
        self._strangers: dict[_Near, str] = {}  # with their networks
        self._open: dict[_Near, Consumer] = {}
        self._rounds = Rounds(self._cut_idle, every=IDLE, clock=clock)
        consumers.on_change(self._cut_ended)

    @asynccontextmanager
    async def served(self, host: str, port: int) -> AsyncIterator[int]:
        """Listen until the end of the block, which cuts what is open; the port. Raises StartError."""
        try:
            server = await asyncio.get_running_loop().create_server(lambda: _Near(self), host, port)
        except OSError as error:
            reason = f"cannot listen on {host} port {port}: choose another gateway.connect_port"
            raise StartError(reason) from error
        self._background("idle tunnels", self._rounds.run())
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            self._rounds.stop()
            server.close()
            for near in (*self._strangers, *self._open):
                near.cut()

    def enter(self, near: _Near) -> None:
        """If there are too many, the last one leaves of those that have the most."""
        self._strangers[near] = network_of(near.address())
        if len(self._strangers) > STRANGERS:
            [(busiest, _)] = Counter(self._strangers.values()).most_common(1)
            last = next(it for it in reversed(self._strangers) if self._strangers[it] == busiest)
            self.leave(last)
            last.cut()

    def leave(self, near: _Near) -> None:
        self._strangers.pop(near, None)
        self._open.pop(near, None)

    def begin(self, near: _Near, head: bytes) -> None:
        near.stop_waiting()
        self._background("tunnel", self._begun(near, head))

    async def _begun(self, near: _Near, head: bytes) -> None:
        if near.has_left():
            return
        wish = wish_in(head)
        try:
            host, consumer = await self._admitted(wish, near.address())
            if near.has_left():
                return
            self._strangers.pop(near, None)
            self._open[near] = consumer
            await self._joined(near, host)
        except TunnelRefusedError as refusal:
            self._tell(refusal, wish, near)
            if near.transport is not None:
                near.transport.write(refusal.response)
                near.transport.close()
            return
        log.info("tunnel.opened", host=host, consumer=consumer.name)
        if near.transport is not None:
            near.transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            near.transport.resume_reading()

    def _tell(self, refusal: TunnelRefusedError, wish: ConnectHead | None, near: _Near) -> None:
        known = self._open.get(near)
        log.warning(
            "tunnel.refused",
            status=refusal.status,
            reason=refusal.sentence,
            target=f"{wish.host}:{wish.port}" if wish else "",
            consumer=refusal.consumer or (known.name if known else ""),
            address=str(near.address()),
        )

    async def _admitted(
        self, wish: ConnectHead | None, address: Address | None
    ) -> tuple[str, Consumer]:
        """The host, and the consumer. Raises TunnelRefusedError."""
        if wish is None:
            raise TunnelRefusedError("400 Bad Request", "this port accepts CONNECT only")
        consumer = await self._proven(wish.secret, address)
        if wish.host not in HOSTS or wish.port != PORT:
            raise TunnelRefusedError("403 Forbidden", FOREIGN, consumer=consumer.name)
        of_it = sum(other.name == consumer.name for other in self._open.values())
        if len(self._open) >= self._most or of_it >= self._share:
            raise TunnelRefusedError("503 Service Unavailable", CROWDED, consumer=consumer.name)
        return wish.host, consumer

    async def _proven(self, secret: str, address: Address | None) -> Consumer:
        """Counts one call of the consumer. Raises TunnelRefusedError."""
        try:
            consumer = await self._consumers.find(secret)
            if consumer is None:
                self._throttle.count(address)
                raise TunnelRefusedError(
                    "407 Proxy Authentication Required",
                    "the password must be the secret of a consumer",
                    header='Proxy-Authenticate: Basic realm="wechat-scheduler"\r\n',
                )
            self._callers.admit(consumer, address)
        except CallerRefusedError as error:
            is_foreign = error.refusal is CallerRefusal.NETWORK
            status = "403 Forbidden" if is_foreign else "429 Too Many Requests"
            raise TunnelRefusedError(status, str(error), consumer=error.name) from error
        except ThrottledError as error:
            raise TunnelRefusedError("429 Too Many Requests", str(error)) from error
        except StorageError as error:
            raise TunnelRefusedError("503 Service Unavailable", str(error)) from error
        return consumer

    def _cut_ended(self) -> None:
        for near, consumer in list(self._open.items()):
            known = self._consumers.named(consumer.name)
            same = known is not None and known.generation == consumer.generation
            if known is None or not (same and known.admits(near.address())):
                near.cut()

    async def _cut_idle(self) -> None:
        for near in list(self._open):
            ends = [end for end in (near, near.other) if end is not None]
            if not any(end.was_heard for end in ends):
                near.cut()
            for end in ends:
                end.was_heard = False

    async def _joined(self, near: _Near, host: str) -> None:
        far = TunnelConnection()
        try:
            async with asyncio.timeout(CONNECT.total_seconds()):
                await self._dial(lambda: far, host, PORT)
            if far.has_left():
                raise ConnectionResetError
        except (OSError, TimeoutError) as error:
            raise TunnelRefusedError("502 Bad Gateway", f"{host} does not answer") from error
        if near.transport is None:
            far.cut()
        near.other, far.other = far, near
