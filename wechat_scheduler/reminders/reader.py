"""Reads reminders, and who joined them."""

from collections.abc import Mapping, Sequence
from typing import Unpack

from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.model import JoinedPeople, Reminder
from wechat_scheduler.reminders.planning import MOST_PEOPLE
from wechat_scheduler.reminders.ports import Reminders, ReminderSpan


class ReminderReader:
    """Reads reminders and the users who joined them. Methods raise NotFoundError and StorageError."""

    def __init__(self, store: Reminders) -> None:
        self._store = store

    async def reminder(self, reminder_id: str) -> Reminder:
        reminder = await self._store.reminder(reminder_id)
        if reminder is None:
            raise no_reminder(reminder_id)
        return reminder

    async def people(self, reminder_id: str, *, most: int = MOST_PEOPLE) -> JoinedPeople:
        """How many joined, and the first of them."""
        return (await self.people_of([reminder_id], most=most)).get(reminder_id, JoinedPeople())

    async def people_of(
        self, reminder_ids: Sequence[str], *, most: int
    ) -> Mapping[str, JoinedPeople]:
        """Like `people`, for several reminders. Those that no user joined are left out."""
        return await self._store.people(reminder_ids, most=most)

    async def named(self, reminder_id: str) -> Sequence[str]:
        """The uids of those who joined because a request named them."""
        return await self._store.named(reminder_id)

    async def people_page(self, reminder_id: str, *, after: str, limit: int) -> Sequence[str]:
        """The uids of all who joined, in order, from the one after `after`."""
        return await self._store.page(reminder_id, after=after, limit=limit)

    async def has_joined(self, reminder_id: str, uid: str) -> bool:
        return await self._store.has_joined(reminder_id, uid)

    async def of_person(self, uid: str, **wanted: Unpack[ReminderSpan]) -> Sequence[Reminder]:
        """The reminders that a user owns or joined, ordered by start and creation."""
        return await self._store.of_person(uid, **wanted)


def no_reminder(reminder_id: str) -> NotFoundError:
    return NotFoundError(f"there is no reminder {reminder_id}", reason=Reason.REMINDER_UNKNOWN)
