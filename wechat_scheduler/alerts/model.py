"""The nouns of the room: conditions, alerts and news."""

import enum
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.engine.records import dataclass

# After its end an alert is kept this long.
KEPT: Final = timedelta(days=90)


class Severity(enum.StrEnum):
    WARNING = "warning"
    """A person has time: nothing is lost yet."""

    CRITICAL = "critical"
    """Something fails already, or will within the hour."""


class AlertState(enum.StrEnum):
    PENDING = "pending"
    """Seen, but not for long enough to disturb a person. Not shown."""

    FIRING = "firing"
    CLEARED = "cleared"


class AlertKey(NamedTuple):
    """What an alert is about: at most one is open for each. `node` is the host of the daemon that alone can
    see it, empty for what stands in the store."""

    rule: AlertRule
    subject: str
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that is wrong at this moment. `appid` and `kind` say which API keys may see it, empty if it
    is about no account, or about no one kind of credential. It fires once it has lasted for `lasts`. `text` says
    what is wrong, `advice` what to do."""

    key: AlertKey
    appid: str = ""
    kind: str = ""
    severity: Severity
    text: str
    advice: str
    lasts: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A condition that was seen. `since` is when it was first seen, `fired_at` when it had lasted for long
    enough, `changed_at` when its text changed last after that, `gone_at` since when it is not seen any more, and
    `cleared_at` when it was over.

    `told_at` is the last message about it, and `told_severity` what that said. No reminder is sent before
    `muted_until`. `times` is 1, and one more than that of the alert before if its condition came back
    soon. `version` grows with each change.
    """

    id: int
    rule: AlertRule
    subject: str
    node: str = ""
    appid: str = ""
    kind: str = ""
    severity: Severity
    text: str
    advice: str
    since: datetime
    fired_at: datetime | None = None
    told_at: datetime | None = None
    told_severity: str = ""
    gone_at: datetime | None = None
    cleared_at: datetime | None = None
    muted_until: datetime | None = None
    changed_at: datetime | None = None
    times: int = 1
    version: int = 0

    @property
    def key(self) -> AlertKey:
        return AlertKey(self.rule, self.subject, self.node)

    @property
    def state(self) -> AlertState:
        if self.cleared_at is not None:
            return AlertState.CLEARED
        return AlertState.PENDING if self.fired_at is None else AlertState.FIRING


class NewsKind(enum.StrEnum):
    """What a message says of an alert."""

    FIRES = "fires"
    WORSENS = "worsens"
    REMINDS = "reminds"
    CLEARS = "clears"
    TEST = "test"


class News(NamedTuple):
    kind: NewsKind
    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`changed` are the alerts to store, new ones with the version 0; `dropped` the pending ones that came to
    nothing; `news` is what to tell of them."""

    changed: tuple[Alert, ...] = ()
    dropped: tuple[Alert, ...] = ()
    news: tuple[News, ...] = ()
