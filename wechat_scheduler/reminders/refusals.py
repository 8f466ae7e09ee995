"""Why a reminder cannot be as it was asked for. Each API says so in its own words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason


class ReminderError(InvalidRequestError):
    """A reminder cannot be like that. `field` is named as in the native API (`time`, `text`, `to` are
    the draft's `start`, `detail`, `people`)."""


class PastError(ReminderError):
    """It would have been due at `at`, which is past. `field` is `time` if the time itself is, else
    `defer`."""

    def __init__(self, at: datetime, zone: ZoneInfo, *, field: str) -> None:
        super().__init__(
            f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S%z} is past",
            reason=Reason.TIME_PAST,
            field=field,
        )
        self.at = at


class ZoneError(ReminderError):
    """No time zone is called so."""

    def __init__(self, zone: str) -> None:
        super().__init__(f"there is no time zone {zone!r}", field="zone")


class RuleError(ReminderError):
    """The rule cannot be read, fires too often, or never."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reason=Reason.RULE_INVALID, field="rule")
