"""Prints results: a line for each fact, a row for each thing, or JSON."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import click
import msgspec

from wechat_scheduler.cli.times import rfc3339


def show_json(found: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))


def show_result(result: msgspec.Struct, *, as_json: bool, **others: object) -> None:
    """Prints a result, as JSON or as facts; as facts, `others` replace the fields of their names."""
    if as_json:
        show_json(result)
    else:
        fields = msgspec.structs.asdict(result) | others
        show_facts((name.replace("_", " "), value) for name, value in fields.items())


def show_results(results: Sequence[msgspec.Struct], columns: str, *, as_json: bool = False) -> None:
    """Prints results, as JSON or as rows. `columns` are headings, each with its field where that has
    another name: `ID TRIES=attempts`."""
    if as_json:
        show_json(results)
        return
    headings, fields = zip(*(word.partition("=")[::2] for word in columns.split()), strict=True)
    names = [field or heading.lower() for heading, field in zip(headings, fields, strict=True)]
    show_rows(headings, ([getattr(one, name) for name in names] for one in results))


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
