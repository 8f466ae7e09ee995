"""The nouns of keeping credentials: accounts, jobs, credentials, faults and outcomes."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from wechat_scheduler.errors import Reaction

# What a job waits on whose account took its authorisation back, or never gave it.
AUTHORIZATION = "authorization"


class JobKey(NamedTuple):
    """What a job is known by.

    `subject` tells the jobs of one account apart: empty for app-wide kinds, the openid for OAuth2,
    the authorizer's appid for what a third-party platform keeps on an authorizer's behalf.
    """

    appid: str
    kind: str
    subject: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A WeChat appid and its secret.

    `endpoint` is `stable_token` or `token`: where its access_token comes from. Empty means that a
    registration does not care, and the daemon's default holds.
    """

    appid: str
    secret: str = field(repr=False)
    endpoint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One credential that a business system wants kept, and the addresses it offers for it.

    `notify` is told of each rotation, `params` is asked for inputs; empty means none.
    """

    key: JobKey
    notify: str = field(default="", repr=False)
    params: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What one business system, known by the id of its API key, asks for in one request.

    `limited` says that its key does not reach the whole account: it may name the account's secret,
    but not change it.
    """

    account: Account
    owner: str
    tasks: tuple[Task, ...]
    limited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A value that WeChat issued, as stored.

    `answer` is WeChat's whole answer, JSON text. `version` counts rotations of the job from 1, and
    goes on where it was when a job comes back that had been removed.
    `expires_at` is the true expiry; `renew_at` is when the renewal window opens.
    """

    value: str = field(repr=False)
    answer: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    version: int
    issued_at: datetime
    expires_at: datetime
    renew_at: datetime


class Renewal(enum.Enum):
    """How near to its expiry a credential can be renewed."""

    ORDINARY = "ordinary"
    """Any time; a new one is issued at once."""

    LATE = "late"
    """Only in the last 300 s of its life: before, WeChat returns the same one (stable_token)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What an issuer brings back from WeChat.

    `lifetime` is what WeChat says remains; `subject` is the openid or appid that the answer names,
    empty if it names none; `refresh_token` is the one to use next time, empty if there is none;
    `calls` is how often WeChat had to be asked.
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
    """Why the last attempt failed. Shown to callers and operators; never holds a secret."""

    at: datetime
    reaction: Reaction
    message: str
    endpoint: str = ""
    errcode: int | None = None
    rid: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """A value died long before its time, and it was not we who replaced it."""

    at: datetime
    message: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A due job in the hands of the one process that may refresh it now.

    `claim` identifies this very claim. `subject` is the effective one: the key's, or what an answer
    named for a job that was registered without. `version` is the last one that was given out, by
    this job or by an earlier one of its name. `longest` is the longest lifetime WeChat ever gave it.
    `attempts` counts failures in a row; `calls` and `forces` count today's calls to WeChat and how
    many of them forced a new value. `revision` changes with the registration. `suspect` says
    that a consumer reported the stored value as dead; `asks_params` that the registration is new,
    so that `params` knows better than what is stored. `params` stands newest registration first.
    """

    key: JobKey
    claim: str
    account: Account
    credential: Credential | None
    subject: str
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
    """What an attempt cost: calls to WeChat, and when one of them forced a new value, if one did."""

    calls: int = 0
    forced_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """WeChat issued a new value: store it, tell everybody. `contest` if somebody else was first."""

    job: ClaimedJob
    credential: Credential
    subject: str
    longest: timedelta
    due_at: datetime
    spent: Spent
    contest: Contest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """WeChat returned the value we have: no rotation, but expiry and refresh token may be new."""

    job: ClaimedJob
    credential: Credential
    subject: str
    longest: timedelta
    due_at: datetime
    spent: Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Nothing was issued. `waits_on` names the input, or the parent job (`kind/subject`), whose
    arrival wakes it; `seen` is the version of the parent's value that did not do."""

    job: ClaimedJob
    fault: Fault
    due_at: datetime
    spent: Spent
    waits_on: str = ""
    seen: int = 0


Outcome: TypeAlias = Rotated | Repeated | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A job as memory holds it: what may be handed out, or why nothing can be."""

    key: JobKey
    subject: str
    credential: Credential | None
    fault: Fault | None
    due_at: datetime


Inputs: TypeAlias = Mapping[str, str]
