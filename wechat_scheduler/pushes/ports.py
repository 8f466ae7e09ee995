"""The ports of the pushes core."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from wechat_scheduler.credentials.model import Issued, JobKey
from wechat_scheduler.pushes.history import (
    ALL_ENDPOINTS,
    EndpointFilter,
    Fate,
    PastPush,
    PushFilter,
)
from wechat_scheduler.pushes.model import (
    ClaimedEvent,
    Event,
    Opened,
    Outcome,
    Push,
    PushedMessage,
    PushEndpointView,
    Secrets,
)


class Decoder(Protocol):
    """Checks that a push comes from WeChat, and writes replies. The first two methods raise RefusedPushError."""

    def open(self, push: Push, secrets: Secrets, *, appid: str) -> Opened:
        """The message of an encrypted push that was signed with one of the tokens, encrypted with one of
        the keys, and meant for `appid`; if `secrets.plain`, of a plain push too."""

    def check_signature(self, push: Push, secrets: Secrets) -> None:
        """Checks that the sender knows the token; the body is not checked."""

    def reply(self, opened: Opened, text: str, *, appid: str, now: datetime) -> bytes:
        """The response to a push that shows `text` to the user of its message, encrypted as the push was, which was
        meant for `appid`."""


class PushObserver(Protocol):
    """Counts pushes."""

    def received(self, appid: str) -> None:
        """A new push about the account was stored."""
        ...

    def mended(self, message: PushedMessage) -> None:
        """A message was handled that had to be mended."""
        ...

    def unread(self, message: PushedMessage) -> None:
        """A message was passed over that lacks a field."""
        ...


class Inbox(Protocol):
    """The secrets of push URLs, and the tickets. Atomic; all methods may raise StorageError."""

    async def secrets(self, appid: str) -> Secrets | None:
        """None if the appid has no push URL."""

    async def platforms(self) -> Sequence[tuple[str, Secrets]]:
        """The appids and secrets of the platforms that have a push URL, whose own token is kept."""

    async def verified(self, appid: str, *, now: datetime) -> None:
        """WeChat's console verified the push URL."""

    async def put_ticket(self, appid: str, ticket: str, *, now: datetime) -> bool:
        """Store the ticket, wake the job that waits for one, and postpone the WATCH event. The three
        newest tickets are kept. Returns whether the ticket is new."""


class PushEndpoints(Protocol):
    """The push URLs of accounts. All methods may raise StorageError."""

    async def put_secrets(self, appid: str, *, token: str, aes_key: str, now: datetime) -> None:
        """Accept pushes made with these secrets, and still those made with the former ones."""

    async def remove_secrets(self, appid: str) -> bool:
        """Accept no more pushes, and delete the tickets. Returns whether pushes were accepted."""

    async def view(self, wanted: EndpointFilter = ALL_ENDPOINTS) -> Sequence[PushEndpointView]:
        """Push URLs, by appid."""


class Events(Protocol):
    """Stores events until they are done. Atomic; all methods may raise StorageError."""

    async def put(self, event: Event, *, now: datetime) -> bool:
        """Store the event, due now if there is something to do. A newer event of an account replaces an
        older one. Returns whether the event is new."""

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[ClaimedEvent]:
        """Claim due events for `lease`, the longest due first; never two of the same account."""

    async def finish(self, outcome: Outcome, *, now: datetime) -> Sequence[JobKey] | None:
        """Store an outcome and its changes of jobs in one transaction. Returns the jobs that changed;
        None if the claim was lost, and then nothing is stored."""

    async def crashed(self, row_id: str, claim: str, /, *, reason: str, now: datetime) -> bool:
        """Store that handling the event crashed: it is due again later, or set aside after several
        crashes in a row. Returns whether it was set aside."""

    async def next_due(self) -> datetime | None:
        """The earliest due time of an event; that of a claimed event is the end of its claim."""


class PushHistory(Protocol):
    """What came, and what became of it. Both may raise StorageError."""

    async def note(self, appid: str, fate: Fate, reason: str, *, count: int, now: datetime) -> None:
        """So many pushes to the account were refused or passed over, the last for this reason. They are
        added to those of the same hour."""

    async def find(self, wanted: PushFilter) -> Sequence[PastPush]: ...


class Jobs(Protocol):
    """Takes reports of dead values."""

    async def suspect(self, key: JobKey, *, version: int, now: datetime) -> bool:
        """Like `credentials.ports.Store.suspect`."""


class PlatformApi(Protocol):
    """WeChat's API for third-party platforms. Both methods raise WeChatError."""

    async def exchange(self, platform: str, *, token: str, code: str) -> Issued:
        """The first tokens of the account that gave the code; its appid is `subject`. A code can be
        exchanged once."""

    async def restart_tickets(self, platform: str, *, secret: str) -> str:
        """Ask WeChat to push tickets again. Returns the words of its answer."""
