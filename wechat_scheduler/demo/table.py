"""The table of the credentials."""

from collections.abc import Iterator
from datetime import timedelta

from rich.console import RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.demo.snapshot import CredentialRow, DemoSnapshot
from wechat_scheduler.demo.words import short

COLORS = {
    Freshness.PENDING: "dim",
    Freshness.FRESH: "green",
    Freshness.STALE: "yellow",
    Freshness.EXPIRED: "red",
}
ZERO = timedelta(0)
SECOND = timedelta(seconds=1)
# For so long a value is bright.
NEW = timedelta(seconds=2)
# How much of a value's ends is shown, where there is room and where there is not.
ROOMY, NARROW = (6, 4), (4, 4)


def credentials(snapshot: DemoSnapshot, *, width: int) -> RenderableType:
    """A table of `width` characters; 80 are enough."""
    table = Table(
        Column("credential"),
        Column("of"),
        Column("value"),
        Column("state", min_width=7),
        Column("left", ratio=1, min_width=4),
        Column("", justify="right", min_width=4),
        Column("ver", justify="right"),
        Column("rotated", justify="right", min_width=8),
        Column("told", justify="right"),
        box=None,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        header_style="dim",
        width=width,
    )
    for column in table.columns:
        column.no_wrap = True
    for row in snapshot.rows:
        table.add_row(*_cells(row, snapshot, ROOMY if width > 90 else NARROW))
    return table


def _cells(
    row: CredentialRow, snapshot: DemoSnapshot, ends: tuple[int, int]
) -> Iterator[RenderableType]:
    color = COLORS[row.state]
    yield row.key.kind
    yield row.key.subject or row.key.appid
    yield _masked(row, ends, snapshot)
    yield Text(row.state.value, style=color)
    if row.issued_at is None or row.expires_at is None:
        yield from ("", "", "-", "-", "-")
        return
    left = max(row.expires_at - snapshot.now, ZERO)
    lifetime = max(row.expires_at - row.issued_at, SECOND)
    yield ProgressBar(1.0, left / lifetime, complete_style=color, finished_style=color)
    yield short(left)
    yield str(row.version)
    yield f"{short(snapshot.now - row.issued_at)} ago"
    yield str(row.notified)


def _masked(row: CredentialRow, ends: tuple[int, int], snapshot: DemoSnapshot) -> Text:
    """Enough to see that it changed; bright when it just did."""
    is_new = row.issued_at is not None and snapshot.now - row.issued_at < NEW
    text = f"{row.value[: ends[0]]}…{row.value[-ends[1] :]}" if row.value else ""
    return Text(text, style="bold" if is_new else "dim")
