"""The views of jobs for operators."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Required, TypedDict

from wechat_scheduler.credentials.model import Contest, Fault, JobKey
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.reasons import Reaction

ANY_ERROR: Final = "any"


class JobFilter(TypedDict, total=False):
    """Selects jobs; a field that is left out or empty selects all.

    `own` jobs have no subject. `owner` has registered them, perhaps as others have. `search` is the beginning of an appid or a subject, or in the name of an account, in any case. `state` (a
    `policy.Freshness`) and `contested` (as in `policy.recent_contest`) hold at `now`. `error` is the reaction to the
    last attempt if it failed, or ANY_ERROR; `errcode` is what WeChat answered to it.
    """

    appid: str
    kind: str
    subject: str
    own: bool
    owner: str
    search: str
    state: str
    error: str
    errcode: int | None
    contested: bool
    now: datetime


class JobPage(JobFilter, total=False):
    """Selects at most `limit` jobs, from the one after `after`."""

    after: JobKey | None
    limit: Required[int]


class AccountPage(TypedDict, total=False):
    """Selects at most `limit` accounts, from the one after `after`; only those of `appids`, or all if that is None, and
    of those, if `kinds` are named, the ones with a job of these, their own or one that a platform has for them."""

    appids: Sequence[str] | None
    kinds: Sequence[str]
    after: str
    limit: Required[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account, a platform, or an account that authorised one. `name` is what people call it, empty if they gave it
    none; `kept` is whether a credential is kept for it."""

    appid: str
    name: str
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCounts:
    """The number of jobs by `policy.Freshness`, and of those that failed in each way or are contested."""

    states: Mapping[str, int]
    errors: Mapping[Reaction, int]
    contested: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One business system's registration of a job, and the state of its last notification."""

    owner: str
    notify: str = field(repr=False)
    params: str = field(repr=False)
    state: str
    version: int
    attempts: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """Everything about a job but its secrets. `suspect`: its value was reported as dead. `name` is what people call the
    account, `subject_name` what they call the account that is the subject."""

    key: JobKey
    name: str = ""
    subject_name: str = ""
    version: int
    issued_at: datetime | None
    expires_at: datetime | None
    renew_at: datetime | None
    due_at: datetime
    claimed: bool
    suspect: bool
    attempts: int
    calls: int
    waits_on: str
    fault: Fault | None
    contest: Contest | None
    receivers: tuple[Receiver, ...]
