"""The nouns of the room: accounts, jobs, credentials, faults and outcomes."""

import enum
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.reasons import Reaction

# The kinds of an account's token: its own, and the one that a platform holds for it; and of a platform's.
ACCESS_TOKEN = "access_token"  # noqa: S105 - the name of a kind
AUTHORIZER_TOKEN = "authorizer_access_token"  # noqa: S105 - the name of a kind
COMPONENT_TOKEN = "component_access_token"  # noqa: S105 - the name of a kind

# `waits_on` of a job whose account withdrew its authorisation, or never gave it.
AUTHORIZATION = "authorization"


class JobKey(NamedTuple):
    """The identity of a job. `subject` distinguishes the jobs of one account: empty for app-wide kinds, the
    openid for OAuth2, the authorizer's appid for the credentials that a platform holds for an authorizer."""

    appid: str
    kind: str
    subject: str = ""

    def __str__(self) -> str:
        return "/".join(str(part) for part in self if part)  # of a damaged row, it may be anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A WeChat appid and its secret.

    `endpoint` issues its access_token: `stable_token`, `token`, or empty for the daemon's default.
    """

    appid: str
    secret: str = field(repr=False)
    endpoint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One credential that a business system wants kept fresh, with two URLs of that system.

    `notify` is called at each rotation, `params` is asked for inputs; empty means none.
    """

    key: JobKey
    notify: str = field(default="", repr=False)
    params: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The tasks that one business system registers in one request; `owner` is the id of its API key.

    `limited`: the key does not reach the whole account, so it may give the account's secret but not change it. `verified`:
    WeChat took the secret just now, so that failing jobs are due at once. An empty `name` leaves the account's as it is."""

    account: Account
    owner: str
    name: str = ""
    tasks: tuple[Task, ...]
    limited: bool = False
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A value that WeChat issued, as stored.

    `answer` is WeChat's whole answer as JSON text. `version` counts the job's rotations from 1, and
    continues when a removed job is registered again. `expires_at` is the true expiry; the renewal
    window opens at `renew_at`.
    """

    value: str = field(repr=False)
    answer: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    version: int
    issued_at: datetime
    expires_at: datetime
    renew_at: datetime


class Renewal(enum.Enum):
    """The time before its expiry at which a credential can be renewed."""

    ORDINARY = "ordinary"
    """At any time: WeChat issues a new value at once."""

    LATE = "late"
    """In the last 300 s of its lifetime: earlier calls return the same value (stable_token)."""

    FIXED = "fixed"
    """At its expiry: calls before return the same value, some with a full lifetime, which it does not
    have (tickets)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The result of an issuer.

    `lifetime` is the remaining one, as WeChat states it; `subject` is the openid or appid in the answer, empty if
    there is none; `refresh_token` is the next one to use, empty if there is none; `calls` is the number of calls to WeChat.
    """

    value: str = field(repr=False)
    answer: str = field(repr=False)
    lifetime: timedelta
    refresh_token: str = field(default="", repr=False)
    subject: str = ""
    renewal: Renewal = Renewal.ORDINARY
    calls: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The reason of a failed attempt. Callers and operators see it; it never holds a secret."""

    at: datetime
    reaction: Reaction
    message: str
    endpoint: str = ""
    errcode: int | None = None
    rid: str = ""
    advice: str = ""

    @property
    def is_wait(self) -> bool:
        """Whether the parent has no value yet, which is no failure."""
        return self.reaction is Reaction.PARENT_INVALID and self.errcode is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Another program fetches the same credential: a value died long before its expiry, and this daemon
    had not replaced it."""

    at: datetime
    message: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A due job that this process alone may refresh now.

    `claim` identifies the claim, which ends at `until`; a job that is read without one has none. `version` is
    the last one of this job, or of a removed job of the same key. `longest` is the longest lifetime that WeChat
    ever gave it. `attempts` counts failures in a row; `calls` counts today's calls, and `forces` those that forced
    a new value. `revision` changes with the registration. `suspect`: a consumer reported the stored value as dead.
    `asks_params`: the registration is new, so that `params`, URLs, take precedence over stored inputs, the newest first.
    """

    key: JobKey
    claim: str
    until: datetime | None
    account: Account
    credential: Credential | None
    version: int
    longest: timedelta
    attempts: int
    calls: int
    forces: int
    forced_at: datetime | None
    fault: Fault | None
    contest: Contest | None
    waits_on: str
    revision: int
    suspect: bool
    asks_params: bool
    params: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """The cost of an attempt: its calls to WeChat, and the time of a forced refresh if there was one."""

    calls: int = 0
    forced_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """WeChat issued a new value, to be stored and announced. `led_by` as in `Identified`."""

    job: ClaimedJob
    credential: Credential
    subject: str
    longest: timedelta
    due_at: datetime
    spent: Spent
    contest: Contest | None = None
    led_by: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """WeChat returned the value that we already have; its expiry and refresh token may be new."""

    job: ClaimedJob
    credential: Credential
    longest: timedelta
    due_at: datetime
    spent: Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Nothing was issued. `waits_on` names the input or the parent job (`kind/subject`) whose arrival
    wakes the job; `seen` is the version of the parent's value that was refused or missing."""

    job: ClaimedJob
    fault: Fault
    due_at: datetime
    spent: Spent
    waits_on: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """Nothing was issued: what was registered without a subject, with a `params` URL of `led_by`, is about an
    account or user with a job of its own, and joins that job."""

    job: ClaimedJob
    subject: str
    spent: Spent
    led_by: tuple[str, ...] = field(repr=False)


Outcome: TypeAlias = Rotated | Repeated | Failed | Identified


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A job in memory: the credential to hand out, or the reason why there is none. `longest` is the
    longest lifetime that WeChat ever gave it, zero if unknown. `suspect`: the value was reported as dead. `former`
    is the job that had until now what was registered without a subject."""

    key: JobKey
    credential: Credential | None
    longest: timedelta = timedelta(0)
    fault: Fault | None
    due_at: datetime
    suspect: bool = False
    former: JobKey | None = None
