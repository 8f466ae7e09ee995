"""What receiving WeChat's pushes asks of the world."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from wechat_scheduler.credentials.model import Issued, JobKey
from wechat_scheduler.pushes.model import (
    CallbackView,
    ClaimedEvent,
    Event,
    Opened,
    Outcome,
    Push,
    Secrets,
)


class Decoder(Protocol):
    """Tells WeChat's pushes from others'. Pure; both methods raise RefusedPushError."""

    def open(self, push: Push, secrets: Secrets, *, appid: str) -> Opened:
        """The message in an encrypted push that was signed with one of the tokens, encrypted with
        one of the keys, and meant for `appid`; in a plain one if `secrets.plain`."""
        ...

    def check_signature(self, push: Push, secrets: Secrets) -> None:
        """Whether the sender knows the token; says nothing about any body."""
        ...


class Inbox(Protocol):
    """Whom pushes are expected for, and their tickets. Atomic; both may raise StorageError."""

    async def secrets(self, appid: str) -> Secrets | None:
        """None if nothing of this appid's is expected."""
        ...

    async def put_ticket(self, appid: str, ticket: str, *, now: datetime) -> bool:
        """Keep the three newest, wake the job that waits for one, and put off the next look after
        missing tickets. Returns whether it is a new one."""
        ...


class Callbacks(Protocol):
    """Whose pushes are expected, and how they fare. All may raise StorageError."""

    async def put_secrets(self, appid: str, *, token: str, aes_key: str, now: datetime) -> None:
        """Accept pushes that are made with these, and with those before them."""
        ...

    async def remove_secrets(self, appid: str) -> bool:
        """Accept nothing more, and forget the tickets. Returns whether anything was accepted."""
        ...

    async def view(self) -> Sequence[CallbackView]:
        """All of them, by appid."""
        ...


class Events(Protocol):
    """Where events wait for what they call for. Atomic; all may raise StorageError."""

    async def put(self, event: Event, *, now: datetime) -> bool:
        """Keep it, due now if it calls for something; a newer one of the same account takes the
        place of an older one. Returns whether it is a new one."""
        ...

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[ClaimedEvent]:
        """Take due events for `lease`, the longest due first; never two of the same account."""
        ...

    async def finish(self, outcome: Outcome, *, now: datetime) -> Sequence[JobKey] | None:
        """Write an outcome back, with all that follows from it, in one transaction; returns the
        jobs that changed. None if the claim was lost: nothing is stored."""
        ...

    async def next_due(self) -> datetime | None:
        """When the earliest event falls due; a claimed one does when its claim runs out."""
        ...


class Jobs(Protocol):
    """Where values that turned out to be dead are reported."""

    async def suspect(self, key: JobKey, *, version: int, now: datetime) -> bool:
        """As `credentials.ports.Store.suspect`."""
        ...


class PlatformApi(Protocol):
    """What a third-party platform asks of WeChat. Both raise WeChatError."""

    async def exchange(self, platform: str, *, token: str, code: str) -> Issued:
        """The first tokens of the account that gave the code, which is `subject` of the answer. A
        code can be exchanged once."""
        ...

    async def restart_tickets(self, platform: str, *, secret: str) -> str:
        """Have tickets pushed again; returns WeChat's words."""
        ...
