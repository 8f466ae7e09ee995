"""What reminding asks of the world."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from wechat_scheduler.access.once import Once
from wechat_scheduler.reminders.model import Claimed, Fired, Reminder, ReminderState


class Due(Protocol):
    """Where reminders wait. Atomic; all may raise StorageError."""

    async def claim(self, *, now: datetime, limit: int, lease: timedelta) -> Sequence[Claimed]:
        """Take active reminders whose `due_at` has come, for `lease`, the longest due first."""
        ...

    async def finish(self, fired: Fired, *, now: datetime) -> bool:
        """Put the messages and move the reminder on, in one transaction. False if it was changed or
        taken over meanwhile: then nothing is stored, and it is due as its new form says."""
        ...

    async def next_due(self) -> datetime | None: ...


class Reminders(Protocol):
    """What is to be reminded of. Atomic; all may raise StorageError."""

    async def add(self, reminder: Reminder, people: Sequence[str], *, once: Once | None) -> bool:
        """With those who joined it. Returns False, and changes nothing, if the id is known already.
        Raises as `once.Once` says."""
        ...

    async def change(self, reminder: Reminder, people: Sequence[str] | None) -> bool:
        """Replace all of it but its creation, if `revision` is still the stored one, which then
        grows, as it does with `Due.finish`; with `people`, those who joined too. What its claim does
        meanwhile is void."""
        ...

    async def replace_slots(
        self, app_id: int, owner: str, source: str, reminders: Sequence[Reminder]
    ) -> None:
        """All that the app reported for this user by that API is replaced, in one transaction."""
        ...

    async def reminder(self, reminder_id: str) -> Reminder | None: ...

    async def people(self, reminder_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Who joined each, in the order in which they did."""
        ...

    async def of_app(
        self,
        app_id: int,
        *,
        owner: str = "",
        source: str = "",
        state: ReminderState | None = None,
        after: str = "",
        limit: int,
    ) -> Sequence[Reminder]:
        """By id."""
        ...

    async def of_person(
        self,
        uid: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        newest_first: bool = False,
        offset: int = 0,
        limit: int,
    ) -> Sequence[Reminder]:
        """Owned or joined, neither cancelled nor deleted, by (start, creation)."""
        ...

    async def join(self, reminder_id: str, uid: str, *, now: datetime) -> bool:
        """False if they had joined, or it is theirs."""
        ...

    async def leave(self, reminder_id: str, uid: str) -> bool: ...

    async def remove(self, reminder_id: str) -> bool: ...

    async def stop_for(self, uid: str) -> int:
        """Cancel what they own and leave what they joined: they unfollowed."""
        ...
