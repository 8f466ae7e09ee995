"""New times that owners write on the page of a reminder, and what it says once they are saved."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.bot.described import starting_at
from wechat_scheduler.reminders.language.delays import delayed
from wechat_scheduler.reminders.language.durations import Length
from wechat_scheduler.reminders.language.parsed import Assumption
from wechat_scheduler.reminders.language.wording import day_of_year, hour_words, moment_words
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.overview import STANDING

SAVED: Final = "saved"
# What is assumed of a new time, by the kinds of Assumption: the address has only these, as others may write it.
_ASSUMED: Final[Mapping[str, str]] = {
    "hour": "没有写几点，按{hour}",
    "half": "没有写上午还是下午，按{hour}",
    "day": "没有写哪一天，按{day}",
    "before": "按{moment}，要提前请写更早的时间",
    "soon": "没有写多久，按{hour}",
}


class MovedError(ConflictError):
    """A reminder is to be put off from a time that it no longer has, as after a form that is sent twice."""

    def __init__(self) -> None:
        super().__init__("the reminder has another time by now", reason=Reason.REMINDER_STATE)


def start_of(reminder: Reminder) -> str:
    """Its time as a form keeps it."""
    return reminder.start.astimezone(UTC).isoformat()


def put_off(reminder: Reminder, length: Length, now: datetime) -> Reminder:
    """The reminder that much later, or if it is over, that long from now. Raises RecurringError for one that repeats
    if another day would be meant, and LanguageError for what is too far away."""
    zone = ZoneInfo(reminder.zone)
    if reminder.state not in STANDING:
        return replace(reminder, start=delayed(now, length, zone), rule="", defer=timedelta(0))
    return starting_at(reminder, delayed(reminder.start, length, zone))


def saved_path(path: str, assumed: Iterable[Assumption]) -> str:
    """The address of the page that says that the change is saved, and what is assumed."""
    return f"{path}?{SAVED}={'.'.join(one.kind for one in assumed) or 'yes'}"


def saved_words(said: str, at: datetime) -> str:
    """What the page at `saved_path` says of a reminder that is sent `at` that time of its zone; empty for the page
    at any other address."""
    if not said:
        return ""
    times = {"hour": hour_words(at), "day": day_of_year(at), "moment": moment_words(at)}
    assumed = [_ASSUMED[kind].format(**times) for kind in said.split(".") if kind in _ASSUMED]
    return "。".join(("已保存", *assumed)) + "。"
