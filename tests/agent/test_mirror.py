"""A Redis with the current values, as WxJava reads them there."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from tests.agent.redis_server import free_port, needs_redis, reading, redis_server
from tests.agent.workshop import (
    APPID,
    CREDENTIAL,
    LIFE,
    YEAR,
    TurningDaemon,
    agent,
    config,
    read,
    running,
    until,
)
from tests.certificates import self_signed
from tests.clock import FakeClock
from wechat_scheduler.agent.mirror import reason_of
from wechat_scheduler.agent.redis_keys import redis_key
from wechat_scheduler.agent.settings import MirrorSettings
from wechat_scheduler.agent.values import WantedCredential
from wechat_scheduler.errors import ConfigError, OutputError

MINUTE = timedelta(minutes=1)
KEY = f"wx:access_token:{APPID}"
TICKET = CREDENTIAL.replace("access_token", "jsapi_ticket")


def mirror(url: str, more: str = "") -> str:
    return f'[[redis]]\nurl = "{url}"\n{more}\n'


async def eventually(
    found: Callable[[], Awaitable[object]],
    wanted: object,
    *,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    async with asyncio.timeout(60):
        while await found() != wanted:
            meanwhile()


async def gone(redis: "Redis") -> None:
    await eventually(lambda: redis.get(KEY), None)


async def set_calls(redis: "Redis") -> int:
    """How many SETs there were."""
    return int((await redis.info("commandstats"))["cmdstat_set"]["calls"])


class WxMpRedisConfig(NamedTuple):
    """Reads as WxJava's WxMpRedisConfigImpl over JedisWxRedisOps does, commands and all."""

    redis: "Redis"
    prefix: str
    appid: str

    async def access_token(self) -> str | None:
        found: str | None = await self.redis.get(f"{self.prefix}:access_token:{self.appid}")
        return found

    async def is_access_token_expired(self) -> bool:
        return int(await self.redis.ttl(f"{self.prefix}:access_token:{self.appid}")) < 2

    async def ticket(self, code: str) -> str | None:
        found: str | None = await self.redis.get(f"{self.prefix}:ticket:key:{self.appid}:{code}")
        return found

    async def is_ticket_expired(self, code: str) -> bool:
        return int(await self.redis.ttl(f"{self.prefix}:ticket:key:{self.appid}:{code}")) < 2


