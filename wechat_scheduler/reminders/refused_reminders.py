"""The errors of a reminder that cannot be made as asked for.

Those of a sentence that cannot be read are in `language/refused_sentences.py`.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.reasons import Reason


class ReminderError(InvalidRequestError):
    """A reminder has a wrong field. `field` is its name in the native API (`time`, `text` and `to` are
    `start`, `detail` and those who join)."""


class PastError(ReminderError):
    """The reminder would have been due at `at`, in the past. `field` is `time` if the time itself is past,
    else `defer`."""

    def __init__(self, at: datetime, zone: ZoneInfo, *, field: str) -> None:
        super().__init__(
            f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S%z} is past",
            reason=Reason.TIME_PAST,
            field=field,
        )
        self.at = at


class ZoneError(ReminderError):
    """There is no time zone of that name."""

    def __init__(self, zone: str) -> None:
        super().__init__(f"there is no time zone {zone!r}", field="zone")


class RuleError(ReminderError):
    """The rule cannot be read, fires too often, or never."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reason=Reason.RULE_INVALID, field="rule")


class OnlyNextError(ReminderError):
    """Only the next occurrence is to be moved, and what is asked for would change the others too."""

    def __init__(self, message: str, *, field: str = "time") -> None:
        super().__init__(message, reason=Reason.REMINDER_ONLY_NEXT, field=field)


class DamagedRuleError(RequestError):
    """The stored rule cannot be read."""

    status = 500

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"the stored one cannot be read: {error}; give the reminder another",
            reason=Reason.ROW_DAMAGED,
            field="rule",
        )
