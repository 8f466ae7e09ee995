"""Errors of our API, beside the fields of the form that caused them."""

import re
from collections.abc import Callable, Collection
from typing import Final

from wechat_scheduler.errors import RequestError

# The place in a list.
_NUMBER: Final = re.compile(r"\[([0-9]{1,9})\]")
_ENDS: Final = (".", "?", "!", "。", "？", "！")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_ENGLISH: Final = re.compile("[a-z] [a-z]")
_FIRST_WORD: Final = re.compile(r"^[a-z]+(?=[ ,;'])")


class Mistakes:
    """What is wrong with what was typed; None for a form that was not posted. `place` names the form's field for a
    field of the API, and `say` the sentence for an error, where a form has words of its own."""

    def __init__(
        self,
        error: RequestError | None = None,
        *,
        place: Callable[[str], str] = str,
        say: Callable[[RequestError], str] | None = None,
    ) -> None:
        self._status = error.status if error else 200
        self._errors = [
            (place(one.field), one) for one in ((error, *error.further) if error else ())
        ]
        self._say = say

    @property
    def status(self) -> int:
        return self._status

    def at(self, *names: str) -> str:
        """The sentence for the field of one of these names, which also stand for what lies in them (`networks[0]`);
        empty if none is meant."""
        found = ((field, one, name) for field, one in self._errors for name in names)
        said = (
            self._said(one, field[len(name) :]) for field, one, name in found if _means(field, name)
        )
        return next(said, "")

    def beside(self, names: Collection[str]) -> str:
        """What is wrong with none of these fields; empty without an error."""
        return " ".join(
            self._say(one) if self._say else sentence(str(one))
            for field, one in self._errors
            if not any(_means(field, name) for name in names)
        )

    def _said(self, error: RequestError, rest: str) -> str:
        if self._say:
            return self._say(error)
        which, said = _NUMBER.match(rest), error.sentence
        if which is None:
            return sentence(said)
        number = int(which[1]) + 1
        return sentence(f"第 {number} 项：{said}" if _is_chinese(said) else f"no. {number}: {said}")


def _means(field: str, name: str) -> bool:
    """Whether the field is the one of that name, or lies in it."""
    return bool(field) and (field == name or field.startswith((f"{name}.", f"{name}[")))


def sentence(text: str) -> str:
    """A message or an advice of our API as a whole sentence. A name at its beginning stays as it is; empty for an
    empty one."""
    begun = _FIRST_WORD.sub(lambda found: found[0].capitalize(), text)
    return whole(begun, stop="。" if _is_chinese(text) else ".")


def _is_chinese(text: str) -> bool:
    """English sentences have words side by side, beside the Chinese names in them."""
    return bool(_HAN.search(text)) and not _ENGLISH.search(text)


def whole(text: str, *, stop: str) -> str:
    """The text with the full stop at its end, unless it is empty or has an end."""
    return text if not text or text.endswith(_ENDS) else f"{text}{stop}"
