"""An error of our API, beside the fields of the form that caused it."""

import re
from collections.abc import Collection
from typing import Final

from wechat_scheduler.errors import RequestError

# The place in a list.
_NUMBER: Final = re.compile(r"\[([0-9]{1,9})\]")
_ENDS: Final = (".", "?", "!", "。", "？", "！")
_FIRST_WORD: Final = re.compile(r"^[a-z]+(?=[ ,;'])")


class Mistakes:
    """What is wrong with what was typed; None for a form that was not posted."""

    def __init__(self, error: RequestError | None = None) -> None:
        self._error = error

    @property
    def status(self) -> int:
        return self._error.status if self._error else 200

    def at(self, name: str) -> str:
        """The sentence for the field `name`, which also stands for what lies in it (`networks[0]`); empty if it
        is not meant."""
        if self._error is None or self._place() != name:
            return ""
        which = _NUMBER.match(self._error.field[len(name) :])
        return sentence(
            f"no. {int(which[1]) + 1}: {self._error.sentence}" if which else self._error.sentence
        )

    def beside(self, names: Collection[str]) -> str:
        """The sentence if none of these fields is meant; empty without an error."""
        return sentence(str(self._error)) if self._error and self._place() not in names else ""

    def _place(self) -> str:
        return self._error.field.partition(".")[0].partition("[")[0] if self._error else ""


def sentence(text: str) -> str:
    """A message or an advice of our API as a whole sentence. A name at its beginning stays as it is; empty for an
    empty one."""
    begun = _FIRST_WORD.sub(lambda found: found[0].capitalize(), text)
    return whole(begun, stop=".")


def whole(text: str, *, stop: str) -> str:
    """The text with the full stop at its end, unless it is empty or has an end."""
    return text if not text or text.endswith(_ENDS) else f"{text}{stop}"
