"""The state that the demo shows."""

from datetime import datetime, timedelta
from pathlib import Path

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.demo.journal import JournalEntry
from wechat_scheduler.engine.records import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """URLs, and the file with the daemon's admin key."""

    sandbox: str
    daemon: str
    business: str
    key_file: Path
    token_lifetime: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRow:
    """A job of the daemon, with the value that the business system has of it.

    `version` counts rotations. The instants are None before the first one, and `value` is empty
    before the first of the `notified` notifications.
    """

    key: JobKey
    state: Freshness
    version: int
    issued_at: datetime | None
    expires_at: datetime | None
    value: str = field(repr=False)
    notified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSnapshot:
    """`events` are the newest ones, oldest first. `on_phone` are the events of the last sentence that
    the user wrote. `never_fresh` were in no snapshot fresh."""

    places: Places
    started_at: datetime
    now: datetime
    rows: tuple[CredentialRow, ...]
    events: tuple[JournalEntry, ...]
    on_phone: tuple[JournalEntry, ...]
    tickets: int
    rotations: int
    notifications: int
    failures: int
    never_fresh: tuple[JobKey, ...]

    @property
    def summary(self) -> str:
        return (
            f"{len(self.rows)} credentials, {self.rotations} rotations, "
            f"{self.notifications} notifications, {self.failures} failures"
        )
