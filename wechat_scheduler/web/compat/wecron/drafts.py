"""Turns the fields of WeCron's requests into reminders."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from aiohttp import web

from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import InvalidRequestError, UnprocessableError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.model import PeopleChange, Reminder
from wechat_scheduler.reminders.overview import has_rule
from wechat_scheduler.reminders.planning import UNTITLED, as_said, rule_of
from wechat_scheduler.reminders.recurrence.rule import Rule, unmoved
from wechat_scheduler.web.compat.wecron.errors import BLANK, NO_REPEAT, REQUIRED, WeCronError, past
from wechat_scheduler.web.compat.wecron.fields import SECOND, Given, instant
from wechat_scheduler.web.compat.wecron.people import Keeper
from wechat_scheduler.web.compat.wecron.repeat import moved, repeat_of, rule_of_repeat
from wechat_scheduler.web.kit.sentences import read_sentence
from wechat_scheduler.web.kit.services import SERVICES

# The source of reminders that this API makes.
SOURCE: Final = "wecron"

# Participants of a reminder that are shown, and that an owner can let leave.
MOST_SHOWN: Final = 200

_HOUR: Final = 3_600_000  # milliseconds


def drafted(request: web.Request, keeper: Keeper, given: Given) -> Reminder:
    """The new reminder. A past time is refused, also if the reminder is deferred or repeated. Raises
    WeCronError."""
    now = request.app[SERVICES].clock.now()
    parsed = _checked(request, keeper, given)
    start = parsed.time if parsed else instant(given["time"])
    if start <= now:
        raise past(start)
    untitled = Reminder(
        app_id=keeper.app.id,
        source=SOURCE,
        owner=keeper.person.uid,
        title="",
        start=start,
        zone=keeper.zone,
        created_at=now,
    )
    if not given.get("title"):
        given = cast(Given, {name: one for name, one in given.items() if name != "title"})
    return edited(as_said(untitled, parsed) if parsed else untitled, given)


def edited(reminder: Reminder, given: Given) -> Reminder:
    """The reminder with the given fields. Raises WeCronError."""
    return _titled(replace(reminder, **_written(reminder, given), **_timed(reminder, given)))


async def invited(
    request: web.Request, keeper: Keeper, given: Given, owner: str
) -> tuple[str, ...] | None:
    """The uids of the participants that are known by any id and reachable, without the owner. None if
    participants are not given."""
    if "participants" not in given:
        return None
    audience, names = request.app[SERVICES].audience, given["participants"]
    found = await audience.find(keeper.app, names)
    people = [found[name].subscriber for name in names if name in found]
    uids = dict.fromkeys(one.uid for one in people if one.is_reachable)
    return tuple(uid for uid in uids if uid != owner)


async def change_of_owner(
    request: web.Request, keeper: Keeper, given: Given, reminder: Reminder
) -> PeopleChange | None:
    """Those join whom the owner gives, and those leave who are shown and not given. None if participants
    are not given."""
    uids = await invited(request, keeper, given, reminder.owner)
    if uids is None:
        return None
    shown = await request.app[SERVICES].reminders.people(reminder.id, most=MOST_SHOWN)
    return PeopleChange(join=uids, leave=_missing(shown.uids, uids))


async def change_of_guest(
    request: web.Request, keeper: Keeper, given: Given, reminder: Reminder
) -> PeopleChange | None:
    """Those join whom another user gives. They themselves leave, if they are not given."""
    uids = await invited(request, keeper, given, reminder.owner)
    if uids is None:
        return None
    return PeopleChange(join=uids, leave=_missing((keeper.person.uid,), uids))


def _missing(uids: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    staying = {*given}
    return tuple(uid for uid in uids if uid not in staying)


def milliseconds(start: datetime, mark: str) -> int:
    """The time as it was sent. Reminders keep whole seconds, and the mark of a time with a fraction
    holds its milliseconds within the hour. The mark holds while `start` has that minute and second.
    Older marks, of up to three digits, are the milliseconds within the second."""
    seconds = int(start.timestamp()) * SECOND
    if not mark.isdecimal():
        return seconds
    sent = int(mark)
    is_sent = len(mark) <= 3 or sent // SECOND == seconds % _HOUR // SECOND
    return seconds + sent % SECOND if is_sent else seconds


def mark_of(time: int) -> str:
    """The mark that `milliseconds` reads; empty for a time of whole seconds."""
    return f"{time % _HOUR:07}" if time % SECOND else ""


def _checked(request: web.Request, keeper: Keeper, given: Given) -> Parsed | None:
    """The time that the text names, if no time is given. Raises WeCronError."""
    wrong: dict[str, list[str]] = {}
    parsed: Parsed | None = None
    if not (given.get("title") or given.get("desc")):
        wrong["title"] = [BLANK if "title" in given else REQUIRED]
    if "time" not in given:
        parsed, problem = _spoken(request, keeper, given)
        wrong |= {} if parsed else {"time": [problem or REQUIRED]}
    if wrong:
        raise WeCronError(wrong)
    return parsed


def _spoken(request: web.Request, keeper: Keeper, given: Given) -> tuple[Parsed | None, str]:
    """The time in the description, else in the title; or the first problem with one that is named."""
    services, problem = request.app[SERVICES], ""
    for text in filter(None, (given.get("desc"), given.get("title"))):
        try:
            parsed = read_sentence(
                text,
                field="",
                now=services.clock.now(),
                zone=ZoneInfo(keeper.zone),
                shortest=services.reminders.shortest,
            )
        except UnprocessableError as error:
            if not problem and error.reason is not Reason.SENTENCE_NOTHING:
                problem = str(error)
            continue
        return parsed, ""
    return None, problem


def _written(reminder: Reminder, given: Given) -> dict[str, Any]:
    return {
        "title": given.get("title", reminder.title),
        "detail": given.get("desc", reminder.detail),
        "url": given.get("external_url", reminder.url),
        "defer": given.get("defer", reminder.defer),
    }


def _timed(reminder: Reminder, given: Given) -> dict[str, Any]:
    start, mark = reminder.start, reminder.mark
    if "time" in given:
        start, mark = instant(given["time"]), mark_of(given["time"])
    return {"start": start, "mark": mark, "rule": _rule(reminder, given, start)}


def _rule(reminder: Reminder, given: Given, start: datetime) -> str:
    """The rule after a change. A `repeat` that is sent back as it was shown changes nothing, also of
    rules that WeCron cannot express. Rules that it can express continue from the new time."""
    shown, there = repeat_shown(reminder), start.astimezone(ZoneInfo(reminder.zone))
    repeat = given.get("repeat", shown)
    if repeat != shown:
        return _rule_text(lambda: rule_of_repeat(repeat, there))
    if shown and start != reminder.start:
        return _rule_text(lambda: moved(rule_of(reminder.rule), there))
    return reminder.rule if start == reminder.start else unmoved(reminder.rule)


def repeat_shown(reminder: Reminder) -> dict[str, int]:
    """WeCron's `repeat` of a stored reminder: {} as well if its rule cannot be read."""
    return repeat_of(rule_of(reminder.rule)) if has_rule(reminder) else {}


def _rule_text(rule: Callable[[], Rule]) -> str:
    try:
        return str(rule())
    except InvalidRequestError as error:
        raise WeCronError({"repeat": [NO_REPEAT]}) from error


def _titled(reminder: Reminder) -> Reminder:
    if reminder.title:
        return reminder
    if not reminder.detail:
        raise WeCronError({"title": [BLANK]})
    return replace(reminder, title=UNTITLED)
