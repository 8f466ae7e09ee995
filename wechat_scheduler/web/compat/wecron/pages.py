"""The pages of WeCron's list, by time: ten reminders each, from today on, and backwards.

A cursor is opaque to callers. It names a position between two reminders: an instant, the number of
reminders at that instant before the position, and whether the page ends or begins there.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from wechat_scheduler.engine.clock import EPOCH
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.web.compat.wecron.errors import CursorError

PAGE: Final = 10
# Reminders of one user at the same instant that are looked at.
CROWD: Final = 1000

_MOMENT: Final = timedelta(microseconds=1)
_CURSOR = re.compile(rb"p=(-?\d{1,17})&o=(\d{1,4})&r=([01])")


class Position(NamedTuple):
    """Between two reminders: after `skip` of those that start `at` this instant."""

    at: datetime
    skip: int = 0
    backwards: bool = False


class ListPage(NamedTuple):
    """The reminders of a page, and the positions of the next and the previous page."""

    reminders: Sequence[Reminder]
    next: Position | None
    previous: Position | None


def today(now: datetime, zone: str) -> Position:
    """The position of the first page: midnight in the user's time zone."""
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Position(midnight.astimezone(UTC))


async def page_at(desk: ReminderDesk, uid: str, place: Position) -> ListPage:
    if place.backwards:
        return await _page_before(desk, uid, place)
    found = await desk.of_person(uid, since=place.at, offset=place.skip, limit=PAGE + 1)
    shown, rest = found[:PAGE], found[PAGE:]
    following = (await _place(desk, uid, rest[0]))._replace(backwards=False) if rest else None
    back = place._replace(backwards=True)
    return ListPage(shown, following, back if await _before(desk, uid, back, 1) else None)


async def _page_before(desk: ReminderDesk, uid: str, place: Position) -> ListPage:
    found = await _before(desk, uid, place, PAGE + 1)
    rest, shown = found[:-PAGE], found[-PAGE:]
    previous = await _place(desk, uid, shown[0]) if rest else None
    return ListPage(shown, place._replace(backwards=False), previous)


def cursor(place: Position) -> str:
    micros = (place.at - EPOCH) // _MOMENT
    text = f"p={micros}&o={place.skip}&r={int(place.backwards)}"
    return urlsafe_b64encode(text.encode()).decode()


def place_of(text: str) -> Position:
    """Raises CursorError."""
    try:
        found = _CURSOR.fullmatch(urlsafe_b64decode(text))
        if found is None:
            raise ValueError(text)
        at = EPOCH + int(found[1]) * _MOMENT
    except (ValueError, OverflowError) as error:
        raise CursorError("not a cursor of ours", reason=Reason.ROUTE_UNKNOWN) from error
    return Position(at, int(found[2]), found[3] == b"1")


async def _before(desk: ReminderDesk, uid: str, place: Position, most: int) -> list[Reminder]:
    """The last reminders before a position, the oldest first."""
    same: Sequence[Reminder] = ()
    if place.skip:
        same = await desk.of_person(
            uid,
            since=place.at,
            until=place.at + _MOMENT,
            offset=max(0, place.skip - most),
            limit=min(place.skip, most),
        )
    earlier: Sequence[Reminder] = ()
    if len(same) < most:
        left = most - len(same)
        earlier = await desk.of_person(uid, until=place.at, newest_first=True, limit=left)
    return [*reversed(earlier), *same]


async def _place(desk: ReminderDesk, uid: str, reminder: Reminder) -> Position:
    """The end of the page before this reminder."""
    at = reminder.start
    same = await desk.of_person(uid, since=at, until=at + _MOMENT, limit=CROWD)
    skip = next((number for number, one in enumerate(same) if one.id == reminder.id), 0)
    return Position(at, skip, backwards=True)
