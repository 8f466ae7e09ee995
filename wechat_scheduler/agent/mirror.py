"""A Redis that has the current values, for programs that look there. Imported only where it is used."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from redis.asyncio import Redis, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, InvalidResponse, RedisError, ResponseError

from wechat_scheduler.agent.forms import Values
from wechat_scheduler.agent.redis_keys import redis_key
from wechat_scheduler.agent.settings import MirrorSettings
from wechat_scheduler.agent.values import KeptValue, WantedCredential
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import ConfigError, OutputError

log = structlog.get_logger(__name__)

# For each connect and each answer: a Redis that needs longer is away.
TIMEOUT = timedelta(seconds=5)


def connected(where: str, settings: MirrorSettings) -> "Redis":
    """A client for all credentials of one Redis; connects later. Raises ConfigError, without quoting the URL."""
    seconds = TIMEOUT.total_seconds()
    try:
        return Redis.from_url(
            settings.url,
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            retry=Retry(NoBackoff(), 1),  # the connection may have been closed while it was idle
        )
    except (ValueError, TypeError):
        raise ConfigError(
            f"{where}.url: expected redis://, rediss:// or unix://, such as redis://:PASSWORD@host:6379/0"
        ) from None


class RedisMirror:
    """Keeps one credential in a Redis, where it ends with its life even if no agent runs.

    A key that another program removed comes back; one that it replaced stays until the next rotation."""

    until = 0.0

    def __init__(
        self,
        where: str,
        settings: MirrorSettings,
        wanted: WantedCredential,
        *,
        redis: "Redis",
        clock: Clock,
    ) -> None:
        self._key = redis_key(settings, wanted)
        self.label = f"{where} ({wanted})"
        self.wanted: tuple[WantedCredential, ...] = (wanted,)
        self._redis, self._clock = redis, clock
        self._put: KeptValue | None = None

    async def check(self) -> None:
        with self._failures():
            await self._redis.ping()

    async def open(self) -> None:
        await self.check()

    async def settle(self, values: Values | None) -> None:
        for kept in values or ():
            left = int((kept.until - self._clock.boottime()) * 1000)
            if left > 0:
                with self._failures():
                    await self._redis.set(self._key, kept.value, px=left, nx=kept == self._put)
                self._told(kept)

    def _reason(self, error: Exception) -> str:
        is_tls = issubclass(self._redis.connection_pool.connection_class, SSLConnection)
        return reason_of(error, _place(self._redis), is_tls=is_tls)

    async def close(self) -> None:
        with self._failures():
            await self._redis.aclose()

    def _told(self, kept: KeptValue) -> None:
        if kept != self._put:
            log.info("agent.redis_written", output=self.label, version=kept.version)
        self._put = kept

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """As OutputErrors. No sentence quotes the URL, which may hold a password."""
        try:
            yield
        except (RedisError, OSError) as error:
            raise OutputError(f"{self.label}: {self._reason(error)}") from error
        except TypeError as error:
            raise OutputError(f"{self.label}: the URL has an unknown parameter") from error


def _place(redis: "Redis") -> str:
    """Where it is, without the user and the password."""
    known = redis.connection_pool.connection_kwargs
    host = str(known.get("host", "localhost"))
    host = f"[{host}]" if ":" in host else host
    return str(known.get("path") or f"{host}:{known.get('port', 6379)}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """What Redis refuses while it is connected to is the cause of another error."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def reason_of(error: Exception, place: str, *, is_tls: bool) -> str:
    """Why a call failed, as a sentence without a secret. A Redis without TLS waits for the end of a command."""
    for one in _causes(error):
        match one:
            case AuthenticationError():
                return "Redis refuses the user or the password"
            case ResponseError():
                return f"Redis says: {one}"
            case ssl.SSLCertVerificationError():
                return f"the certificate of Redis at {place} is not good: {one.verify_message}"
            case ssl.SSLError():
                return f"what answers at {place} speaks no TLS; without TLS, the URL begins with redis://"
            case InvalidResponse():
                return f"what answers at {place} is no Redis"
            case socket.gaierror():
                return f"the host of {place} is not known: check its name"
            case ConnectionRefusedError() | FileNotFoundError():
                return f"Redis does not answer: nothing listens at {place}"
    hint = "; if it speaks no TLS there, the URL begins with redis://" if is_tls else ""
    return f"Redis does not answer at {place}{hint}"
