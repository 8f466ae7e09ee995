"""An error of our API, beside the fields of the form that caused it."""

import re
from collections.abc import Collection
from typing import Final

from wechat_scheduler.errors import RequestError

# The place in a list.
_NUMBER: Final = re.compile(r"\[([0-9]{1,9})\]")
_ENDS: Final = (".", "?", "!", "。", "？", "！")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_ENGLISH: Final = re.compile("[a-z] [a-z]")
_FIRST_WORD: Final = re.compile(r"^[a-z]+(?=[ ,;'])")


class Mistakes:
    """What is wrong with what was typed; None for a form that was not posted."""

    def __init__(self, error: RequestError | None = None) -> None:
        self._error = error

    @property
    def status(self) -> int:
        return self._error.status if self._error else 200

    def at(self, *names: str) -> str:
        """The sentence for the field of one of these names, which also stand for what lies in them (`networks[0]`);
        empty if none is meant."""
        name = next(filter(self._means, names), None)
        if self._error is None or name is None:
            return ""
        which, said = _NUMBER.match(self._error.field[len(name) :]), self._error.sentence
        if which is None:
            return sentence(said)
        number = int(which[1]) + 1
        return sentence(f"第 {number} 项：{said}" if _is_chinese(said) else f"no. {number}: {said}")

    def beside(self, names: Collection[str]) -> str:
        """The sentence if none of these fields is meant; empty without an error."""
        return "" if self._error is None or self.at(*names) else sentence(str(self._error))

    def _means(self, name: str) -> bool:
        field = self._error.field if self._error else ""
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
