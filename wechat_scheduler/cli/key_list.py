"""API keys, one below the other: a table for people, lines for programs."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from wechat_scheduler.cli.times import relative, rfc3339
from wechat_scheduler.client.admin import ApiKey

COLOURS = {"active": "green", "expired": "yellow", "revoked": "red"}
HEADINGS = ("ID", "NAME", "STATE", "SCOPES", "LIMITS", "EXPIRES", "LAST-USED")


def table(keys: Sequence[ApiKey], now: datetime) -> RenderableType:
    """A row for each key; what does not fit goes on below."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in HEADINGS:
        shown.add_column(heading.replace("-", " "), no_wrap=heading in ("ID", "STATE"))
    for key in keys:
        shown.add_row(
            Text(key.id),
            Text(key.name),
            Text(key.state, COLOURS.get(key.state, "")),
            Text("\n".join(key.scopes)),
            Text("\n".join(_limits(key)) or "-"),
            Text(relative(key.expires_at, now) if key.expires_at else "-"),
            Text(relative(key.last_used_at, now) if key.last_used_at else "never"),
        )
    return shown


def lines(keys: Sequence[ApiKey]) -> Iterator[str]:
    """For `awk` and `grep`: no column is empty, and none holds a space."""
    rows = [HEADINGS, *(tuple(_fields(key)) for key in keys)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def _fields(key: ApiKey) -> Iterator[str]:
    yield from (key.id, "_".join(key.name.split()), key.state, ",".join(key.scopes))
    yield ",".join(_limits(key)) or "-"
    yield rfc3339(key.expires_at) if key.expires_at else "-"
    yield rfc3339(key.last_used_at) if key.last_used_at else "-"


def _limits(key: ApiKey) -> Sequence[str]:
    return (*key.appids, *key.types, *key.networks)
