"""Reads the token of a call: the account that it is for, and the consumer that has it."""

from typing import NamedTuple, Protocol

from wechat_scheduler.credentials.known_values import KnownValues
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.gateway.refused_tokens import TokenRefusal, TokenRefusedError
from wechat_scheduler.gateway.stand_ins import PREFIX, StandInTokens


class Bearer(NamedTuple):
    """A token that is valid here: the job whose current value it stands for, and the consumer that has it;
    None if the token does not say."""

    key: JobKey
    consumer: Consumer | None = None

    @property
    def account(self) -> str:
        """The account that is called with it."""
        return self.key.subject or self.key.appid

    @property
    def caller(self) -> str:
        """Who has it among those of one account; empty if the token does not say."""
        return self.consumer.label if self.consumer else ""

    @property
    def label(self) -> str:
        """How the usage and the log name who has it."""
        return self.caller or f"token/{self.account}"


class TokenReader(Protocol):
    """Reads the tokens that this daemon hands out."""

    async def read(self, token: str) -> Bearer:
        """Raises TokenRefusedError if the token is rejected, and StorageError."""
        ...


class KnownTokens:
    """Takes stand-ins, and the values themselves: the current ones, and those that were replaced just now."""

    def __init__(self, known: KnownValues, stand_ins: StandInTokens, *, clock: Clock) -> None:
        self._known = known
        self._stand_ins = stand_ins
        self._clock = clock

    async def read(self, token: str) -> Bearer:
        if token.startswith(PREFIX):
            found = await self._stand_ins.read(token, self._clock.now())
            if isinstance(found, TokenRefusal):
                raise TokenRefusedError(found)
            return Bearer(found.key, found.consumer)
        key = await self._known.job_of(token)
        if key is None:
            raise TokenRefusedError(TokenRefusal.UNKNOWN)
        return Bearer(key)
