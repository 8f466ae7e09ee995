"""The demo's screen: its table of credentials, its events and the text around them."""

from collections.abc import Iterator
from datetime import timedelta

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.demo.journal import ON_PHONE, EventKind, JournalEntry
from wechat_scheduler.demo.setup import ACCOUNT, USER
from wechat_scheduler.demo.snapshot import CredentialRow, DemoSnapshot, Places

EVENT_COLORS = {
    EventKind.ROTATED: "green",
    EventKind.NOTIFIED: "cyan",
    EventKind.ASKED: "blue",
    EventKind.FAILED: "bold red",
    EventKind.WROTE: "magenta",
    EventKind.ANSWERED: "cyan",
    EventKind.REMINDED: "bold green",
}
# What is going to happen on the phone.
AHEAD = {
    EventKind.WROTE: "a follower of the account writes a sentence",
    EventKind.ANSWERED: "the daemon understands it and stores a reminder",
    EventKind.REMINDED: "the reminder falls due and reaches the phone",
}
STATE_COLORS = {
    Freshness.PENDING: "dim",
    Freshness.FRESH: "green",
    Freshness.STALE: "yellow",
    Freshness.EXPIRED: "red",
}
# Longer lines are hard to read.
WIDEST = 110
# Lines besides those of credentials and events: title, places, curl, rules, heads, phone, summary.
OTHER_LINES = 14
# A narrower screen has only the columns with these heads, and no command to paste, which would be cut; a
# screen without room for all lines has none either.
LEAST_WIDTH = 80
NEEDED = ("credential", "of", "state", "", "rotated")
COMMAND_LINES = 3
STALE = "stale: valid and served, while its successor is fetched"
HAPPENED = "the credentials: each rotation, and the business system is notified"
ZERO = timedelta(0)
SECOND = timedelta(seconds=1)
# A value is bright for this long.
NEW = timedelta(seconds=2)
# Characters shown of the beginning and the end of a value, on wide and on narrow screens.
WIDE_ENDS, NARROW_ENDS = (6, 4), (4, 3)


def view(snapshot: DemoSnapshot, *, width: int, height: int) -> RenderableType:
    """A screen of `width` by `height` characters; from 80 by 24 on all is on it."""
    room = height - OTHER_LINES - len(snapshot.rows)
    is_small = width < LEAST_WIDTH or room < 0
    whole = Group(
        _two_ends(
            Text("wechat-scheduler demo", style="bold"),
            Text(f"running {elapsed(snapshot.now - snapshot.started_at)}", style="dim"),
        ),
        _places(snapshot),
        *(() if is_small else _command(snapshot)),
        Rule(STALE, align="left", style="dim"),
        credentials(snapshot, width=min(width, WIDEST)),
        Rule(f"the phone of {USER}", align="left", style="dim"),
        *on_phone(snapshot),
        *_events(snapshot, room + COMMAND_LINES if is_small else room),
        _two_ends(_summary(snapshot), Text("Ctrl-C ends it", style="bold")),
    )
    return Constrain(whole, min(width, WIDEST))


def credentials(snapshot: DemoSnapshot, *, width: int) -> RenderableType:
    """A table of `width` characters."""
    columns = [
        Column("credential"),
        Column("of"),
        Column("value"),
        Column("state", min_width=7),
        Column("left", ratio=1, min_width=4),
        Column("", justify="right", min_width=4),
        Column("ver", justify="right"),
        Column("rotated", justify="right", min_width=8),
        Column("notified", justify="right"),
    ]
    places = range(len(columns))
    shown = [at for at in places if width >= LEAST_WIDTH or columns[at].header in NEEDED]
    table = Table(
        *(columns[at] for at in shown),
        box=None,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        header_style="dim",
        width=width,
    )
    for column in table.columns:
        column.no_wrap = True
    for row in snapshot.rows:
        cells = list(_cells(row, snapshot, WIDE_ENDS if width > 90 else NARROW_ENDS))
        table.add_row(*(cells[at] for at in shown))
    return table


