"""Follows the values of a daemon with its client."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Protocol, cast

from wechat_scheduler.agent.values import KeptValue, WantedCredential
from wechat_scheduler.client.kept import Fetched
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import CallError, UnauthorizedError


class FollowingClient(Protocol):
    """Yields each named credential, and each again when it changes."""

    def follow(self, *names: Sequence[str]) -> AsyncIterator[Fetched]: ...


class FollowedDaemon:
    """A `ports.ValueSource`: rotations come by events, else by long polls, else the daemon is asked again.

    `key_from` says where the key is, for the sentence about one that the daemon refuses."""

    def __init__(self, client: FollowingClient, clock: Clock, *, key_from: str) -> None:
        self._client, self._clock, self._key_from = client, clock, key_from

    async def next(self, wanted: WantedCredential, known: KeptValue | None) -> KeptValue:
        name = (wanted.appid, wanted.kind, wanted.subject)
        followed = cast("AsyncGenerator[Fetched, None]", self._client.follow(name))
        async with aclosing(followed) as updates:
            async for fetched in updates:
                if isinstance(fetched.error, UnauthorizedError):
                    sentence = f"{fetched.error}; the key comes from {self._key_from}"
                    raise UnauthorizedError(sentence, reason=fetched.error.reason)
                if fetched.error is not None:
                    raise fetched.error.with_traceback(None)
                if known is None or (fetched.value and _differs(fetched, known)):
                    return self._kept(wanted, fetched)
                # The known value, or none: it has just expired, and the client asks for the next.
        raise CallError("the client has stopped")

    def _kept(self, wanted: WantedCredential, fetched: Fetched) -> KeptValue:
        """A value without an end cannot be handed on: a proxy removed it, or a clock is wrong."""
        if fetched.expires_at is None:
            raise CallError(
                f"the value of {wanted} came without its expiry, or has expired by this machine's clock"
            )
        seconds = (fetched.expires_at - self._clock.now()).total_seconds()
        return KeptValue(
            wanted=wanted,
            value=fetched.value,
            version=int(fetched.version) if fetched.version.isdecimal() else 0,
            expires_at=fetched.expires_at,
            until=self._clock.boottime() + seconds,
        )


def _differs(fetched: Fetched, known: KeptValue) -> bool:
    return (fetched.value, fetched.expires_at) != (known.value, known.expires_at)
