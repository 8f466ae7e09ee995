"""Makes reminders and edits of the bodies that ask for them."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from aiohttp import web
from msgspec import UNSET

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.filling import require_template
from wechat_scheduler.delivery.mappings import REMINDER
from wechat_scheduler.delivery.model import Way
from wechat_scheduler.delivery.refused_receivers import Refusal
from wechat_scheduler.engine.records import replace
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parsed import Assumption, Parsed
from wechat_scheduler.reminders.model import PeopleChange, Reminder
from wechat_scheduler.reminders.planning import UNTITLED, as_said, check
from wechat_scheduler.web.kit.sentences import read_sentence
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.texts import read_zone
from wechat_scheduler.web.native.reach import reachable_app
from wechat_scheduler.web.native.reminders.bodies import (
    ReminderBody,
    ReminderChange,
    ReminderFields,
    with_body,
)
from wechat_scheduler.web.native.reminders.only_next import only_next
from wechat_scheduler.web.native.sending.message_requests import MOST_RECEIVERS, Receiver

# Marks the reminders that this API made.
SOURCE: Final = "native"


class Wanted(NamedTuple):
    """A reminder, not planned yet, and the uids of the people who join it."""

    reminder: Reminder
    people: tuple[str, ...]
    assumed: Sequence[Assumption] = ()


class Edit(NamedTuple):
    """Changes the stored reminder, and with `people` who joined it."""

    edit: Callable[[Reminder], Reminder]
    assumed: Sequence[Assumption]
    people: PeopleChange | None = None


async def drafted(request: web.Request, body: ReminderBody) -> Wanted:
    """Raises NotFoundError for an app that the key does not reach, and InvalidRequestError or UnprocessableError,
    which tells of each field that is wrong."""
    app, wrong = await reachable_app(request, body.app), WrongFields()
    empty = _empty(request, app)
    parsed, people = None, tuple[str, ...]()
    with wrong:
        parsed = _spoken(request, body, app.zone)
        _check_said(body, parsed)
    with wrong:
        people, topics = await _receivers(request, app, body)
        empty = replace(empty, topics=topics)
        _check(with_body(empty, body), people)
    if wrong:
        with wrong:
            _check_others(request, replace(empty, title=UNTITLED), body, parsed)
        wrong.check()
    reminder = _edited(empty, body, parsed, people)
    require_template(reminder.way, REMINDER, app)
    return Wanted(reminder, people, _assumed(parsed))


def _empty(request: web.Request, app: App) -> Reminder:
    now = request.app[SERVICES].clock.now()
    return Reminder(
        app_id=app.id, source=SOURCE, title="", start=now, zone=app.zone, created_at=now
    )


def _check_others(
    request: web.Request, reminder: Reminder, body: ReminderBody, parsed: Parsed | None
) -> None:
    """Raises ReminderError for what is wrong with the other fields of a body that is refused."""
    others = with_body(as_said(reminder, parsed) if parsed else reminder, body)
    if parsed or body.time is not UNSET:
        request.app[SERVICES].reminders.plan(others)
    else:
        check(others)


def _check_said(body: ReminderBody, parsed: Parsed | None) -> None:
    """Raises InvalidRequestError for a reminder without a time or a title."""
    if parsed is None and body.time is UNSET:
        raise InvalidRequestError("give a time, or say when", field="time")
    if body.title is UNSET and not parsed:
        raise InvalidRequestError("is required", field="title")
    if body.title is UNSET and parsed and not parsed.title:
        raise InvalidRequestError(
            "the sentence says when, but not what to be reminded of; add it, or give a title",
            field="when",
        )


async def edited(request: web.Request, body: ReminderChange, reminder: Reminder) -> Edit:
    """Raises as `drafted`; so does the edit, and ConflictError."""
    now, desk = request.app[SERVICES].clock.now(), request.app[SERVICES].reminders
    if body.only_next and reminder.rule:
        return Edit(*only_next(body, reminder, now=now))
    parsed = _spoken(request, body, reminder.zone)
    if body.channel is not UNSET:
        require_template(Way(body.channel), REMINDER, await reachable_app(request, reminder.app_id))
    if body.to is UNSET:
        joined = await desk.people(reminder.id, most=1)
        return Edit(lambda stored: _edited(stored, body, parsed, joined.uids), _assumed(parsed))
    people, topics = await _receivers(request, await reachable_app(request, reminder.app_id), body)
    staying = {*people}
    leaving = [uid for uid in await desk.named(reminder.id) if uid not in staying]
    return Edit(
        lambda stored: _edited(replace(stored, topics=topics), body, parsed, people),
        _assumed(parsed),
        PeopleChange(join=people, leave=tuple(leaving)),
    )


def _assumed(parsed: Parsed | None) -> Sequence[Assumption]:
    return parsed.assumed if parsed else ()


def _edited(
    reminder: Reminder, body: ReminderFields, parsed: Parsed | None, people: Sequence[str]
) -> Reminder:
    """The body's fields, and from its sentence those that the body leaves out."""
    changed = with_body(as_said(reminder, parsed) if parsed else reminder, body)
    _check(changed, people)
    return changed


