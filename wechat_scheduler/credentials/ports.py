"""What keeping credentials asks of the world."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from wechat_scheduler.credentials.model import (
    Account,
    ClaimedJob,
    Inputs,
    Issued,
    JobKey,
    Outcome,
    Registration,
    Snapshot,
)
from wechat_scheduler.credentials.views import JobView


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """An input without which a kind cannot be issued, and where else than `params` it may come from.

    `name` is its field in a `params` answer (`seeds`: `access_token`, `component_verify_ticket` …).
    `parent` tells the job whose value it is; `kept` that our own stored refresh token is it;
    `pushed` that WeChat brings it by itself to a platform that listens. What it pushed is looked up
    by `name` in any case.
    """

    name: str
    parent: Callable[[JobKey], JobKey] | None = None
    kept: bool = False
    pushed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRequest:
    """One call for a credential. `force` asks WeChat to kill the current value and issue another."""

    key: JobKey
    account: Account
    subject: str
    inputs: Inputs = field(repr=False)
    force: bool = False


class Issuer(Protocol):
    """Gets one kind of credential from WeChat: one call, no state.

    `subject_field` is the name under which answers and callers give the subject (`openid`,
    `authorizer_appid`); empty for kinds without one. `needs_subject` says that nothing can be asked
    before the subject is known.
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
        """How many calls a day WeChat documents for the endpoint that this account's are made to;
        None where it gives no number."""
        ...

    async def issue(self, request: IssueRequest) -> Issued:
        """May take seconds, never longer than its timeouts.

        Raises WeChatError, with `refused` naming the input that was to blame if one was.
        """
        ...


@runtime_checkable
class Recoverer(Protocol):
    """An issuer that can ask WeChat for the refresh token it needs, where ours is lost or refused."""

    async def recover(self, request: IssueRequest) -> str:
        """`request` has the inputs chosen so far. Empty if WeChat does not say. Raises WeChatError."""
        ...


def uses_secret(issuer: Issuer) -> bool:
    """Whether the account's secret is sent for this kind: it is where nothing that was issued
    earlier, to us or to a parent, stands for it."""
    return not any(need.kept or need.parent for need in issuer.needs)


class Params(Protocol):
    """The business system's side of `params`."""

    async def ask(
        self, url: str, *, key: JobKey, subject: str, subject_field: str
    ) -> Mapping[str, str]:
        """The strings of its JSON answer. Raises CallError with a message free of secrets."""
        ...


class RefreshObserver(Protocol):
    """Hears what became of each attempt, once that is stored. Must neither block nor raise."""

    def refreshed(self, outcome: Outcome) -> None: ...


class Store(Protocol):
    """Where jobs live. Every method is atomic; all may raise StorageError, after which nothing changed."""

    async def register(self, registration: Registration, *, now: datetime) -> Sequence[JobKey]:
        """Add or change what `registration.owner` wants kept; returns the jobs that changed.

        The same again changes nothing, but makes a job due now that waits for something. A new or
        changed secret or endpoint makes the account's jobs due now; a new or changed `params` makes
        its job due now and asks `params` first; a new or changed `notify` puts the current value in
        the outbox for that receiver.
        """
        ...

    async def remove(self, key: JobKey, *, owner: str) -> bool:
        """Withdraw `owner`'s interest (any owner's, if empty); the job goes with the last one.

        Returns whether there was anything to withdraw.
        """
        ...

    async def names(self, key: JobKey) -> Sequence[JobKey]:
        """The jobs that `key` can mean: itself, else the one bound to its subject, else, where the
        subject is empty, every job of that appid and kind (two at most are returned)."""
        ...

    async def load(self, key: JobKey) -> Snapshot | None:
        """The job of exactly that key."""
        ...

    async def view(
        self,
        *,
        appid: str = "",
        kind: str = "",
        subject: str = "",
        after: JobKey | None = None,
        limit: int,
    ) -> Sequence[JobView]:
        """Jobs in the order of their keys, from the one after `after`; empty filters match all."""
        ...

    async def pushed(self, appid: str, name: str) -> str:
        """The newest value of that name that WeChat pushed to us for that account; empty if none."""
        ...

    async def listens(self, appid: str) -> bool:
        """Whether what WeChat pushes for that account comes to us."""
        ...

    async def earlier(self, key: JobKey) -> Sequence[str]:
        """The refresh tokens that the job had before its present one, newest first; a few."""
        ...

    async def provides(self, key: JobKey, *, owner: str, kept: bool) -> bool:
        """Whether the job can get an input without a `params` of `owner`'s: another owner gave one,
        or, if `kept` says that this would do, it keeps a refresh token."""
        ...

    async def hasten(self, key: JobKey, *, now: datetime) -> bool:
        """Make the job due now, whatever it waits for; one that is being attempted is left alone.
        Returns whether it exists."""
        ...

    async def suspect(self, key: JobKey, *, version: int, now: datetime) -> bool:
        """Make the job due now because its value is said to be dead; only while `version` is the
        current one, and once: WeChat may return the same value, and is right then. Returns whether
        that was so. An attempt that is under way and brings a new value answers it."""
        ...

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[ClaimedJob]:
        """Take due jobs for `lease`, the longest due first, and count a call against each."""
        ...

    async def save(self, outcome: Outcome, *, now: datetime) -> Snapshot | None:
        """Store an outcome, with what follows from it, in one transaction: a rotation puts its
        notifications in the outbox and wakes the jobs that waited for it. A registration that
        changed meanwhile leaves the job due now. None if the claim was lost: nothing is stored."""
        ...

    async def next_due(self) -> datetime | None:
        """When the earliest job falls due; a claimed one does when its claim runs out."""
        ...
