"""Finds the Chinese of English sentences that were filled and joined before: of advice, reasons and errors, as the
API returns them and the store holds them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Formatter
from typing import Final, NamedTuple

from wechat_scheduler.engine.sentences import Sentence, fill_chinese

# What joins sentences, and a trouble with its advice.
JOINT: Final = "; "
# Longer texts hold what others wrote, and stay as they are.
LONGEST: Final = 2000
# A text is divided at this many joints at most.
_MOST_JOINTS: Final = 8
# By this many of their first letters, sentences are found among the others.
_START: Final = 4


class Chinese:
    """The Chinese of `sentences`."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        patterns = [_Pattern.of(sentence) for sentence in sentences]
        self._whole = {one.literals[0]: one.zh.format() for one in patterns if not one.names}
        # A sentence with more words of its own is the more particular one.
        filled = sorted((one for one in patterns if one.names), key=_Pattern.weight)
        self._filled, self._others = _by_start(filled), [one for one in filled if not one.start]

    def of(self, text: str) -> str:
        """The text in Chinese, with its values; a part without Chinese stays as it is."""
        if not text or len(text) > LONGEST:
            return text
        return (
            self._sentence(text) or self._joined(text) or self._sentence(text, joint=True) or text
        )

    def _sentence(self, text: str, *, joint: bool = False) -> str:
        """Empty if the text as a whole is no sentence that has Chinese. Only with `joint` may a value contain one."""
        if known := self._whole.get(text):
            return known
        for pattern in self._filled.get(text[:_START], self._others):
            values = pattern.values(text)
            if values is not None and (joint or not any(map(_is_joined, values.values()))):
                return fill_chinese(
                    pattern.zh, **{name: self.of(value) for name, value in values.items()}
                )
        return ""

    def _joined(self, text: str) -> str:
        """Empty if no part of the text is known."""
        cuts = list(_cuts(text))
        for cut in reversed(cuts):
            if known := self._sentence(text[:cut]):
                return f"{known}；{self.of(text[cut + len(JOINT) :])}"
        for cut in cuts:
            rest = text[cut + len(JOINT) :]
            if known := self._sentence(rest):
                return f"{text[:cut]}；{known}"
        return ""


class _Pattern(NamedTuple):
    """A sentence as its own words, and the names of the values between them."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    forms: Mapping[str, str]
    zh: str

    @classmethod
    def of(cls, sentence: Sentence) -> "_Pattern":
        literals, names, forms = [""], list[str](), dict[str, str]()
        for literal, name, form, _ in Formatter().parse(sentence.en):
            literals[-1] += literal
            if name is not None:
                names.append(name)
                literals.append("")
                forms |= {name: form} if form else {}
        return cls(tuple(literals), tuple(names), forms, sentence.zh)

    @property
    def start(self) -> str:
        """Empty if a value comes before the first letters end."""
        return self.literals[0][:_START] if len(self.literals[0]) >= _START else ""

    def weight(self) -> int:
        return -sum(map(len, self.literals))

    def values(self, text: str) -> Mapping[str, str] | None:
        """The values that make the sentence this text; None if none do. Takes time in proportion to the text."""
        first, *middle, last = self.literals
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last) or end < len(first):
            return None
        values, start = dict[str, str](), len(first)
        for name, literal in zip(self.names, middle, strict=False):
            at = text.find(literal, start, end)
            if at < 0:
                return None
            values[name], start = text[start:at], at + len(literal)
        values[self.names[-1]] = text[start:end]
        return (
            values
            if all(map(_has_form, self.forms.values(), map(values.get, self.forms)))
            else None
        )


def _by_start(patterns: Sequence[_Pattern]) -> Mapping[str, Sequence[_Pattern]]:
    """For each start the sentences that a text with it can be, in their order."""
    found: dict[str, list[_Pattern]] = {one.start: [] for one in patterns if one.start}
    for pattern in patterns:
        for group in [found[pattern.start]] if pattern.start else found.values():
            group.append(pattern)
    return found


def _has_form(form: str, value: str | None) -> bool:
    """Whether it is a whole number, or one word."""
    value = value or ""
    return value.removeprefix("-").isdecimal() if form == "d" else len(value.split(" ")) == 1


def _is_joined(value: str) -> bool:
    return JOINT in f"{value} "  # the blank of a joint at its end is in the words behind it


def _cuts(text: str) -> Iterator[int]:
    at = -1
    for _ in range(_MOST_JOINTS):
        at = text.find(JOINT, at + 1)
        if at < 0:
            return
        yield at
