"""Everything that can hang."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from tests.day_loop import KNOWN
from tests.house import APPID
from tests.keeper.streams import ROTATED, following, put_many, reading_slowly
from tests.unfair.day import TEMPLATE, Day, Hang
from tests.unfair.neighbours import MENU, PATHS, TEXTS, hanging
from wechat_scheduler.delivery.model import Way
from wechat_scheduler.errors import SchedulerError

CODES = "/cgi-bin/qrcode/create"
TICKET = "/cgi-bin/ticket/getticket"
USERS = "/sns/oauth2/refresh_token"
PLATFORM = "/cgi-bin/component/api_component_token"
AUTHORIZERS = "/cgi-bin/component/api_authorizer_token"


def again_and_again(day: Day, call: Callable[[], Awaitable[object]]) -> None:
    """Many callers each call again a while after the last call ended, until the turn is over."""
    until = day.clock.now() + day.turn_takes

    async def calling() -> None:
        while day.clock.now() < until:
            with suppress(SchedulerError):
                await call()
            await day.clock.sleep(timedelta(minutes=4))

    for _ in range(day.street.many):
        day.group.create_task(calling())


def endpoint(path: str) -> Hang:
    """That path of WeChat, for all that is no credential."""

    async def hang(day: Day) -> None:
        day.street.misbehave(path)
        client = day.street.town.caller.daemon.ground.wechat
        again_and_again(day, lambda: client.post(path, {"access_token": "T"}, {}))

    return hang


def passed(path: str) -> Hang:
    """That path of WeChat, for those who call it through the gateway."""

    async def hang(day: Day) -> None:
        day.street.misbehave(path)
        again_and_again(day, lambda: day.street.passed(path))

    return hang


def neighbour(name: str) -> Hang:
    async def hang(day: Day) -> None:
        hanging(day.street.sick)
        await PATHS[name](day.street)

    return hang


async def templates(day: Day) -> None:
    day.street.misbehave(TEMPLATE)
    for uid in day.street.people[1 : day.street.many]:
        await day.street.send(uid, Way.TEMPLATE)


def access_token(path: str) -> Hang:
    """For one account."""

    async def hang(day: Day) -> None:
        appid = day.stranger(path)
        endpoint = path.rpartition("/")[2]
        await day.street.town.caller.register(
            {"type": 0}, appid=appid, access_token_endpoint=endpoint
        )

    return hang


async def ticket(day: Day) -> None:
    appid = day.stranger(TICKET)
    await day.street.town.caller.register({"type": 0}, {"type": 1}, appid=appid)


def platform(path: str) -> Hang:
    """For one platform."""

    async def hang(day: Day) -> None:
        await day.platform(day.stranger(path))

    return hang


async def params(day: Day) -> None:
    hanging(day.street.sick)
    for _ in range(day.street.many):
        await day.user(day.street.sick, sick=True)


async def users(day: Day) -> None:
    for _ in range(day.street.many):
        path = await day.user(day.street.healthy, sick=True)
        day.sandbox.script(USERS, appid=path.partition("/")[0], times=None, hang=True)


async def tunnels(day: Day) -> None:
    secret = await day.street.consumer()
    again_and_again(day, lambda: day.street.tunnel("mp", secret))


async def names(day: Day) -> None:
    """Looking up the names of as many receivers."""
    for number in range(day.street.many):
        host = f"deaf{number}.{KNOWN}"
        day.loop.deaf.add(host)
        await day.street.account(notify=day.street.sick.url("/notify", host=host))
        await day.user(day.street.sick, host=host, sick=True)
        await day.street.tell_app(day.street.sick.url("/callback", host=host), events=1)


async def statement(day: Day) -> None:
    day.database.slow = "FROM audit"
    day.database.hurried.clear()
    day.group.create_task(day.street.town.caller.call("GET", "/audit"))


async def clients(day: Day) -> None:
    """Clients that send a byte now and then, and never read."""
    until, port = (
        day.clock.now() + day.turn_takes,
        int(day.street.town.caller.daemon.url.rpartition(":")[2]),
    )
    heads = (
        "GET /readyz HTTP/1.1\r\n",
        f"POST /wechat/callback/{APPID} HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\n",
        "GET /openapi.json HTTP/1.1\r\nHost: here\r\n\r\n" * 20,
    )

    async def dripping(head: str) -> None:
        while day.clock.now() < until:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            with suppress(ConnectionError):
                writer.write(head.encode())
                while day.clock.now() < until and not writer.is_closing():
                    writer.write(b"x")
                    await day.clock.sleep(timedelta(seconds=20))
            writer.transport.abort()

    for number in range(day.street.many):
        day.group.create_task(dripping(heads[number % len(heads)]))


async def streams(day: Day) -> None:
    """Consumers of the stream of events that do not read the many that they missed."""
    caller = day.street.town.caller
    async with following(caller, ROTATED) as stream:
        hello = await stream.next()
    await put_many(caller, after=hello.id)

    async def hanging_on() -> None:
        key = caller.daemon.admin_key
        async with reading_slowly(caller, key, ROTATED, after=hello.id) as reader:
            await reader.readuntil(b"event: credential.rotated")
            await day.clock.sleep(day.turn_takes)

    for _ in range(day.street.many):
        day.group.create_task(hanging_on())


# By the path at WeChat or the purpose of `daemon.ground.Guarded`, where it is one of these.
HANGS: dict[str, Hang] = {
    "/cgi-bin/token": access_token("/cgi-bin/token"),
    "/cgi-bin/stable_token": access_token("/cgi-bin/stable_token"),
    TICKET: ticket,
    USERS: users,
    PLATFORM: platform(PLATFORM),
    AUTHORIZERS: platform(AUTHORIZERS),
    TEXTS: neighbour("texts"),
    TEMPLATE: templates,
    "/cgi-bin/message/subscribe/bizsend": endpoint("/cgi-bin/message/subscribe/bizsend"),
    "/cgi-bin/message/subscribe/send": endpoint("/cgi-bin/message/subscribe/send"),
    "/cgi-bin/template/get_all_private_template": endpoint(
        "/cgi-bin/template/get_all_private_template"
    ),
    "/cgi-bin/component": endpoint("/cgi-bin/component/api_query_auth"),
    "/wxaapi/newtmpl/gettemplate": endpoint("/wxaapi/newtmpl/gettemplate"),
    CODES: endpoint(CODES),
    "/cgi-bin/openapi/quota/get": endpoint("/cgi-bin/openapi/quota/get"),
    "/cgi-bin/openapi/quota/clear": endpoint("/cgi-bin/openapi/quota/clear"),
    "/cgi-bin/openapi/rid/get": endpoint("/cgi-bin/openapi/rid/get"),
    "/wxa/sec/queryblocktmplmsg": endpoint("/wxa/sec/queryblocktmplmsg"),
    "gateway": passed(MENU),
    "tunnels": tunnels,
    "notify": neighbour("notify"),
    "params": params,
    "callback": neighbour("callbacks"),
    "names": names,
    "statement": statement,
    "clients": clients,
    "streams": streams,
}

# What hangs in one turn of the short form: the names of each are independent of one another.
TOGETHER: tuple[tuple[str, ...], ...] = (
    ("/cgi-bin/token", "/cgi-bin/stable_token", TICKET, PLATFORM, AUTHORIZERS),
    (USERS,),
    (TEXTS,),
    (TEMPLATE,),
    (
        "/cgi-bin/message/subscribe/bizsend",
        "/cgi-bin/message/subscribe/send",
        "/cgi-bin/template/get_all_private_template",
        "/cgi-bin/component",
        "/wxaapi/newtmpl/gettemplate",
        "/cgi-bin/openapi/quota/get",
        "/cgi-bin/openapi/quota/clear",
        "/cgi-bin/openapi/rid/get",
        "/wxa/sec/queryblocktmplmsg",
    ),
    (CODES,),
    ("gateway", "tunnels"),
    ("notify", "params", "callback"),
    ("names",),
    ("statement", "clients", "streams"),
)
