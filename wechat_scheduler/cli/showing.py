"""Prints results: a line for each fact, a row for each thing, or JSON."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from unicodedata import east_asian_width

import click
import msgspec

from wechat_scheduler.cli.times import local, local_briefly, rfc3339
from wechat_scheduler.engine.clock import SystemClock

# Texts that people wrote: a narrow terminal cuts them.
WRITTEN = ("TITLE", "NAME", "NICKNAME", "PERSON")


def show_json(found: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))


def show_result(result: msgspec.Struct, *, as_json: bool, **others: object) -> None:
    """Prints a result, as JSON or as facts; as facts, `others` replace the fields of their names."""
    if as_json:
        show_json(result)
    else:
        fields = msgspec.structs.asdict(result) | others
        show_facts((name.replace("_", " "), value) for name, value in fields.items())


def show_results(
    results: Sequence[msgspec.Struct],
    columns: str,
    *,
    as_json: bool = False,
    **others: Callable[[Any], object],
) -> None:
    """Prints results, as JSON or as rows. `columns` are headings, each with its field where that has
    another name: `ID TRIES=attempts`. `others` make the values of fields that a result has not."""
    if as_json:
        show_json(results)
        return
    headings, names = headings_of(columns)
    show_rows(headings, (values_of(one, names, others) for one in results))


def headings_of(columns: str) -> tuple[Sequence[str], Sequence[str]]:
    """The headings of `columns`, and the name of the field for each."""
    words = [word.partition("=") for word in columns.split()]
    return [word[0] for word in words], [word[2] or word[0].lower() for word in words]


def values_of(
    result: msgspec.Struct, names: Sequence[str], others: dict[str, Callable[[Any], object]]
) -> Sequence[object]:
    return [
        others[name](result) if name in others else getattr(result, name, None) for name in names
    ]


def show_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Prints a line for each fact that has a value, on a terminal with times of this machine's zone."""
    said = [(name, _fact(value)) for name, value in facts if value not in (None, "", [], {})]
    width = max((len(name) for name, _ in said), default=0)
    for name, value in said:
        show_behind(f"{name:<{width}}  ", value)


def _fact(value: object) -> str:
    if not sys.stdout.isatty():
        return _word(value)
    match value:
        case datetime():
            return local(value)
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return _word(value)


def show_behind(label: str, text: str, *, start: str = "", colour: str = "") -> None:
    """Prints a text behind its label, which begins with `start` in that colour; on a terminal its
    further lines are aligned with its first."""
    if not sys.stdout.isatty():
        click.echo(f"{start}{label}{text}")
        return
    from rich.console import Console
    from rich.text import Text

    from wechat_scheduler.cli.tables import hanging

    console = Console()
    show_lines(console, hanging(Text(start, colour) + Text(label), text, console.width))


def show_rows(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a table: on a terminal as wide as that, with times of this machine's zone; elsewhere for
    `awk` and `grep`."""
    if sys.stdout.isatty():
        from rich.console import Console  # it takes long to import, and pipes do not need it

        console = Console()
        table = list(rows)
        show_lines(console, drawn_rows(headings, table, SystemClock().now(), console.width))
        if not table:
            click.echo("(none)")
    else:
        for line in plain_rows(headings, rows):
            click.echo(line)


def plain_rows(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """No column is empty, and only the last holds spaces."""
    table = [list(headings), *([_word(value) or "-" for value in row] for row in rows)]
    for row in table[1:]:
        row[:-1] = ["_".join(value.split()) for value in row[:-1]]
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    return ["  ".join(map(_padded, row, widths)).rstrip() for row in table]


def drawn_rows(
    headings: Sequence[str], rows: Iterable[Sequence[object]], now: datetime, width: int
) -> Sequence[Any]:
    """The rows as lines of a terminal of that width, with times of this machine's zone."""
    from rich.text import Text

    from wechat_scheduler.cli.tables import Column, table

    columns = [Column(heading, heading in WRITTEN) for heading in headings]
    return table(
        columns, [[Text(_said(value, now) or "-") for value in row] for row in rows], width
    )


def show_lines(console: Any, lines: Iterable[Any]) -> None:
    """Prints lines that fit the terminal."""
    for line in lines:
        console.print(line, soft_wrap=True)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Chinese signs take two places."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def clean(text: str) -> str:
    """A text of others without the control characters that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _said(value: object, now: datetime) -> str:
    """Like `_word`, for people."""
    if isinstance(value, datetime):
        return local_briefly(value, now)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else _word(value)


def _word(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return rfc3339(value)
        case list() | tuple():
            return ",".join(map(str, value))
        case _:
            return clean(" ".join(str(value).splitlines()))