@needs_redis
async def test_wxjava_finds_each_value_for_as_long_as_it_is_valid(tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.turn("t1")
    async with redis_server(tmp_path) as url, reading(url) as redis:
        theirs = WxMpRedisConfig(redis, "wx", APPID)
        missing = await theirs.is_access_token_expired()

        await agent(tmp_path, mirror(url), daemon, credentials=CREDENTIAL + TICKET).once()

        assert missing
        assert (await theirs.access_token(), await theirs.ticket("jsapi")) == ("t1", "t1")
        assert not await theirs.is_access_token_expired()
        assert not await theirs.is_ticket_expired("jsapi")
        left = await redis.pttl(f"wx:access_token:{APPID}")
        assert LIFE - MINUTE < timedelta(milliseconds=left) <= LIFE


@needs_redis
async def test_a_value_ends_in_redis_with_its_life_though_no_agent_runs(tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.turn("t1", life=timedelta(milliseconds=100))
    async with redis_server(tmp_path) as url, reading(url) as redis:
        await agent(tmp_path, mirror(url), daemon).once()

        left = await redis.pttl(KEY)
        await gone(redis)

    assert left <= 100


@needs_redis
async def test_a_rotation_replaces_the_value_and_an_emptied_redis_is_filled(tmp_path: Path) -> None:
    clock = FakeClock()
    daemon = TurningDaemon(clock)
    async with redis_server(tmp_path) as url, reading(url) as redis:
        theirs = WxMpRedisConfig(redis, "shop", APPID)
        text = mirror(url, 'prefix = "shop"')
        daemon.turn("t1")
        async with running(agent(tmp_path, text, daemon)):
            await eventually(theirs.access_token, "t1")
            daemon.turn("t2", life=YEAR)
            await eventually(theirs.access_token, "t2")
            await redis.flushall()
            await eventually(theirs.access_token, "t2", meanwhile=lambda: clock.advance(MINUTE))


@needs_redis
async def test_a_value_that_the_app_put_there_itself_stays_until_the_next_rotation(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    daemon = TurningDaemon(clock)
    daemon.turn("t1", life=YEAR)
    async with redis_server(tmp_path) as url, reading(url) as redis:
        theirs = WxMpRedisConfig(redis, "wx", APPID)
        async with running(agent(tmp_path, mirror(url), daemon)):
            await eventually(theirs.access_token, "t1")
            await redis.set(KEY, "its own")
            calls = await set_calls(redis)
            async with asyncio.timeout(60):
                while await set_calls(redis) == calls:
                    clock.advance(MINUTE)
            stood = await theirs.access_token()
            daemon.turn("t2")
            await eventually(theirs.access_token, "t2")

    assert stood == "its own"


@needs_redis
async def test_a_redis_that_goes_away_is_tried_again_and_delays_nothing_else(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    daemon, path = TurningDaemon(clock), tmp_path / "token"
    text = f'[[files]]\npath = "{path}"\nform = "raw"\n'
    daemon.turn("t1")
    with capture_logs() as events:
        async with AsyncExitStack() as first:
            url = await first.enter_async_context(redis_server(tmp_path))
            async with running(agent(tmp_path, mirror(url) + text, daemon)):
                await until(lambda: read(path) == "t1")
                await first.aclose()
                daemon.turn("t2", life=YEAR)
                await until(lambda: read(path) == "t2")
                await until(lambda: any(it["event"] == "agent.output_failed" for it in events))
                async with redis_server(tmp_path) as again, reading(again) as redis:
                    theirs = WxMpRedisConfig(redis, "wx", APPID)
                    await eventually(
                        theirs.access_token, "t2", meanwhile=lambda: clock.advance(MINUTE)
                    )

    failed = [it["message"] for it in events if it["event"] == "agent.output_failed"]
    assert all("Redis does not answer" in it for it in failed)
    assert all(it.startswith(f"redis[0] ({APPID}/access_token): ") for it in failed)


@pytest.mark.parametrize("port", ["99999", "-1", "0"])
async def test_a_port_that_does_not_exist_is_one_sentence(port: str, tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.turn("t1")

    with pytest.raises((OutputError, ConfigError), match=r"redis\[0\]"):
        await agent(tmp_path, mirror(f"redis://127.0.0.1:{port}/0"), daemon).check()


async def test_a_redis_that_is_away_at_the_start_ends_it_with_a_sentence(tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.turn("t1")
    port = free_port()
    url = f"redis://:s3cret-word@127.0.0.1:{port}/0"

    with pytest.raises(OutputError) as raised:
        await agent(tmp_path, mirror(url), daemon).check()

    said = f"redis[0] ({APPID}/access_token): Redis does not answer: nothing listens at 127.0.0.1:{port}"
    assert str(raised.value) == said


async def _web_page(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis://:s3cret@127.0.0.1:PORT/0", "what answers at 127.0.0.1:PORT is no Redis"),
        ("rediss://:s3cret@127.0.0.1:PORT/0", "what answers at 127.0.0.1:PORT speaks no TLS; without TLS, the URL"),
        ("redis://:s3cret@no-such.invalid:PORT/0", "the host of no-such.invalid:PORT is not known: check"),
        ("unix://:s3cret@/none/redis.sock", "Redis does not answer: nothing listens at /none/redis.sock"),
    ],
)  # fmt: skip
async def test_what_is_no_redis_is_told_with_its_place(url: str, said: str, tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.turn("t1")
    async with await asyncio.start_server(_web_page, "127.0.0.1", 0) as server:
        port = str(server.sockets[0].getsockname()[1])
        with pytest.raises(OutputError) as raised:
            await agent(tmp_path, mirror(url.replace("PORT", port)), daemon).check()

    assert said.replace("PORT", port) in str(raised.value)
    assert "s3cret" not in str(raised.value)


@needs_redis
@pytest.mark.parametrize("user", ["", "default"])
async def test_a_wrong_password_is_one_sentence_without_it(user: str, tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())
    daemon.turn("t1")
    async with redis_server(tmp_path, "--requirepass", "s3cret-word") as url:
        right = url.replace("unix://", f"unix://{user}:s3cret-word@")
        wrong = url.replace("unix://", f"unix://{user}:wr0ng-word@")
        await agent(tmp_path, mirror(right), daemon).once()

        with pytest.raises(OutputError) as refused:
            await agent(tmp_path, mirror(wrong), daemon).once()
        with pytest.raises(OutputError) as missing:
            await agent(tmp_path, mirror(url), daemon).once()

    sentence = f"redis[0] ({APPID}/access_token): Redis refuses the user or the password"
    assert [str(refused.value), str(missing.value)] == [sentence, sentence]


@needs_redis
async def test_a_redis_is_spoken_to_through_tls(tmp_path: Path) -> None:
    daemon, port = TurningDaemon(FakeClock()), free_port()
    daemon.turn("t1")
    pem = tmp_path / "redis.pem"
    self_signed(pem)
    tls = ("--tls-port", str(port), "--tls-auth-clients", "no")
    files = (
        "--tls-cert-file",
        str(pem),
        "--tls-key-file",
        str(pem),
        "--tls-ca-cert-file",
        str(pem),
    )
    address = f"rediss://127.0.0.1:{port}/0"
    async with redis_server(tmp_path, *tls, *files) as url, reading(url) as redis:
        with pytest.raises(OutputError, match=r"certificate of Redis at 127\.0\.0\.1"):
            await agent(tmp_path, mirror(address), daemon).once()
        await agent(tmp_path, mirror(f"{address}?ssl_ca_certs={pem}"), daemon).once()

        assert await redis.get(KEY) == "t1"


@pytest.mark.parametrize(
    ("is_tls", "sentence"),
    [
        (True, "Redis does not answer at h:1; if it speaks no TLS there, the URL begins with redis://"),
        (False, "Redis does not answer at h:1"),
    ],
)  # fmt: skip
def test_a_redis_that_waits_for_more_may_speak_no_tls(is_tls: bool, sentence: str) -> None:
    error = TimeoutError("Timeout connecting to server")

    assert reason_of(error, "h:1", is_tls=is_tls) == sentence


@pytest.mark.parametrize(
    ("kind", "subject", "key"),
    [
        ("access_token", "", "wx:access_token:wx1"),
        ("jsapi_ticket", "", "wx:ticket:key:wx1:jsapi"),
        ("wx_card_ticket", "", "wx:ticket:key:wx1:wx_card"),
        ("component_access_token", "", "wx:wechat_component_access_token:wx1"),
        ("authorizer_access_token", "wx2", "wx:wechat_authorizer_access_token:wx1:wx2"),
        ("jsapi_ticket", "wx2", "wx:wechat_jsapi_ticket:wx1:wx2"),
        ("wx_card_ticket", "wx2", "wx:wechat_card_api_ticket:wx1:wx2"),
        ("oauth2_access_token", "openid", ""),
    ],
)
def test_a_key_is_that_of_wxjava(kind: str, subject: str, key: str) -> None:
    wanted = WantedCredential(name="x", appid="wx1", kind=kind, subject=subject, variable="X")
    plain = redis_key(MirrorSettings(prefix=""), wanted)

    assert redis_key(MirrorSettings(), wanted) == key
    assert plain == key.removeprefix("wx:")
    assert redis_key(MirrorSettings(key="a:{type}:{appid}"), wanted) == f"a:{kind}:wx1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (mirror("http://h:1"), r"redis\[0\].url: expected redis://"),
        (mirror("redis://h:abc"), r"redis\[0\].url: expected redis://"),
        (mirror("redis://[::1"), r"redis\[0\].url: expected redis://"),
        ("[[redis]]\n", r"redis\[0\].url: give this or url_file"),
        (mirror("redis://h", 'url_file = "/none"'), r"redis\[0\].url: give this or url_file, not both"),
        (mirror("redis://h", 'key = "fixed"'), r"redis\[0\].key: access_token and jsapi_ticket have the same"),
        (mirror("redis://h", 'url_file = "/none"'), r"redis\[0\].url_file: /none: no such file"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text: str, sentence: str, tmp_path: Path) -> None:
    daemon = TurningDaemon(FakeClock())

    with pytest.raises(ConfigError, match=sentence):
        agent(tmp_path, text, daemon, credentials=CREDENTIAL + TICKET)


def test_a_credential_that_wxjava_does_not_keep_needs_a_key(tmp_path: Path) -> None:
    other = CREDENTIAL.replace("access_token", "oauth2_access_token")

    with pytest.raises(ConfigError, match="WxJava has none for oauth2_access_token; write one"):
        agent(tmp_path, mirror("redis://h"), TurningDaemon(FakeClock()), credentials=other)


def test_a_password_appears_in_no_text_of_the_settings(tmp_path: Path) -> None:
    found = config(tmp_path, mirror("redis://:s3cret-word@127.0.0.1/0"))

    assert found.redis[0].url
    assert "s3cret-word" not in repr(found)
