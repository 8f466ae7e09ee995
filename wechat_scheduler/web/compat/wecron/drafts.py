"""From what WeCron's API is told to what the desk of reminders takes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from aiohttp import web

from wechat_scheduler.errors import InvalidRequestError, UnprocessableError
from wechat_scheduler.reminders.language.parse import Parsed
from wechat_scheduler.reminders.language.problem import Reason
from wechat_scheduler.reminders.planning import Draft, rule_of
from wechat_scheduler.reminders.recurrence import Rule
from wechat_scheduler.web.compat.wecron.errors import BLANK, NO_REPEAT, REQUIRED, RefusedError, past
from wechat_scheduler.web.compat.wecron.fields import SECOND, Given, instant
from wechat_scheduler.web.compat.wecron.people import Keeper
from wechat_scheduler.web.compat.wecron.repeat import moved, repeat_of, rule_of_repeat
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.spoken import heard

UNTITLED: Final = "闹钟"
# Marks the reminders that this API made.
SOURCE: Final = "wecron"

_HOUR: Final = 3_600_000  # milliseconds


async def drafted(request: web.Request, keeper: Keeper, given: Given) -> Draft:
    """Raises RefusedError. A time that is past is refused, however it is deferred or repeated."""
    now = request.app[SERVICES].clock.now()
    parsed = _checked(request, keeper, given)
    start = parsed.time if parsed else instant(given["time"])
    if start <= now:
        raise past(start)
    said: dict[str, Any] = {"rule": parsed.rule if parsed else "", "title": ""}
    if parsed:
        said |= {"title": parsed.title, "defer": -(parsed.advance or timedelta(0))}
    draft = Draft(**said, start=start, zone=keeper.zone, owner=keeper.person.uid)
    if not given.get("title"):
        given = cast(Given, {name: one for name, one in given.items() if name != "title"})
    return (await edited(request, keeper, given))(draft)


async def edited(request: web.Request, keeper: Keeper, given: Given) -> Callable[[Draft], Draft]:
    """What the fields change, whatever the reminder is by then. The edit raises RefusedError."""
    invited = await _invited(request, keeper, given)

    def edit(draft: Draft) -> Draft:
        changes = _written(given) | _timed(given, draft)
        if invited is not None:
            changes["people"] = tuple(uid for uid in invited if uid != draft.owner)
        return _titled(replace(draft, **changes))

    return edit


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
    """What the text says of the time, where no time is given. Raises RefusedError."""
    wrong: dict[str, list[str]] = {}
    parsed: Parsed | None = None
    if not (given.get("title") or given.get("desc")):
        wrong["title"] = [BLANK if "title" in given else REQUIRED]
    if "time" not in given:
        parsed, why = _spoken(request, keeper, given)
        wrong |= {} if parsed else {"time": [why]}
    if wrong:
        raise RefusedError(wrong)
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
            if why == REQUIRED and error.reason != Reason.NOTHING:
                why = str(error)
            continue
        return parsed, ""
    return None, why


async def _invited(request: web.Request, keeper: Keeper, given: Given) -> tuple[str, ...] | None:
    """Who of the participants is known, by whichever id, and can be reached."""
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
    return tuple(dict.fromkeys(one.uid for one in people if one and one.is_reachable))


def _written(given: Given) -> dict[str, Any]:
    names = {"title": "title", "desc": "detail", "external_url": "url", "defer": "defer"}
    return {names[theirs]: value for theirs, value in given.items() if theirs in names}


def _timed(given: Given, draft: Draft) -> dict[str, Any]:
    """What is sent back as it was shown changes nothing, even of rules that WeCron cannot say; a
    repetition that it can say goes on from another time."""
    changes: dict[str, Any] = {}
    start, rule = draft.start, rule_of(draft.rule)
    shown = repeat_of(rule)
    if "time" in given:
        start = instant(given["time"])
        changes = {"start": start, "mark": mark_of(given["time"])}
    repeat, there = given.get("repeat", shown), start.astimezone(ZoneInfo(draft.zone))
    if repeat != shown:
        changes["rule"] = _written_out(lambda: rule_of_repeat(repeat, there))
    elif shown and start != draft.start:
        changes["rule"] = _written_out(lambda: moved(rule, there))
    return changes


def _written_out(rule: Callable[[], Rule]) -> str:
    try:
        return str(rule())
    except InvalidRequestError as error:
        raise RefusedError({"repeat": [NO_REPEAT]}) from error


def _titled(draft: Draft) -> Draft:
    if draft.title:
        return draft
    if not draft.detail:
        raise RefusedError({"title": [BLANK]})
    return replace(draft, title=UNTITLED)
