"""Counts what a backtracking regular expression does with a text: the same on every machine."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from re import _constants as op  # type: ignore[attr-defined] # the parser of `re` has no public name
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

Item = tuple[Any, Any]

_CATEGORIES: Final = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
_SINGLE: Final = {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN}
# Of each class one of these stands for it: what classes of one expression are likely to share.
_EXAMPLES: Final = " a1A<>\"'/.:;-=&#[]{}(),!\n"


class TooManyStepsError(Exception):
    """The count is above `most`."""


class Tracer:
    """A slow matcher of the same expression, which counts its steps."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        text = pattern.pattern
        self._text = text.decode("latin-1") if isinstance(text, bytes) else text
        flags = pattern.flags & ~re.UNICODE | (re.ASCII if isinstance(text, bytes) else 0)
        self._ascii = re.ASCII if flags & re.ASCII else re.RegexFlag(0)
        self._any = bool(flags & re.DOTALL)
        self._lines = bool(flags & re.MULTILINE)
        self._case = bool(flags & re.IGNORECASE)
        self.items: list[Item] = list(parser.parse(self._text, flags))
        self._known: dict[tuple[int, str], bool] = {}
        self._groups: dict[int, tuple[int, int]] = {}
        self.subject = ""
        self.steps = 0
        self.most = 300_000
        self.found: tuple[int, int] | None = None

    def count(self, subject: str, way: str) -> int:
        """The steps of `pattern.way(subject)`."""
        self.subject, self.steps, self.found, at = subject, 0, None, 0
        if way in ("match", "fullmatch"):
            self._first(0, whole=way == "fullmatch")
            return self.steps
        while at <= len(subject):
            end = self._first(at)
            if way == "search" and end is not None:
                self.found = (at, end)
                break
            at = at + 1 if end is None or end == at else end
        return self.steps

    def _first(self, at: int, *, whole: bool = False) -> int | None:
        self._groups = {}
        ends = self._sequence(self.items, at)
        return next((end for end in ends if not whole or end == len(self.subject)), None)

    def _sequence(self, items: Sequence[Item], at: int) -> Iterator[int]:
        if not items:
            yield at
            return
        for end in self._item(items[0], at):
            yield from self._sequence(items[1:], end)

    def _item(self, item: Item, at: int) -> Iterator[int]:
        self._step()
        kind, value = item
        if kind in _SINGLE:
            if self.fits(item, at):
                yield at + 1
        elif kind is op.SUBPATTERN:
            yield from self._group(value, at)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from self._sequence(list(branch), at)
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            yield from self._repeat(kind, value, at)
        elif kind is op.ATOMIC_GROUP:
            yield from islice(self._sequence(list(value), at), 1)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from self._look(kind is op.ASSERT, value, at)
        elif kind is op.AT:
            if self._stands(value, at):
                yield at
        elif kind is op.GROUPREF:
            begin, end = self._groups.get(value, (0, -1))
            word = self.subject[begin:end]
            if end >= 0 and self.subject.startswith(word, at):
                yield at + len(word)
        else:
            raise NotImplementedError(kind)

    def _group(self, value: Any, at: int) -> Iterator[int]:
        number, _, _, items = value
        for end in self._sequence(list(items), at):
            if number is not None:
                self._groups[number] = (at, end)
            yield end

    def _repeat(self, kind: Any, value: Any, at: int) -> Iterator[int]:
        low, high, items = value[0], value[1], list(value[2])
        if len(items) == 1 and items[0][0] in _SINGLE:
            yield from self._row(kind, low, high, items[0], at)
        elif kind is op.POSSESSIVE_REPEAT:
            yield from islice(self._many(op.MAX_REPEAT, low, high, items, at), 1)
        else:
            yield from self._many(kind, low, high, items, at)

    def _row(self, kind: Any, low: int, high: int, item: Item, at: int) -> Iterator[int]:
        end = at
        while end - at < high and self.fits(item, end):
            if kind is op.MIN_REPEAT and end - at >= low:
                yield end
            end += 1
            self._step()
        least = at + low if kind is op.MAX_REPEAT else max(end, at + low)
        while end >= least:
            yield end
            end -= 1
            self._step()

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.most:
            raise TooManyStepsError

    def _many(self, kind: Any, low: int, high: int, items: list[Item], at: int) -> Iterator[int]:
        if kind is op.MIN_REPEAT and low <= 0:
            yield at
        if high > 0:
            for end in self._sequence(items, at):
                if end > at or low > 0:
                    yield from self._many(kind, low - 1, high - 1, items, end)
        if kind is not op.MIN_REPEAT and low <= 0:
            yield at

    def _look(self, wanted: bool, value: Any, at: int) -> Iterator[int]:
        direction, items = value
        begin = at - items.getwidth()[0] if direction < 0 else at
        found = begin >= 0 and next(self._sequence(list(items), begin), None) is not None
        if found is wanted:
            yield at

    def _stands(self, where: Any, at: int) -> bool:
        around = [
            0 <= i < len(self.subject) and self._is(r"\w", self.subject[i]) for i in (at - 1, at)
        ]
        if where is op.AT_BOUNDARY:
            return around[0] != around[1]
        if where in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
            lines = where is op.AT_BEGINNING and self._lines
            return at == 0 or (lines and self.subject[at - 1] == "\n")
        return at == len(self.subject)

    def fits(self, item: Item, at: int) -> bool:
        if at >= len(self.subject):
            return False
        key = (id(item[1]) if item[0] is op.IN else hash(item), self.subject[at])
        if key not in self._known:
            cases = {key[1], key[1].lower(), key[1].upper()} if self._case else {key[1]}
            self._known[key] = any(self.takes(item, case) for case in cases if len(case) == 1)
        return self._known[key]

    def takes(self, item: Item, letter: str) -> bool:
        kind, value = item
        if kind is op.ANY:
            return self._any or letter != "\n"
        if kind in (op.LITERAL, op.NOT_LITERAL):
            return (ord(letter) == value) is (kind is op.LITERAL)
        parts = [part for part in value if part[0] is not op.NEGATE]
        return any(self._in(part, letter) for part in parts) is (len(parts) == len(value))

    def _in(self, part: Item, letter: str) -> bool:
        kind, value = part
        if kind is op.RANGE:
            return bool(value[0] <= ord(letter) <= value[1])
        if kind is op.CATEGORY:
            return self._is(_CATEGORIES[value], letter)
        return self.takes(part, letter)

    def _is(self, category: str, letter: str) -> bool:
        return re.match(category, letter, self._ascii) is not None


