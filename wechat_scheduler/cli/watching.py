"""Looks at a daemon again and again: a live table on a terminal, a line for each change elsewhere."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

import click
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from wechat_scheduler.cli.daemon_address import reach
from wechat_scheduler.cli.parameters import Duration
from wechat_scheduler.cli.showing import plain_rows
from wechat_scheduler.cli.streams import has_reader
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import UnreachableError

T = TypeVar("T")
CommandT = TypeVar("CommandT", bound=Callable[..., Any])

HELP = "Ctrl-C ends this"


class Watched(NamedTuple, Generic[T]):
    """What is looked at. `ask` gets it; `draw` makes a picture for a terminal of that width and height;
    `headings` and `row` make lines for a pipe, the first of them last if `newest_first`; `name` tells
    one thing from another."""

    ask: Callable[[Admin], Awaitable[Sequence[T]]]
    draw: Callable[[Sequence[T], datetime, int, int], RenderableType]
    headings: Sequence[str]
    row: Callable[[T], Sequence[object]]
    name: Callable[[T], object]
    newest_first: bool = False


def every_option(command: CommandT) -> CommandT:
    """`--every`, for `watch`."""
    return click.option(
        "--every",
        type=Duration(),
        default="1s",
        show_default=True,
        metavar="DURATION",
        help="Update the display at this interval.",
    )(command)


def watch(given: dict[str, Any], watched: Watched[T], every: timedelta) -> None:
    """Shows `watched` until Ctrl-C. Raises as `connect` does if the first look fails; later ones may:
    daemons restart."""
    asyncio.run(_watch(given, watched, every))


async def _watch(given: dict[str, Any], watched: Watched[T], every: timedelta) -> None:
    found = await reach(given, watched.ask)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    console = Console()
    looks = _looks(found, lambda: reach(given, watched.ask), every, stop)
    if console.is_terminal and not console.is_dumb_terminal:
        await _live(console, watched, looks)
    else:
        await _lines(watched, looks)


async def _looks(
    found: Sequence[T],
    look: Callable[[], Awaitable[Sequence[T]]],
    every: timedelta,
    stop: asyncio.Event,
) -> AsyncIterator[tuple[Sequence[T], str]]:
    """What each look found, and why the last one failed; then what was `found` stays."""
    trouble = ""
    while not stop.is_set():
        yield found, trouble
        with suppress(TimeoutError):
            async with asyncio.timeout(every.total_seconds()):
                await stop.wait()
        try:
            found, trouble = await look(), ""
        except UnreachableError as error:
            trouble = str(error)


async def _live(
    console: Console, watched: Watched[T], looks: AsyncIterator[tuple[Sequence[T], str]]
) -> None:
    """Uses the terminal's alternate screen, and leaves the last picture on the other one."""
    clock = SystemClock()
    picture: RenderableType = ""
    with Live(console=console, screen=True, auto_refresh=False) as live:
        async for found, trouble in looks:
            now, size = clock.now(), console.size
            foot = Text(trouble, "red") if trouble else Text(f"{now.astimezone():%H:%M:%S}  {HELP}")
            picture = watched.draw(found, now, size.width, size.height - 2)
            live.update(Group(picture, "", foot), refresh=True)
    console.print(picture)


async def _lines(watched: Watched[T], looks: AsyncIterator[tuple[Sequence[T], str]]) -> None:
    known: dict[object, Sequence[object]] = {}
    is_first, told = True, ""
    async for found, trouble in looks:
        rows = {watched.name(one): watched.row(one) for one in found}
        changed = [row for name, row in rows.items() if known.get(name) != row]
        known |= rows
        if watched.newest_first:
            changed.reverse()
        if changed or is_first:
            _print(plain_rows(watched.headings, changed), with_headings=is_first)
        if trouble and trouble != told:
            click.echo(trouble, err=True)
        if not has_reader():
            return
        is_first, told = False, trouble


def _print(lines: Iterable[str], *, with_headings: bool) -> None:
    for line in list(lines)[0 if with_headings else 1 :]:
        click.echo(line)
