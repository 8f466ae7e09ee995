"""The desk that tries a registration before it is stored: its inputs, and its secret at WeChat."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Final, Protocol

from wechat_scheduler.credentials.model import (
    AUTHORIZER_TOKEN,
    COMPONENT_TOKEN,
    Account,
    Fault,
    Registration,
)
from wechat_scheduler.credentials.requirements import Requirements
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.engine.windows import NAMES, Windows
from wechat_scheduler.errors import ThrottledError
from wechat_scheduler.reasons import Reason

# A person corrects a secret a few times. WeChat counts the calls of an account.
MOST_CHECKS: Final = 10
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRefusal:
    """Why WeChat does not take an account. `field` is the one of the registration that is wrong, `address` that of
    this machine, if WeChat refuses calls from there; both may be empty."""

    fault: Fault
    field: str
    address: str


class SecretCheck(Protocol):
    """Asks WeChat about a secret without ending a token that it issued."""

    async def refusal(self, account: Account, *, is_platform: bool) -> AccountRefusal | None:
        """None if WeChat takes it. Raises WeChatError if WeChat does not answer the question."""


class RegistrationChecks:
    """`heard` is told the address of this machine that WeChat names when it refuses it."""

    def __init__(
        self,
        requirements: Requirements,
        secrets: SecretCheck,
        *,
        heard: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._requirements = requirements
        self._heard = heard
        self._secrets = secrets
        self._made = Windows(clock, _MINUTE)
        self._clock = clock
        # By appid, until when the secret of this digest counts as verified.
        self._accepted: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def check(self, registration: Registration) -> AccountRefusal | None:
        """None if it can be stored and WeChat takes the secret. Raises InvalidRequestError, ThrottledError,
        WeChatError."""
        await self._requirements.check(registration)
        account = registration.account
        if pause := self._made.spend(account.appid, MOST_CHECKS):
            raise ThrottledError(
                f"{account.appid} was checked {MOST_CHECKS} times within a minute: wait a little",
                reason=Reason.REQUEST_THROTTLED,
                retry_after=pause,
            )
        kinds = {task.key.kind for task in registration.tasks}
        is_platform = not kinds.isdisjoint((COMPONENT_TOKEN, AUTHORIZER_TOKEN))
        refusal = await self._secrets.refusal(account, is_platform=is_platform)
        self._note(account, is_accepted=refusal is None)
        if refusal and refusal.address:
            self._heard(refusal.address)
        return refusal

    def has_accepted(self, account: Account) -> bool:
        """Whether WeChat took this secret within the last minute."""
        until, digest = self._accepted.get(account.appid, (0.0, b""))
        return self._clock.boottime() < until and digest == _digest(account)

    def _note(self, account: Account, *, is_accepted: bool) -> None:
        self._accepted.pop(account.appid, None)
        if is_accepted:
            until = self._clock.boottime() + _MINUTE.total_seconds()
            self._accepted[account.appid] = until, _digest(account)
        if len(self._accepted) > NAMES:
            self._accepted.popitem(last=False)


def _digest(account: Account) -> bytes:
    return sha256(account.secret.encode()).digest()
