"""Turns a `DeliveryFilter` into conditions."""

from typing import Final

from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.storage.conditions import SqlConditions
from wechat_scheduler.storage.rows import micros_or_none

OF_REMINDER: Final = "message_id IN (SELECT r.id FROM messages r WHERE r.reminder = {})"


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
            (OF_REMINDER, wanted.reminder or None),
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
