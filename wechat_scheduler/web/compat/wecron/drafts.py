"""From what WeCron's API is told to what the desk of reminders takes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from aiohttp import web

from wechat_scheduler.errors import InvalidRequestError, UnprocessableError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.planning import UNTITLED, as_said, rule_of
from wechat_scheduler.reminders.recurrence.rule import Rule
from wechat_scheduler.web.compat.wecron.errors import BLANK, NO_REPEAT, REQUIRED, WeCronError, past
from wechat_scheduler.web.compat.wecron.fields import SECOND, Given, instant
from wechat_scheduler.web.compat.wecron.people import Keeper
from wechat_scheduler.web.compat.wecron.repeat import moved, repeat_of, rule_of_repeat
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.spoken import heard

# Marks the reminders that this API made.
SOURCE: Final = "wecron"

_HOUR: Final = 3_600_000  # milliseconds


def drafted(request: web.Request, keeper: Keeper, given: Given) -> Reminder:
    """Raises WeCronError. A time that is past is refused, however it is deferred or repeated."""
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
    return _titled(_timed(_written(reminder, given), given))


async def invited(
    request: web.Request, keeper: Keeper, given: Given, owner: str
) -> tuple[str, ...] | None:
    """The uids of the participants who are known, by any id, and can be reached; the owner is none of
    them. None if participants are not given."""
    if "participants" not in given:
        return None
    audience, names = request.app[SERVICES].audience, given["participants"]
    found = await audience.find(keeper.app, names)
    people = [
        found[name].subscriber
        if name in found
        else await audience.by_openid(keeper.app, name)  # WeCron's own ids are openids
        for name in names
    ]
    uids = dict.fromkeys(one.uid for one in people if one and one.is_reachable)
    return tuple(uid for uid in uids if uid != owner)


def milliseconds(start: datetime, mark: str) -> int:
    """The time as it was sent. Reminders keep whole seconds; the mark of a time that has more holds
    its milliseconds within the hour, and counts as long as `start` is at that minute and second.
    Marks of up to three digits, from before, are the milliseconds within the second."""
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
    """What the text says of the time, where no time is given. Raises WeCronError."""
    wrong: dict[str, list[str]] = {}
    parsed: Parsed | None = None
    if not (given.get("title") or given.get("desc")):
        wrong["title"] = [BLANK if "title" in given else REQUIRED]
    if "time" not in given:
        parsed, why = _spoken(request, keeper, given)
        wrong |= {} if parsed else {"time": [why]}
    if wrong:
        raise WeCronError(wrong)
    return parsed


def _spoken(request: web.Request, keeper: Keeper, given: Given) -> tuple[Parsed | None, str]:
    """From the description, else from the title; or why neither is a time."""
    services, why = request.app[SERVICES], REQUIRED
    for text in filter(None, (given.get("desc"), given.get("title"))):
        try:
            parsed = heard(
                text,
                field="",
                now=services.clock.now(),
                zone=ZoneInfo(keeper.zone),
                shortest=services.reminders.shortest,
            )
        except UnprocessableError as error:
            if why == REQUIRED and error.reason != Reason.SENTENCE_NOTHING:
                why = str(error)
            continue
        return parsed, ""
    return None, why


def _written(reminder: Reminder, given: Given) -> Reminder:
    return replace(
        reminder,
        title=given.get("title", reminder.title),
        detail=given.get("desc", reminder.detail),
        url=given.get("external_url", reminder.url),
        defer=given.get("defer", reminder.defer),
    )


def _timed(reminder: Reminder, given: Given) -> Reminder:
    start, mark = reminder.start, reminder.mark
    if "time" in given:
        start, mark = instant(given["time"]), mark_of(given["time"])
    return replace(reminder, start=start, mark=mark, rule=_rule(reminder, given, start))


def _rule(reminder: Reminder, given: Given, start: datetime) -> str:
    """What is sent back as it was shown changes nothing, even of rules that WeCron cannot say; a
    repetition that it can say goes on from another time."""
    rule = rule_of(reminder.rule)
    shown, there = repeat_of(rule), start.astimezone(ZoneInfo(reminder.zone))
    repeat = given.get("repeat", shown)
    if repeat != shown:
        return _written_out(lambda: rule_of_repeat(repeat, there))
    if shown and start != reminder.start:
        return _written_out(lambda: moved(rule, there))
    return reminder.rule


def _written_out(rule: Callable[[], Rule]) -> str:
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
