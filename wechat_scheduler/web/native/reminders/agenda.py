"""Lists what is sent within a span of time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.agenda import AgendaPlace, Ring
from wechat_scheduler.reminders.model import JoinedPeople
from wechat_scheduler.reminders.ports import RingSpan
from wechat_scheduler.reminders.recurrence.rule import unmoved
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.ids import REMINDER_ID
from wechat_scheduler.web.kit.query import instant_of, limit_of, link_to, no_place
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.reminders.bodies import receivers
from wechat_scheduler.web.native.reminders.details import names_of
from wechat_scheduler.web.native.reminders.scopes import scope_of
from wechat_scheduler.web.native.route import APP, LINK, PAGED, UID, NativeRoute, query

_DAY: Final = timedelta(days=1)
# The lunar tables end in 2100.
YEARS: Final = range(1970, 2100)
LONGEST_SPAN: Final = timedelta(days=31)
# Users that are shown of each reminder.
LISTED_PEOPLE: Final = 20


class RingResult(msgspec.Struct, kw_only=True):
    """The reminder `id` is sent at `at`, in its zone. `rule` is null for a reminder that is due once. `to` has its
    topics and the first 20 of those who joined; `joined` counts all of them; `names` are as in the list of reminders."""

    at: datetime
    id: str
    app: int
    title: str
    rule: str | None
    zone: str
    owner: str
    to: list[int | str]
    joined: int
    names: dict[str, str]


class AgendaResult(msgspec.Struct, kw_only=True):
    """`rings` are in the order of time. `after` names the next page, and is empty on the last. `complete` is false
    if more reminders recur than a page looks at: then some are missing, and `app` or `uid` shows fewer."""

    since: datetime
    until: datetime
    rings: list[RingResult]
    after: str
    complete: bool


async def listed(request: web.Request) -> web.Response:
    limit, span = limit_of(request), await _span(request)
    services = request.app[SERVICES]
    agenda = await services.agenda.page(span, after=_after(request, span), limit=limit)
    reminders = {ring.reminder.id: ring.reminder for ring in agenda.rings}
    found = await services.reminders.people_of(list(reminders), most=LISTED_PEOPLE)
    joined = {one: found.get(one, JoinedPeople()) for one in reminders}
    named = await names_of(request, [(reminders[one], joined[one]) for one in reminders])
    names = dict(zip(reminders, named, strict=True))
    result = AgendaResult(
        since=span.since,
        until=span.until,
        rings=[
            _result(ring, joined[ring.reminder.id], names[ring.reminder.id])
            for ring in agenda.rings
        ],
        after=_text(agenda.after) if agenda.after else "",
        complete=agenda.is_whole,
    )
    return envelope.success(result, headers=_link(request, result))


def _result(ring: Ring, people: JoinedPeople, names: Mapping[str, str]) -> RingResult:
    reminder = ring.reminder
    return envelope.result_of(
        RingResult,
        reminder,
        at=ring.at.astimezone(ZoneInfo(reminder.zone)),
        app=reminder.app_id,
        rule=_rule_at(ring) or None,
        to=receivers(reminder, people),
        joined=people.number,
        names=dict(names),
    )


def _rule_at(ring: Ring) -> str:
    """The rule; of a ring behind the occurrence that was moved alone without that."""
    reminder = ring.reminder
    is_next = ring.at == reminder.start + reminder.defer
    return reminder.rule if is_next else unmoved(reminder.rule)


def _link(request: web.Request, result: AgendaResult) -> dict[str, str]:
    if not result.after:
        return {}
    since, until = _utc(result.since), _utc(result.until)
    return link_to(request, since=since, until=until, after=result.after)


async def _span(request: web.Request) -> RingSpan:
    since = _moment(request, "since") or request.app[SERVICES].clock.now()
    until = _moment(request, "until") or since + _DAY
    if not timedelta(0) < until - since <= LONGEST_SPAN:
        raise InvalidRequestError(
            f"must be later than since, by {LONGEST_SPAN.days} days at the most", field="until"
        )
    return RingSpan(since, until, await scope_of(request))


def _moment(request: web.Request, name: str) -> datetime | None:
    at = instant_of(request, name)
    if at is not None and at.year not in YEARS:
        raise InvalidRequestError(
            f"must be a time in the years {YEARS[0]} to {YEARS[-1]}", field=name
        )
    return at


def _after(request: web.Request, span: RingSpan) -> AgendaPlace:
    text = request.query.get("after", "")
    stamp, _, reminder_id = text.partition("_")
    at = _read(stamp) if text else span.since
    if at is None or at >= span.until or (reminder_id and not REMINDER_ID.fullmatch(reminder_id)):
        raise no_place()
    return AgendaPlace(at, reminder_id)


def _read(text: str) -> datetime | None:
    """None for anything but a time with an offset, within the years that rules know."""
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # an unescaped plus
    except ValueError:
        return None
    return at if at.tzinfo and at.year in YEARS else None


def _text(place: AgendaPlace) -> str:
    return f"{_utc(place.at)}_{place.id}"


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


_TIME: Final = {"type": "string", "format": "date-time"}
ROUTES = (
    NativeRoute(
        "GET", "/v1/reminders/agenda", listed, Scope.PUSH,
        "Lists what is sent within a span of time, with each time that a reminder recurs.",
        result=AgendaResult,
        takes=(
            query("since", "The beginning: a time with an offset; without it, now.", _TIME),
            query("until", "The end, at most 31 days later; without it, a day later.", _TIME),
            APP, UID, *PAGED,
        ),
        gives=LINK, errors=(404,),
    ),
)  # fmt: skip
