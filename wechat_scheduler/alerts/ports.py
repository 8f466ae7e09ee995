"""The ports of the alerts: what the store knows, and where alerts are kept."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from wechat_scheduler.alerts.model import Alert, AlertKey, AlertState
from wechat_scheduler.credentials.model import Contest, Fault, JobKey
from wechat_scheduler.delivery.model import Message, Target
from wechat_scheduler.engine.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedJob:
    """A job that failed, is contested, or made many calls today. `endpoint` is its account's."""

    key: JobKey
    expires_at: datetime | None
    suspect: bool
    calls: int
    endpoint: str
    fault: Fault | None
    contest: Contest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LostJobs:
    """The jobs of one account and kind that only a person can save: the one that expires first, and the number
    of the `others`."""

    first: NotedJob
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetters:
    """The messages of an app that died lately, of which the last one said `error`. The app 0 is the account
    itself."""

    app_id: int
    deliveries: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDeliveries:
    """The deliveries to users of an account that wait, since WeChat refused each with `errcode`. One of them says `error`."""

    appid: str
    errcode: int
    deliveries: int
    error: str


class FactStore(Protocol):
    """What the store knows without reading much. All methods may raise StorageError."""

    async def lost_jobs(self, *, limit: int) -> Sequence[LostJobs]:
        """Jobs whose last attempt failed, and that no time mends: by account and kind, in this order. Those whose
        account withdrew its authorisation are left out."""

    async def failing_jobs(self, subjects: Collection[str]) -> Sequence[LostJobs]:
        """The same for these accounts and kinds, `appid/kind`, of all jobs whose last attempt failed."""

    async def noted_jobs(
        self, *, contested_since: datetime, calls: int, now: datetime, limit: int
    ) -> Sequence[NotedJob]:
        """Those that were contested since then, or made that many calls today, in the order of their keys. No
        number of calls below 16 is found."""

    async def dead_letters(self, *, since: datetime, limit: int) -> Sequence[DeadLetters]:
        """By app; of at most `limit` messages, the newest. Alerts that died are not counted."""

    async def waiting_deliveries(self, *, limit: int) -> Sequence[WaitingDeliveries]:
        """By account and errcode; of at most `limit` deliveries, those with the highest errcodes."""

    async def tickets(self) -> Mapping[str, datetime]:
        """When each platform's last ticket came, or since when the first is expected, by appid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """Selects alerts of a state, at most `limit`; with `appids` or `kinds` those about these accounts or types
    alone. `after` is the id of the last one of the page before, 0 for the first page."""

    state: AlertState | None = None
    appids: Collection[str] = ()
    kinds: Collection[str] = ()
    after: int = 0
    limit: int


class AlertStore(Protocol):
    """Stores alerts. Every method is atomic and may raise StorageError."""

    async def open_alerts(self) -> Sequence[Alert]:
        """Those that are pending or fire."""

    async def ended(self, *, since: datetime) -> Mapping[AlertKey, Alert]:
        """Those that ended since then, the last one for each key."""

    async def store(
        self,
        changed: Sequence[Alert],
        dropped: Sequence[Alert],
        messages: Sequence[tuple[Message, Sequence[Target]]],
        *,
        now: datetime,
    ) -> bool:
        """Store the alerts as they are now, remove the dropped ones, and put the messages about them into the
        outbox. If another process changed one of them meanwhile, nothing is stored, and this is False."""

    async def page(self, wanted: AlertFilter) -> Sequence[Alert]:
        """Alerts that fire or have ended, the newest first."""

    async def alert(self, alert_id: int) -> Alert | None: ...

    async def mute(self, alert_id: int, until: datetime) -> Alert | None:
        """Mute an alert that fires. None if there is no such alert."""
