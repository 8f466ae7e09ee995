"""Turns a `DeliveryFilter` into conditions."""

from collections.abc import Sequence

from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.delivery.views import DeliveryFilter
from wechat_scheduler.storage.rows import micros_or_none


class Conditions:
    """Conditions of a WHERE, and their values."""

    def __init__(
        self, wanted: DeliveryFilter, *, alias: str, values: tuple[object, ...] = ()
    ) -> None:
        self.values: list[object] = list(values)
        self._parts: list[str] = []
        if wanted.ids:
            self.add_any(f"{alias}id", wanted.ids)
        if wanted.within is not None:
            self.add_any(f"{alias}app_id", wanted.within)
        self._add_state(wanted.state, alias)
        for column, value in (
            ("app_id = {}", wanted.app_id or None),
            ("message_id = {}", wanted.message_id or None),
            ("target = {}", wanted.uid or None),
            ("errcode = {}", wanted.errcode),
            ("created_at >= {}", micros_or_none(wanted.since)),
            ("created_at < {}", micros_or_none(wanted.until)),
        ):
            if value is not None:
                self.add(alias + column, value)

    def add(self, text: str, *values: object) -> None:
        self._parts.append(text.format(*map(self.place, values)))

    def add_any(self, column: str, values: Sequence[object]) -> None:
        places = ", ".join(map(self.place, values))
        self._parts.append(f"{column} IN ({places})" if places else "1 = 0")

    def place(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def _add_state(self, state: DeliveryState | None, alias: str) -> None:
        match state:
            case None:
                return
            case DeliveryState.PENDING | DeliveryState.SENDING:
                self.add(f"{alias}state = 'pending'")
                claimed = "IS NULL" if state is DeliveryState.PENDING else "IS NOT NULL"
                self.add(f"{alias}claimed_by {claimed}")
            case _:
                self.add(f"{alias}state = {{}}", state.value)

    def __str__(self) -> str:
        return " AND ".join(self._parts) or "1 = 1"
