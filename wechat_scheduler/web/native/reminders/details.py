"""Reads what lists say of reminders beside their own rows: names, and what became of what was sent last."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from wechat_scheduler.audience.names import AppPerson
from wechat_scheduler.reminders.model import JoinedPeople, Reminder
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.reminders.bodies import ReminderDetails, reminder_details


async def names_of(
    request: web.Request, reminders: Sequence[tuple[Reminder, JoinedPeople]]
) -> Sequence[Mapping[str, str]]:
    """For each reminder the names of its owner, of the given people and of its topics, by uid and by id."""
    desk = request.app[SERVICES].audience
    listed = [_people(reminder, people) for reminder, people in reminders]
    people = await desk.called({one for some in listed for one in some})
    topics = await desk.topics_called(
        {topic for one, _ in reminders for topic in one.topics if topic}
    )
    return [
        {one.uid: people[one] for one in some if one in people}
        | {str(topic): topics[topic] for topic in reminder.topics if topic in topics}
        for (reminder, _), some in zip(reminders, listed, strict=True)
    ]


async def detailed(
    request: web.Request, reminders: Sequence[tuple[Reminder, JoinedPeople]]
) -> list[ReminderDetails]:
    sent = [one.id for one, _ in reminders if one.last_at]
    counts = await request.app[SERVICES].deliveries.sent_last(sent)
    names = await names_of(request, reminders)
    return [
        reminder_details(one, people, called, counts.get(one.id, {}))
        for (one, people), called in zip(reminders, names, strict=True)
    ]


def _people(reminder: Reminder, people: JoinedPeople) -> Sequence[AppPerson]:
    return [AppPerson(reminder.app_id, uid) for uid in (reminder.owner, *people.uids) if uid]