def hostile(tracer: Tracer) -> Iterator[tuple[str, str]]:
    """Texts that an expression matches nearly: a beginning, and what may be repeated after it."""
    found = set[tuple[str, str]]()
    for choice in range(3):
        words = list(_words(tracer, tracer.items, choice))[:12]
        for end in range(1, len(words) + 1):
            for begin in range(max(0, end - 4), end):
                pump = "".join(words[begin:end])
                found |= {("".join(words[:begin]), pump), ("", pump)}
    return ((before, pump) for before, pump in sorted(found) if pump)


def _words(tracer: Tracer, items: Sequence[Item], choice: int) -> Iterator[str]:
    """A short text for each item in turn, of letters that as many classes as possible take."""
    literal = ""
    for item in items:
        if item[0] is op.LITERAL:
            literal += chr(item[1])
            continue
        if literal:
            yield literal
        literal = ""
        if item[0] in _SINGLE:
            yield _letter(tracer, item)
        elif inner := _inner(item, choice):
            yield from _words(tracer, inner, choice)
    if literal:
        yield literal


def _inner(item: Item, choice: int) -> Sequence[Item]:
    kind, value = item
    if kind is op.SUBPATTERN:
        return list(value[3])
    if kind is op.BRANCH:
        return list(value[1][choice % len(value[1])])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return list(value[2])
    if kind is op.ASSERT and value[0] > 0:
        return list(value[1])
    return list(value) if kind is op.ATOMIC_GROUP else []


def _letter(tracer: Tracer, item: Item) -> str:
    taken = [letter for letter in _EXAMPLES if tracer.takes(item, letter)]
    if not taken:
        codes = chain(_lowest(item), range(0x20000))
        return next(chr(code) for code in codes if tracer.takes(item, chr(code)))
    singles = tuple(_singles(tracer.items))
    return max(taken, key=lambda letter: sum(tracer.takes(one, letter) for one in singles))


def _lowest(item: Item) -> Iterator[int]:
    """The code of a letter, or where the letters of a class begin: mostly it takes one of these."""
    kind, value = item
    if kind is op.LITERAL:
        yield value
    elif kind is op.RANGE:
        yield value[0]
    elif kind is op.IN:
        for part in value:
            yield from _lowest(part)


def _singles(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        if item[0] in _SINGLE:
            yield item
        elif item[0] is op.BRANCH:
            for choice in range(len(item[1][1])):
                yield from _singles(_inner(item, choice))
        else:
            yield from _singles(_inner(item, 0))
