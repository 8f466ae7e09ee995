"""The ports of the credentials: WeChat's issuers, the store, and the business systems' `params`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, Unpack, runtime_checkable

from wechat_scheduler.credentials.model import (
    Account,
    ClaimedJob,
    Credential,
    Fault,
    Issued,
    JobKey,
    Outcome,
    Registration,
    Snapshot,
)
from wechat_scheduler.credentials.views import JobPage, JobView
from wechat_scheduler.engine.records import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """An input that a kind cannot be issued without, and its sources beside `params`.

    `name` is its field in a `params` answer (`access_token`, `component_verify_ticket` …). `parent`
    gives the job whose value it is; `kept`: it is our own stored refresh token; `pushed`: WeChat
    pushes it to platforms. A pushed value of that `name` is used in any case.
    """

    name: str
    parent: Callable[[JobKey], JobKey] | None = None
    kept: bool = False
    pushed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRequest:
    """One call for a credential. `force` asks WeChat to end the current value and issue another."""

    key: JobKey
    account: Account
    subject: str
    inputs: Mapping[str, str] = field(repr=False)
    force: bool = False


class Issuer(Protocol):
    """Gets one kind of credential from WeChat in one call, without any state.

    `subject_field` is the name of the subject in answers and registrations (`openid`,
    `authorizer_appid`); empty for kinds without one. `needs_subject`: no call is possible before the
    subject is known.
    """

    @property
    def kind(self) -> str: ...

    @property
    def needs(self) -> tuple[Need, ...]: ...

    @property
    def subject_field(self) -> str: ...

    @property
    def needs_subject(self) -> bool: ...

    def daily_calls(self, account: Account) -> int | None:
        """The calls a day that WeChat documents for this account's endpoint; None if it documents
        none."""

    async def issue(self, request: IssueRequest) -> Issued:
        """May take seconds, at most its timeouts.

        Raises WeChatError, whose `refused` names the input that WeChat refused, if it was one.
        """


@runtime_checkable
class Recoverer(Protocol):
    """An issuer that can get its refresh token from WeChat if ours is lost or refused."""

    async def recover(self, request: IssueRequest) -> str:
        """The refresh token; empty if WeChat has none. `request` holds the inputs chosen so far. Raises
        WeChatError."""


@runtime_checkable
class SubjectFinder(Protocol):
    """An issuer that can ask WeChat whose refresh token it was given."""

    async def find_subject(self, request: IssueRequest, refresh_token: str) -> str:
        """The subject of the refresh token; empty if WeChat knows none. `request` holds the value of the
        parent. Raises WeChatError."""
        ...


def uses_secret(issuer: Issuer) -> bool:
    """Whether this kind sends the account's secret: kinds that send an earlier credential of ours or
    of a parent do not."""
    return not any(need.kept or need.parent for need in issuer.needs)


class Params(Protocol):
    """Asks business systems for inputs."""

    async def ask(
        self, url: str, *, key: JobKey, subject: str, subject_field: str
    ) -> Mapping[str, str]:
        """The strings in the JSON answer of `url`. Raises CallError with a message free of secrets."""

    def place(self, url: str) -> str:
        """The address without its secrets, as the errors of `ask` name it."""


class RefreshObserver(Protocol):
    """Gets the outcome of each attempt after it was stored. Must neither block nor raise."""

    def refreshed(self, outcome: Outcome) -> None: ...


class SharedStore(Protocol):
    """A store that other processes may use too."""

    @property
    def is_alone(self) -> bool:
        """Whether no other process uses it."""


class Store(SharedStore, Protocol):
    """Stores jobs. Every method is atomic and may raise StorageError, after which nothing has changed."""

    async def register(self, registration: Registration, *, now: datetime) -> Sequence[JobKey]:
        """Add or change the tasks of `registration.owner`; returns the jobs that changed.

        The same registration again changes nothing, but makes a waiting job due now, and failing ones of the account if
        it is verified. A new or
        changed secret or endpoint makes the account's jobs due now; a new or changed `params` makes
        its job due now and asks `params` first; a new or changed `notify` puts a notification of the
        current value in the outbox.
        """

    async def remove(
        self, key: JobKey, *, owner: str, now: datetime, unnamed: bool = False
    ) -> bool:
        """Remove the tasks of `owner` (of every owner if empty), and the job with its last task. With
        `unnamed`, only those that were registered without a subject, if there are any.

        Returns whether there was such a task.
        """

    async def names(self, key: JobKey, *, owner: str = "") -> Sequence[JobKey]:
        """The jobs that `key` can mean: the job of that key; if the subject is empty, the jobs of what
        `owner` (any owner if empty) registered without one, else all jobs of that appid and kind. At most
        two are returned."""

    async def load(self, key: JobKey) -> Snapshot | None:
        """The job of exactly that key; None if there is none."""

    async def changed(self, known: Sequence[Snapshot]) -> Sequence[JobKey]:
        """Those of these jobs that are in another state now, or gone."""

    async def view(self, **wanted: Unpack[JobPage]) -> Sequence[JobView]:
        """Jobs in the order of their keys."""

    async def pushed(self, appid: str, name: str) -> str:
        """The newest value of that name that WeChat pushed for that account; empty if there is none."""

    async def listens(self, appid: str) -> bool:
        """Whether the daemon receives WeChat's pushes for that account."""

    async def earlier(self, key: JobKey) -> Sequence[str]:
        """The last few refresh tokens before the job's present one, newest first."""

    async def provides(self, key: JobKey, *, owner: str, kept: bool) -> bool:
        """Whether the job can get an input without a `params` of `owner`: from another owner's
        `params`, or, if `kept`, from its stored refresh token."""

    async def hasten(self, key: JobKey, *, now: datetime, due_at: datetime | None = None) -> bool:
        """Make the job due now, also one that waits for an input; no effect during an attempt. With
        `due_at`, only a job that is due then: one that was attempted meanwhile is not. Returns whether the
        job exists."""

    async def suspect(self, key: JobKey, *, version: int, now: datetime) -> bool:
        """Make the job due at `now` because a consumer reported its value as dead. Has an effect only
        while `version` is the current one, and once for it: WeChat may return the same value, and
        then that is valid. An attempt in progress that brings a new value settles the report.
        Returns whether the report had an effect."""

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[ClaimedJob]:
        """Claim due jobs for `lease`, the longest due first, and count one call for each."""

    async def save(self, outcome: Outcome, *, now: datetime) -> Snapshot | None:
        """Store an outcome in one transaction: a rotation also puts its notifications in the outbox and
        wakes the jobs that wait for it. If the registration changed meanwhile, the job is due now.

        The job of an outcome that tells its subject, and was registered without one, hands what it holds to the
        job of that subject, whose state is returned; the later of two values wins.

        If the claim was lost, an outcome that is stored already is found, and a rotation is kept unless a
        later value is there; of all else nothing is stored, and None is returned."""

    async def next_due(self) -> datetime | None:
        """The time at which the next job falls due; a claimed job does when its claim expires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """The state of a job for one receiver at `url`: the current value, or why there is none any more.

    `ended` is given only if the account withdrew its authorisation. `secret` (`whsec_…`) signs the
    call; if it is empty, the call is unsigned.
    """

    url: str = field(repr=False)
    key: JobKey
    credential: Credential | None
    ended: Fault | None = None
    secret: str = field(repr=False)


class NotificationSource(Protocol):
    """Looks up the content of a notification when it is sent, so that it is the newest."""

    async def notification(self, target: str) -> Notification | None:
        """The notification for the receiver that `target` names; None if the receiver is gone, or has
        nothing to learn."""
