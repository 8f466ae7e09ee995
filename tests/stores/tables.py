"""What the stores in memory share, as those in SQL share a database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from wechat_scheduler.credentials.model import Account, Contest, Credential, Fault, JobKey
from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.errors import StorageError


@dataclass(slots=True, kw_only=True)
class Job:
    key: JobKey
    subject: str
    version: int
    due_at: datetime
    credential: Credential | None = None
    longest: timedelta = timedelta(0)
    claimed_by: str = ""
    attempts: int = 0
    day: date = date.min
    calls: int = 0
    forces: int = 0
    forced_at: datetime | None = None
    fault: Fault | None = None
    contest: Contest | None = None
    waits_on: str = ""
    revision: int = 1
    suspect: bool = False
    asks_params: bool = True

    def hasten(self, now: datetime) -> None:
        """Due now; a claimed one when its claim runs out, as before."""
        if not self.claimed_by:
            self.due_at = min(self.due_at, now)

    def change(self, now: datetime) -> None:
        """Its registration says something new."""
        self.hasten(now)
        self.revision += 1
        self.waits_on = ""
        self.attempts = 0


@dataclass(slots=True, kw_only=True)
class Interest:
    """What one owner registered for one job."""

    notify: str
    params: str
    changed_at: datetime


@dataclass(slots=True, kw_only=True)
class NoticeRow:
    """The outbox row of one owner and job: a newer notice takes the place of an older one."""

    id: int
    target: str
    due_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    version: int = 0
    attempts: int = 0
    error: str = ""
    claimed_by: str = ""


@dataclass(slots=True)
class Tables:
    """`down` makes every store on them raise StorageError, and change nothing."""

    accounts: dict[str, Account] = field(default_factory=dict)
    last_versions: dict[str, int] = field(default_factory=dict)
    jobs: dict[JobKey, Job] = field(default_factory=dict)
    interests: dict[tuple[JobKey, str], Interest] = field(default_factory=dict)
    pushes: dict[tuple[str, str], dict[datetime, str]] = field(default_factory=dict)
    listening: set[str] = field(default_factory=set)
    earlier: dict[JobKey, list[str]] = field(default_factory=dict)
    notices: dict[str, NoticeRow] = field(default_factory=dict)
    down: bool = False
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def reach(self) -> None:
        if self.down:
            raise StorageError("the tables are down")

    def owners(self, key: JobKey) -> dict[str, Interest]:
        return {owner: found for (job, owner), found in self.interests.items() if job == key}

    def params(self, key: JobKey) -> tuple[str, ...]:
        """Newest registration first, each address once."""
        owners = sorted(self.owners(key).items())
        owners.sort(key=lambda item: item[1].changed_at, reverse=True)
        return tuple(dict.fromkeys(found.params for _, found in owners if found.params))

    def put_notice(self, key: JobKey, owner: str, now: datetime) -> None:
        """Whoever is sending an older one keeps its claim, so that neither overtakes the other."""
        target = notice_target(key, owner)
        notice = NoticeRow(id=next(self._ids), target=target, due_at=now)
        before = self.notices.get(target)
        if before is not None and before.claimed_by:
            notice.claimed_by, notice.due_at = before.claimed_by, before.due_at
        self.notices[target] = notice

    def cancel_notice(self, key: JobKey, owner: str) -> None:
        notice = self.notices.get(notice_target(key, owner))
        if notice is not None and notice.state is DeliveryState.PENDING:
            notice.state = DeliveryState.CANCELLED


def notice_target(key: JobKey, owner: str) -> str:
    return "/".join((*key, owner))


def notice_receiver(target: str) -> tuple[JobKey, str]:
    appid, kind, subject, owner = target.split("/")
    return JobKey(appid, kind, subject), owner
