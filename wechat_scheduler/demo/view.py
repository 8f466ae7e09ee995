"""The demo's screen: from a snapshot to something that rich can print."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from wechat_scheduler.demo.journal import Happening, JournalEntry
from wechat_scheduler.demo.snapshot import DemoSnapshot, Places
from wechat_scheduler.demo.table import credentials
from wechat_scheduler.demo.words import curl_lines, elapsed, short

MARKS = {
    Happening.ROTATED: "green",
    Happening.NOTIFIED: "cyan",
    Happening.ASKED: "blue",
    Happening.FAILED: "bold red",
}
# A longer line is hard to follow with the eye.
WIDEST = 110
# Lines that are there whatever happens: title, places, curl, rules, heads, summary.
FURNITURE = 12


def view(snapshot: DemoSnapshot, *, width: int, height: int) -> RenderableType:
    """A screen of `width` by `height` characters; 80 by 24 is enough."""
    whole = Group(
        _title(snapshot),
        _where(snapshot),
        *_try(snapshot.places),
        Rule(style="dim"),
        credentials(snapshot, width=min(width, WIDEST)),
        Rule(style="dim"),
        *_events(snapshot, height - FURNITURE - len(snapshot.rows)),
        Rule(style="dim"),
        _two_ends(_summary(snapshot), Text("Ctrl-C ends it", style="bold")),
    )
    return Constrain(whole, min(width, WIDEST))


def _title(snapshot: DemoSnapshot) -> RenderableType:
    running = f"running {elapsed(snapshot.now - snapshot.started_at)}"
    return _two_ends(Text("wechat-scheduler demo", style="bold"), Text(running, style="dim"))


def _where(snapshot: DemoSnapshot) -> RenderableType:
    places = snapshot.places
    lives = short(places.token_lifetime)
    grid = Table.grid(Column(), Column(style="cyan"), Column(no_wrap=True), padding=(0, 2, 0, 0))
    grid.add_row(
        "sandbox", places.sandbox, f"a WeChat: tokens of {lives}, {snapshot.tickets} tickets pushed"
    )
    grid.add_row("daemon", places.daemon, "keeps every credential fresh, and notifies")
    grid.add_row("business", places.business, "registered all of these, and is told")
    return grid


def _try(places: Places) -> Iterator[Text]:
    yield Text("Try it in another terminal:", style="dim")
    for line in curl_lines(places):
        yield Text(line, no_wrap=True)


def _events(snapshot: DemoSnapshot, room: int) -> Iterator[Text]:
    """As many of the newest as there is room for, and blank lines in place of those to come."""
    shown = snapshot.events[-room:] if room > 0 else ()
    for event in shown:
        yield _line(event, snapshot)
    yield from [Text()] * (room - len(shown))


def _line(event: JournalEntry, snapshot: DemoSnapshot) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{elapsed(event.at - snapshot.started_at):>5}  ", style="dim")
    line.append(f"{event.what.value:<8}", style=MARKS[event.what])
    return line.append(f"  {event.words}")


def _summary(snapshot: DemoSnapshot) -> Text:
    line = Text(snapshot.summary)
    if snapshot.failures:
        line.highlight_words([f"{snapshot.failures} failures"], style="bold red")
    return line


def _two_ends(left: Text, right: Text) -> RenderableType:
    grid = Table.grid(expand=True)
    grid.add_column()
    grid.add_column(justify="right")
    grid.add_row(left, right)
    return grid
