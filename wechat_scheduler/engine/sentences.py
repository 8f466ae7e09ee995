"""Sentences of ours with their Chinese beside them: the API, the log and the commands say the English, and the console
translates it."""

import re
from types import ModuleType
from typing import Final, NamedTuple

_VALUE: Final = re.compile(r"( ?)(?<!\{)\{(\w+)\}( ?)")
# They have a space of their own.
_WIDE: Final = tuple("，。！？：；、（）“”《》")


class Sentence(NamedTuple):
    """`{names}` in both stand for the same values, `{names:d}` of the English for whole numbers and `{names:s}` for
    values without a blank. A brace of the text itself is doubled."""

    en: str
    zh: str

    def fill(self, **values: object) -> str:
        """The English with its values."""
        return self.en.format(**values)


def fill_chinese(text: str, **values: object) -> str:
    """A Chinese text with its values; one that begins or ends with full-width punctuation has no blank there."""

    def spaced(found: re.Match[str]) -> str:
        before, name, after = found.groups()
        value = str(values[name])
        left = "" if value.startswith(_WIDE) else before
        return f"{left}{{{name}}}{'' if value.endswith(_WIDE) else after}"

    return _VALUE.sub(spaced, text).format(**values)


def sentences_of(module: ModuleType) -> list[Sentence]:
    """Every sentence among the constants of the module."""
    return [value for value in vars(module).values() if isinstance(value, Sentence)]
