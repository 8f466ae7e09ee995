"""Reads what was typed into the fields of a form."""

import re
from collections.abc import Callable
from typing import Final

from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words

# Longer numbers are larger than what any field takes.
_WHOLE: Final = re.compile(r"-?[0-9]{1,16}", re.ASCII)


class TypedFields:
    """Reads the fields of a form that was posted. What is wrong with them is raised by `check`, all of it at once;
    `wrong` is the context for what a form reads itself."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.wrong = WrongFields()

    def number(
        self,
        name: str,
        trouble: Words,
        *,
        empty: int | None = None,
        within: range | None = None,
    ) -> int | None:
        """The whole number of a field, `within` these; `empty` if nothing was typed, and if it is none."""
        text = self._visit.form.get(name, "").strip()
        with self.wrong:
            if not text:
                return empty
            if not _WHOLE.fullmatch(text) or (within and int(text) not in within):
                raise InvalidRequestError(self._visit.say(trouble), field=name)
            return int(text)
        return empty

    def check(self, read: Callable[[], object]) -> None:
        """Raises InvalidRequestError if a field is wrong, with what `read`, our API's reader of the whole, finds
        wrong with the others."""
        if not self.wrong:
            return
        with self.wrong:
            read()
        try:
            self.wrong.check()
        except RequestError as error:
            self._visit.reword(error)
            raise
