"""The views of jobs for operators."""

from datetime import datetime
from typing import Required, TypedDict

from wechat_scheduler.credentials.model import Contest, Fault, JobKey
from wechat_scheduler.engine.records import dataclass, field


class JobFilter(TypedDict, total=False):
    """Selects at most `limit` jobs, from the one after `after`; a field that is left out or empty
    selects all."""

    appid: str
    kind: str
    subject: str
    after: JobKey | None
    limit: Required[int]


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
    """Everything about a job but its secrets. `suspect`: its value was reported as dead."""

    key: JobKey
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