def _command(snapshot: DemoSnapshot) -> Iterator[Text]:
    yield Text("Try it in another terminal:", style="dim")
    for line in curl_lines(snapshot.places):
        yield Text(line, no_wrap=True)


def on_phone(snapshot: DemoSnapshot) -> Iterator[Text]:
    """Three lines: from a sentence to a reminder to a message."""
    happened = {event.kind: event for event in snapshot.on_phone}
    for kind in ON_PHONE:
        if kind in happened:
            yield _line(happened[kind], snapshot)
        else:
            yield Text(
                f"{'':7}{'':10}{AHEAD[kind]}", style="dim", no_wrap=True, overflow="ellipsis"
            )


def short(span: timedelta) -> str:
    """Such as `17 s`, `43 min`, `2 h`."""
    seconds = max(0, span // SECOND)
    if seconds < 100:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 6000 else f"{seconds // 3600} h"


def elapsed(span: timedelta) -> str:
    """Minutes and seconds, such as `0:07`."""
    minutes, seconds = divmod(max(0, span // SECOND), 60)
    return f"{minutes}:{seconds:02}"


def curl_lines(places: Places) -> tuple[str, str]:
    """A command to paste. It works with blanks at the end of a line, which some terminals add."""
    return (
        f'  curl {places.daemon}/task/{ACCOUNT}/access_token -H "X-API-Key: $(',
        f'    cat {places.key_file})"',
    )


def _places(snapshot: DemoSnapshot) -> RenderableType:
    places = snapshot.places
    lifetime = short(places.token_lifetime)
    tickets = "ticket" if snapshot.tickets == 1 else "tickets"
    longest = max(map(len, (places.sandbox, places.daemon, places.business)))
    grid = Table.grid(
        Column(min_width=len("business")),
        Column(style="cyan", min_width=longest),
        Column(no_wrap=True, overflow="ellipsis", ratio=1),
        padding=(0, 2, 0, 0),
        expand=True,
    )
    grid.add_row(
        "sandbox",
        places.sandbox,
        f"a WeChat: tokens of {lifetime}, {snapshot.tickets} {tickets} pushed",
    )
    grid.add_row("daemon", places.daemon, "keeps every credential fresh, and notifies")
    grid.add_row("business", places.business, "registered all of these, and is notified")
    return grid


def _cells(
    row: CredentialRow, snapshot: DemoSnapshot, ends: tuple[int, int]
) -> Iterator[RenderableType]:
    color = STATE_COLORS[row.state]
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
    """The two ends of the value; bright if it is new."""
    is_new = row.issued_at is not None and snapshot.now - row.issued_at < NEW
    text = f"{row.value[: ends[0]]}…{row.value[-ends[1] :]}" if row.value else ""
    return Text(text, style="bold" if is_new else "dim")


def _events(snapshot: DemoSnapshot, room: int) -> Iterator[RenderableType]:
    """Exactly `room` lines: a heading, the newest events, then blank lines. Without the heading the times
    would seem to jump back from those of the phone."""
    if room < 2:
        yield from [Text()] * room
        return
    yield Rule(HAPPENED, align="left", style="dim")
    others = [event for event in snapshot.events if event.kind not in ON_PHONE]
    shown = others[-(room - 1) :]
    for event in shown:
        yield _line(event, snapshot)
    yield from [Text()] * (room - 1 - len(shown))


def _line(event: JournalEntry, snapshot: DemoSnapshot) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{elapsed(event.at - snapshot.started_at):>5}  ", style="dim")
    line.append(f"{event.kind.value:<8}", style=EVENT_COLORS[event.kind])
    return line.append(f"  {event.text}")


def _summary(snapshot: DemoSnapshot) -> Text:
    line = Text(snapshot.summary)
    if snapshot.failures:
        line.highlight_words([f"{snapshot.failures} failures"], style="bold red")
    return line


def _two_ends(left: Text, right: Text) -> RenderableType:
    grid = Table.grid(expand=True, padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    grid.add_column(justify="right", min_width=len(right))
    grid.add_row(left, right)
    return grid
