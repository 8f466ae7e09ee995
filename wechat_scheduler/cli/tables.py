"""Draws tables on a terminal: text that does not fit into a line is wrapped."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from rich.console import Console
from rich.text import Text

GAP: Final = 2
INDENT: Final = 2
# A text that is cut keeps at least this much.
SHORTEST: Final = 12


class Column(NamedTuple):
    """A heading. `may_shrink` is for texts that may be cut, such as titles."""

    heading: str
    may_shrink: bool = False
    to_right: bool = False


def table(columns: Sequence[Column], rows: Sequence[Sequence[Text]], width: int) -> list[Text]:
    """The lines of the table, none longer than `width`.

    If a row does not fit, the columns that may are cut, and the last column stands below the others.
    If that is not enough, the row is folded wherever it reaches the edge. A line below that would be
    empty is left out.
    """
    head = [Text(column.heading, "bold") for column in columns]
    widths = [
        max(column[0].cell_len, *(cell.cell_len for cell in column[1:]))
        for column in zip(head, *rows, strict=True)
    ] if rows else [cell.cell_len for cell in head]  # fmt: skip
    widths, folds = _layout(columns, widths, width)
    return list(
        chain.from_iterable(_row(columns, row, widths, folds, width) for row in (head, *rows))
    )


def hanging(label: Text, text: str, width: int) -> list[Text]:
    """The text behind its label; its further lines begin below its first."""
    lines = _paragraph(Text(text), Text(" " * label.cell_len), width)
    return [label + line[label.cell_len :] if at == 0 else line for at, line in enumerate(lines)]


def _layout(
    columns: Sequence[Column], widths: list[int], width: int
) -> tuple[list[int], list[range]]:
    """The width of each column, and the columns of each line."""
    last = len(columns) - 1
    for folds in ([range(last + 1)], [range(last), range(last, last + 1)]):
        shrunk = _shrunk(columns, widths, folds[0], width)
        if all(folds) and _extent(shrunk, folds[0]) <= width:
            return shrunk, folds
    return widths, list(_folded(widths, width))


def _shrunk(columns: Sequence[Column], widths: list[int], line: range, width: int) -> list[int]:
    shrunk = list(widths)
    while (excess := _extent(shrunk, line) - width) > 0:
        able = [at for at in line if columns[at].may_shrink and shrunk[at] > SHORTEST]
        if not able:
            break
        widest = max(able, key=lambda at: shrunk[at])
        shrunk[widest] = max(SHORTEST, shrunk[widest] - max(1, excess // len(able)))
    return shrunk


def _extent(widths: Sequence[int], line: range) -> int:
    return sum(widths[at] for at in line) + GAP * (len(line) - 1)


def _folded(widths: Sequence[int], width: int) -> Iterator[range]:
    start = 0
    for end in range(1, len(widths) + 1):
        room = width - (INDENT if start else 0)
        if end - start > 1 and _extent(widths, range(start, end)) > room:
            yield range(start, end - 1)
            start = end - 1
    yield range(start, len(widths))


def _row(
    columns: Sequence[Column],
    row: Sequence[Text],
    widths: Sequence[int],
    folds: Sequence[range],
    width: int,
) -> Iterator[Text]:
    for number, line in enumerate(folds):
        if number and not any(row[at].plain.strip("-") for at in line):
            continue
        indent = Text(" " * INDENT if number else "")
        if len(line) == 1:
            yield from _paragraph(row[line[0]], indent, width)
        else:
            cells = [_cell(columns[at], row[at], widths[at]) for at in line]
            whole = indent + Text(" " * GAP).join(cells)
            whole.rstrip()
            yield whole


def _cell(column: Column, text: Text, width: int) -> Text:
    cell = text.copy()
    cell.truncate(width, overflow="ellipsis")
    padding = Text(" " * (width - cell.cell_len))
    return padding + cell if column.to_right else cell + padding


def _paragraph(text: Text, indent: Text, width: int) -> Iterator[Text]:
    room = max(1, width - len(indent))
    for line in text.wrap(Console(width=room), room):
        line.rstrip()
        yield indent + line