def _spoken(request: web.Request, body: ReminderFields, zone: str) -> Parsed | None:
    """What `when` says, read in the reminder's zone."""
    if body.when is UNSET:
        return None
    if body.time is not UNSET:
        raise InvalidRequestError("give either a time or when", field="when")
    services = request.app[SERVICES]
    name = zone if body.zone is UNSET else read_zone(body.zone, "zone")
    return read_sentence(
        body.when,
        field="when",
        now=services.clock.now(),
        zone=ZoneInfo(name),
        shortest=services.reminders.shortest,
    )


def _check(reminder: Reminder, people: Sequence[str]) -> None:
    is_webhook = reminder.way is Way.WEBHOOK
    has_receivers = bool(reminder.owner or people or reminder.topics)
    if is_webhook and has_receivers:
        raise InvalidRequestError("a webhook goes to the app's callback", field="to")
    if not is_webhook and not has_receivers:
        raise InvalidRequestError("name who is to be reminded", field="to")


async def _receivers(
    request: web.Request, app: App, body: ReminderFields
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The uids and the topics that `to` names. Raises InvalidRequestError, which tells of each unknown one."""
    to = [] if body.to is UNSET else body.to
    if len(to) > MOST_RECEIVERS:
        raise InvalidRequestError(f"must not name more than {MOST_RECEIVERS}", field="to")
    # PostgreSQL compares no text that has a NUL.
    names = [one for one in to if isinstance(one, str) and one != EVERYONE and "\0" not in one]
    people = await _people(request, app, names)
    topics = await _topics(request, app, to)
    wrong = WrongFields()
    for number, one in enumerate(to):
        if one not in people and one not in topics:
            said, reason = Refusal.UNKNOWN_USER.sentence, Reason.RECEIVER_UNKNOWN
            wrong.add(InvalidRequestError(said, reason=reason, field=f"to[{number}]"))
    wrong.check()
    found = (people.get(one) for one in to)
    return (
        tuple(dict.fromkeys(filter(None, found))),
        tuple(dict.fromkeys(topics[one] for one in to if one in topics)),
    )


async def _people(request: web.Request, app: App, names: list[str]) -> dict[Receiver, str]:
    found = await request.app[SERVICES].audience.find(app, names)
    return {name: one.subscriber.uid for name, one in found.items()}


async def _topics(request: web.Request, app: App, to: list[Receiver]) -> dict[Receiver, int]:
    topics: dict[Receiver, int] = {EVERYONE: 0}
    if any(isinstance(one, int) for one in to):
        topics |= {
            topic.id: topic.id for topic in await request.app[SERVICES].audience.topics.of_app(app)
        }
    return topics
