"""Authenticates callers of the gateway: consumers by their secrets, programs by an account's own AppSecret."""

import hmac
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from wechat_scheduler.access.model import Address, digest
from wechat_scheduler.engine.windows import Windows
from wechat_scheduler.gateway.consumers import ConsumerDesk
from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.gateway.paths import PathRefusal, PathRules, shows_tokens
from wechat_scheduler.gateway.refused_callers import CallerRefusal, CallerRefusedError

_DENIALS: Final = MappingProxyType({PathRefusal.DENIED: CallerRefusal.DENIED})


@lru_cache(maxsize=256)
def _rules(allow: tuple[str, ...], deny: tuple[str, ...]) -> PathRules:
    return PathRules(allow or ("/*",), deny)


class AccountSecrets(Protocol):
    """Reads the AppSecrets that were registered."""

    async def secret(self, appid: str) -> str | None:
        """The AppSecret of an account or a platform; empty if it cannot be read, None if the account is not
        registered. May raise StorageError."""


class GatewayCaller(NamedTuple):
    """A caller that may call. `label` is its name in the audit; `consumer` is None if it is none. A
    `steady` one may call from anywhere, as often as it likes, until something changes."""

    label: str
    steady: bool
    consumer: Consumer | None = None


class CallerDesk:
    """Authenticates the gateway's callers. With `real_secrets`, the AppSecret is accepted too."""

    def __init__(
        self,
        consumers: ConsumerDesk,
        secrets: AccountSecrets,
        minutes: Windows,
        *,
        real_secrets: bool,
    ) -> None:
        self._consumers = consumers
        self._secrets = secrets
        self._minutes = minutes
        self._real_secrets = real_secrets

    async def prove(self, appid: str, secret: str, address: Address | None) -> GatewayCaller:
        """The caller that has this secret for that account; its call is counted. Raises
        CallerRefusedError, StorageError."""
        consumer = await self._consumers.find(secret)
        if consumer is None:
            await self._prove_account(appid, secret)
            return GatewayCaller(f"appsecret/{appid}", steady=True)
        if appid not in consumer.appids:
            raise CallerRefusedError(CallerRefusal.REACH, name=consumer.name)
        self.admit(consumer, address)
        is_steady = not (consumer.networks or consumer.per_minute)
        return GatewayCaller(consumer.label, steady=is_steady, consumer=consumer)

    def admit(self, consumer: Consumer, address: Address | None) -> None:
        """Count a call of a consumer from there in its minute. Raises CallerRefusedError."""
        self.let_in(consumer, address)
        pause = self._minutes.spend(consumer.name, consumer.per_minute)
        if pause is not None:
            raise CallerRefusedError(CallerRefusal.MINUTE, name=consumer.name, pause=pause)

    @staticmethod
    def let_in(consumer: Consumer, address: Address | None) -> None:
        """Raises CallerRefusedError if the consumer may not call from there."""
        if not consumer.admits(address):
            shown = str(address or "an unknown address")
            raise CallerRefusedError(CallerRefusal.NETWORK, name=consumer.name, address=shown)

    @staticmethod
    def let_pass(consumer: Consumer, method: str, path: str) -> None:
        """Raises CallerRefusedError if the consumer may not make this call."""
        why = _rules(consumer.allow_paths, consumer.deny_paths).refusal(method, path)
        if why is not None:
            refusal = _DENIALS.get(why, CallerRefusal.NOT_ALLOWED)
            raise CallerRefusedError(refusal, name=consumer.name, call=f"{method} {path}")
        if consumer.stand_in and shows_tokens(path):
            raise CallerRefusedError(CallerRefusal.TOKENS, name=consumer.name)

    def is_unchanged(self, consumer: Consumer) -> bool:
        """Whether it still may what it could: False means that it has to be proven again."""
        return self._consumers.is_unchanged(consumer)

    async def knows(self, appid: str) -> bool:
        """Whether the account was registered with its secret. May raise StorageError."""
        return await self._secrets.secret(appid) is not None

    async def real_secret(self, appid: str) -> str:
        """The AppSecret of the account, which leaves for WeChat alone. Raises CallerRefusedError without one,
        StorageError."""
        secret = await self._secrets.secret(appid)
        if not secret:
            raise CallerRefusedError(CallerRefusal.NO_SECRET)
        return secret

    async def _prove_account(self, appid: str, secret: str) -> None:
        known = await self._secrets.secret(appid)
        if not self._real_secrets:
            raise CallerRefusedError(CallerRefusal.CONSUMER_ONLY)
        if not known or not hmac.compare_digest(digest(known), digest(secret)):
            raise CallerRefusedError(CallerRefusal.SECRET)
