"""One sick neighbour, and healthy ones that share something with it.

The sick one behaves in its way until the test says otherwise, and nothing depends on the speed of the
machine: the healthy ones are served beside it, or never.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any, TypeAlias

from tests.business import Business, drop, endless, garbage, status
from tests.day_loop import KNOWN, LoopClock
from tests.house import APPID, in_memory
from tests.sending.town import Town, town
from wechat_scheduler.audience.app_events import Wrote
from wechat_scheduler.delivery.model import Content, DeliveryState, Way
from wechat_scheduler.web.tunnels import Tunnels

# More sick calls than any purpose has places.
MANY = 20

TEXTS = "/cgi-bin/message/custom/send"
MENU = "/cgi-bin/menu/get"

# The places of each purpose: few, so that they are soon taken.
SETTINGS = {
    "callbacks__slots": 8,
    "callbacks__connections": 8,
    "refresh__slots": 8,
    "wechat__connections": 8,
    "gateway__enabled": "true",
    "gateway__connections": 8,
    # Nothing times out while a test runs.
    "callbacks__timeout": "1h",
    "wechat__timeout": "1h",
    "refresh__lease": "5h",
    "server__fetch_deadline": "1h",
}


# More calls than come in a test.
EVER = 10_000


def hanging(business: Business) -> None:
    """Never answers."""
    business.script(business.hang, times=EVER)


def babbling(business: Business) -> None:
    """Answers in every way that is of no use, one after the other."""
    answers = cycle((business.drip, endless, garbage, status(200, b"[" * (1 << 20)), drop))
    business.always = lambda request: next(answers)(request)


@dataclass(slots=True, kw_only=True)
class Street:
    """A daemon with few places, a sick business system and a healthy one, and people of one account.
    `names` counts the accounts and apps that were made, `many` is the number of sick calls."""

    town: Town
    sick: Business
    healthy: Business
    people: tuple[str, ...]
    names: int = 0
    many: int = MANY
    mouth: int
    """The port of tunnels, behind which `mp` never answers."""
    dialled: list[str]
    """The hosts that tunnels led to."""
    hosts: int = 1
    """The names of the sick one that are called in turn: each is a receiver of its own."""

    _called: int = 0

    def sick_url(self, target: str) -> str:
        """The sick one's address with that path, under its next name."""
        self._called += 1
        if self.hosts == 1:
            return self.sick.url(target)
        return self.sick.url(target, host=f"sick{self._called % self.hosts}.{KNOWN}")

    async def account(self, **task: Any) -> str:
        """Register another account; returns its appid."""
        self.names += 1
        appid = f"wx{self.names:016d}"
        answer = await self.town.caller.register({"type": 0} | task, appid=appid)
        assert answer.result == "success"
        return appid

    async def user_token(self, params: str) -> str:
        """Register a token of a user, whose refresh token `params` answers; returns its path."""
        self.names += 1
        appid = f"wx{self.names:016d}"
        user = self.town.wechat.sandbox.grant_user(appid)
        self.healthy.params = {"refresh_token": user.refresh_token}
        task = {"type": 2, "openid": user.openid, "params": params}
        assert (await self.town.caller.register(task, appid=appid)).result == "success"
        return f"{appid}/2/{user.openid}"

    async def tell_app(self, callback: str, *, events: int) -> None:
        """Make another app with that callback, and something to tell it."""
        self.names += 1
        made = await self.town.directory.make_app(
            replace(self.town.app, id=self.names, callback=callback)
        )
        for number in range(events):
            event = Wrote(uid="UID_amy", content="hello", at=made.app.created_at)
            await self.town.sending.tell(made.app, event, event_id=str(number))

    async def send(self, uid: str, way: Way = Way.AUTO) -> int:
        """Send a message to a person; returns its id."""
        content = Content(title="hello", text="there", way=way)
        order = await self.town.sending.prepare(self.town.app, content, names=[uid])
        await self.town.sending.put(order)
        return order.message.id

    async def state(self, message_id: int) -> DeliveryState:
        (delivery,) = await self.town.deliveries(message_id=message_id)
        return delivery.state

    async def passed(self, path: str) -> Any:
        """WeChat's answer to a call of the account through the gateway."""
        token = await self.town.caller.value(f"{APPID}/0")
        return (await self.town.caller.call("GET", f"{path}?access_token={token}", key="")).json

    async def consumer(self) -> str:
        """The secret of another consumer."""
        self.names += 1
        body = {"name": f"c{self.names}", "appids": [APPID]}
        made = await self.town.caller.call("POST", "/v1/consumers", body=body)
        return str(made.result["secret"])

    async def tunnel(self, host: str, secret: str) -> bytes:
        """The status of a CONNECT."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.mouth)
        proof = f"Proxy-Authorization: Bearer {secret}"
        writer.write(f"CONNECT {host}.weixin.qq.com:443 HTTP/1.1\r\n{proof}\r\n\r\n".encode())
        try:
            return (await reader.readuntil(b"\r\n\r\n")).split()[1]
        finally:
            writer.close()

    def misbehave(self, *endpoints: str) -> None:
        """From now on WeChat hangs at these paths."""
        for endpoint in endpoints:
            self.town.wechat.sandbox.script(endpoint, times=None, hang=True)


Sickness: TypeAlias = Callable[[Street], Awaitable[None]]


async def notify(street: Street) -> None:
    for _ in range(street.many):
        await street.account(notify=street.sick_url("/notify"))


async def params(street: Street) -> None:
    for _ in range(street.many):
        await street.user_token(street.sick_url("/params"))


async def callbacks(street: Street) -> None:
    for _ in range(street.hosts):
        await street.tell_app(street.sick_url("/callback"), events=street.many // street.hosts)


async def texts(street: Street) -> None:
    street.misbehave(TEXTS)
    for uid in street.people[1 : street.many]:
        await street.send(uid)


async def gateway(street: Street) -> None:
    street.misbehave(MENU)
    for _ in range(street.many):
        street.town.caller.daemon.ground.supervisor.contained("passed", street.passed(MENU))


async def tunnels(street: Street) -> None:
    secret = await street.consumer()
    for _ in range(street.many):
        street.town.caller.daemon.ground.supervisor.contained("tunnel", street.tunnel("mp", secret))


# Each outgoing path, and what makes MANY calls of it. A further path needs a line here.
PATHS: dict[str, Sickness] = {
    "notify": notify,
    "params": params,
    "callbacks": callbacks,
    "texts": texts,
    "gateway": gateway,
    "tunnels": tunnels,
}


@asynccontextmanager
async def street(
    state: Path,
    sickness: Callable[[Business], None],
    clock: LoopClock,
    *,
    many: int = MANY,
    **options: Any,
) -> AsyncIterator[Street]:
    """Nothing is called yet. It is on the loop of that clock."""
    async with (
        Business(name=f"sick.{KNOWN}") as sick,
        Business(name=f"healthy.{KNOWN}") as healthy,
        town(
            state, name=KNOWN, **{"clock": clock, "opener": in_memory, **SETTINGS, **options}
        ) as place,
    ):
        people = await followers(place, many)
        sickness(sick)
        try:
            dialled: list[str] = []
            async with mouth(place, healthy, dialled) as port:
                yield Street(
                    town=place,
                    sick=sick,
                    healthy=healthy,
                    people=people,
                    many=many,
                    mouth=port,
                    dialled=dialled,
                )
        finally:
            sick.release()
            place.wechat.sandbox.stopped.set()


async def followers(place: Town, number: int) -> tuple[str, ...]:
    """The uids of that many people, who take the app's messages."""
    openids = [place.people.follow(place.app.appid) for _ in range(number)]
    await place.settle()
    uids = [await place.uid(openid) for openid in openids]
    for uid in uids:
        await place.subscribe(place.app, uid)
    return tuple(uids)


@asynccontextmanager
async def mouth(place: Town, healthy: Business, dialled: list[str]) -> AsyncIterator[int]:
    """The port of tunnels: those to `mp` wait for ever."""
    port = int(healthy.url("").rpartition(":")[2])

    async def dial(make: Callable[[], asyncio.Protocol], host: str, _: int) -> object:
        dialled.append(host)
        if host.startswith("mp."):
            await asyncio.Event().wait()
        return await asyncio.get_running_loop().create_connection(make, "127.0.0.1", port)

    daemon = place.caller.daemon
    served = Tunnels(
        daemon.cores.consumers,
        daemon.cores.gateway.callers,
        most=daemon.ground.config.gateway.connections,
        background=daemon.ground.supervisor.contained,
        clock=daemon.ground.clock,
        dial=dial,
    )
    async with served.served("127.0.0.1", 0) as listening:
        yield listening
