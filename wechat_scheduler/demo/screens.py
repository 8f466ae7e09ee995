"""Shows snapshots: as a live screen on a terminal, and as lines elsewhere."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.live import Live

from wechat_scheduler.demo.run import Show
from wechat_scheduler.demo.snapshot import DemoSnapshot
from wechat_scheduler.demo.view import curl_lines, elapsed, short, view


@contextmanager
def live_screen(console: Console) -> Iterator[Show]:
    """Uses the terminal's alternate screen, and restores the terminal at the end."""
    with Live(console=console, screen=True, auto_refresh=False) as live:

        def show(snapshot: DemoSnapshot) -> None:
            size = console.size
            live.update(view(snapshot, width=size.width, height=size.height), refresh=True)

        yield show


@contextmanager
def plain_lines(
    stream: TextIO, *, has_reader: Callable[[], bool], stop: asyncio.Event
) -> Iterator[Show]:
    """Writes one line for each event. Sets `stop` once `stream` has no reader."""
    shown = -1

    def show(snapshot: DemoSnapshot) -> None:
        nonlocal shown
        lines = list(_heading(snapshot)) if shown < 0 else []
        lines += [line for number, line in _lines(snapshot) if number > shown]
        shown = snapshot.events[-1].number if snapshot.events else 0
        stream.writelines(f"{line}\n" for line in lines)
        stream.flush()
        if not has_reader():
            stop.set()

    yield show


def _heading(snapshot: DemoSnapshot) -> Iterator[str]:
    places = snapshot.places
    yield f"sandbox   {places.sandbox}  a WeChat; tokens live {short(places.token_lifetime)}"
    yield f"daemon    {places.daemon}"
    yield f"business  {places.business}"
    yield "Try it in another terminal:"
    yield from curl_lines(places)


def _lines(snapshot: DemoSnapshot) -> Iterator[tuple[int, str]]:
    for event in snapshot.events:
        when = elapsed(event.at - snapshot.started_at)
        yield event.number, f"{when:>5}  {event.kind.value:<8}  {event.text}"
