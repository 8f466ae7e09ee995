"""Puts together the conditions of a statement, and their values."""

from collections.abc import Iterable, Sequence


def containing(text: str) -> str:
    """A pattern for `lower(column) LIKE … ESCAPE '!'`: a value with the text in it, in any case."""
    return f"%{''.join(f'!{one}' if one in '!%_' else one for one in text.lower())}%"


class SqlConditions:
    """Conditions that all have to hold, and the `values` of their places."""

    def __init__(self, values: Iterable[object] = ()) -> None:
        self.values: list[object] = list(values)
        self._parts: list[str] = []

    def add(self, text: str, *values: object) -> None:
        """`text` has a `{}` for each of the values."""
        self._parts.append(text.format(*map(self.place, values)))

    def add_any(self, column: str, values: Sequence[object]) -> None:
        places = ", ".join(map(self.place, values))
        self._parts.append(f"{column} IN ({places})" if places else "1 = 0")

    def place(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def __str__(self) -> str:
        return " AND ".join(self._parts) or "1 = 1"
