"""Gathers what is wrong with the fields of a request, so that a form shows all of it at once."""

from types import TracebackType
from typing import Final

from wechat_scheduler.errors import InvalidRequestError, RequestError, UnprocessableError

# A person corrects some of them; a list in a body may have thousands that are wrong.
MOST_WRONG: Final = 20

_OF_A_FIELD: Final = (InvalidRequestError, UnprocessableError)


class WrongFields:
    """A context for reading each field: `with wrong: name = read_name(…)`. What is wrong is kept, at most
    `MOST_WRONG`, and raised by `check()` after the last one, before the values are used."""

    def __init__(self) -> None:
        self._errors: list[RequestError] = []

    def __enter__(self) -> None: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is None or not isinstance(error, _OF_A_FIELD):
            return False
        self.add(error)
        return True

    def add(self, error: RequestError) -> None:
        """Keep it, and what else it tells of."""
        found = [error, *error.further]
        self._errors += found[: MOST_WRONG - len(self._errors)]

    def __bool__(self) -> bool:
        return bool(self._errors)

    def check(self) -> None:
        """Raises the first error, which has the others as `further`."""
        if self._errors:
            first, *others = self._errors
            first.further = tuple(others)
            raise first
