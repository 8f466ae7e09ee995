"""Turns a `DeliveryFilter` into conditions."""

from typing import Final

from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.storage.conditions import SqlConditions
from wechat_scheduler.storage.rows import micros_or_none

# The messages of a reminder, in the words of their index. It begins with the end of the reminder's id, which is its place
# (see `reminders.model.new_id`): so the messages of reminders that fall due together are put on the same pages.
# `SELECT` keeps SQLite from putting the value in the place of the column in the first condition, too.
OF_REMINDER: Final = "substr(m.reminder, 29) = substr({0}, 29) AND m.reminder = (SELECT {0})"
_TO_REMINDER: Final = f"message_id IN (SELECT m.id FROM messages m WHERE {OF_REMINDER})"  # noqa: S608 - our own text


class Conditions(SqlConditions):
    """Conditions of a WHERE, and their values."""

    def __init__(
        self, wanted: DeliveryFilter, *, alias: str, values: tuple[object, ...] = ()
    ) -> None:
        super().__init__(values)
        if wanted.ids:
            self.add_any(f"{alias}id", wanted.ids)
        if wanted.within is not None:
            self.add_any(f"{alias}app_id", wanted.within)
        self._add_state(wanted, alias)
        for column, value in (
            ("app_id = {}", wanted.app_id or None),
            ("message_id = {}", wanted.message_id or None),
            (_TO_REMINDER, wanted.reminder or None),
            ("target = {}", wanted.uid or None),
            ("errcode = {}", wanted.errcode),
            ("created_at >= {}", micros_or_none(wanted.since)),
            ("created_at < {}", micros_or_none(wanted.until)),
            ("settled_at <= {}", micros_or_none(wanted.settled_by)),
        ):
            if value is not None:
                self.add(alias + column, value)

    def _add_state(self, wanted: DeliveryFilter, alias: str) -> None:
        state = wanted.state
        match state:
            case None:
                return
            case DeliveryState.PENDING | DeliveryState.SENDING:
                self.add(f"{alias}state = 'pending'")
                claimed = "IS NULL" if state is DeliveryState.PENDING else "IS NOT NULL"
                self.add(f"{alias}claimed_by {claimed}")
            case _:
                # Not a value: SQLite must see that the index of these few rows has them all.
                self.add(f"{alias}state = '{state.value}'")
