"""Bounds of what a page shows, so that one message costs little however it is written."""

from typing import Final

# Half a second of one core, and more than any sender who writes for readers needs.
MOST: Final = 25_000

# The costs of Markdown's marks, in units of about 20 microseconds.
_LINE: Final = 6
_CELL: Final = 4
_MARKS: Final = {"[": 2, "]": 1, "*": 1, "_": 1, "`": 1, "<": 1, "&": 1, "!": 1, "~": 1, ":": 1}


def affordable(markdown: str, most: int = MOST) -> str:
    """The beginning of `markdown` whose rendering costs no more than `most`; all of it as a rule."""
    end = widest = 0
    for line in markdown.split("\n"):
        # A row that is shorter than its table is filled up.
        filled = _CELL * (widest if line.strip() else 0)
        widest = max(widest, line.count("|")) if filled else line.count("|")
        marks = sum(line.count(mark) * each for mark, each in _MARKS.items())
        cost = _LINE + _CELL * widest + marks
        if cost > most:
            return markdown[: end + max(0, most - filled) // _CELL]
        most -= cost
        end += len(line) + 1
    return markdown
