"""Sentences of ours with their Chinese beside them: the API, the log and the commands say the English, and the console
translates it."""

from types import ModuleType
from typing import NamedTuple


class Sentence(NamedTuple):
    """`{names}` in both stand for the same values, `{names:d}` of the English for whole numbers. A brace
    of the text itself is doubled."""

    en: str
    zh: str

    def fill(self, **values: object) -> str:
        """The English with its values."""
        return self.en.format(**values)


def sentences_of(module: ModuleType) -> list[Sentence]:
    """Every sentence among the constants of the module."""
    return [value for value in vars(module).values() if isinstance(value, Sentence)]
