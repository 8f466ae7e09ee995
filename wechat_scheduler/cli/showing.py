"""Prints results: a line for each fact, a row for each thing, or JSON."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import click
import msgspec

from wechat_scheduler.cli.times import rfc3339


def show_json(found: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))


def facts_of(result: msgspec.Struct, **others: object) -> Iterator[tuple[str, object]]:
    """The fields of a result for `show_facts`, with `others` in place of those of their names."""
    for name in result.__struct_fields__:
        yield name.replace("_", " "), others.get(name, getattr(result, name))


def show_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Prints a line for each fact that has a value."""
    said = [(name, _word(value)) for name, value in facts if value not in (None, "", [], {})]
    width = max((len(name) for name, _ in said), default=0)
    for name, value in said:
        click.echo(f"{name:<{width}}  {value}")


def show_rows(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a table for `awk` and `grep`: no column is empty, and only the last holds spaces."""
    table = [list(headings), *([_word(value) or "-" for value in row] for row in rows)]
    for row in table[1:]:
        row[:-1] = ["_".join(value.split()) for value in row[:-1]]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        click.echo("  ".join(map(str.ljust, row, widths)).rstrip())


def clean(text: str) -> str:
    """A text of others without the control characters that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


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
