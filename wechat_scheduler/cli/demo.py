"""`demo` shows the daemon at work, on this machine alone."""

import asyncio
import random
import signal
import sys
from contextlib import AbstractContextManager
from datetime import timedelta

import click
from rich.console import Console

from wechat_scheduler.cli.parameters import Duration, Seconds
from wechat_scheduler.cli.serve import run
from wechat_scheduler.cli.streams import has_reader
from wechat_scheduler.demo import run as story
from wechat_scheduler.demo.journal import named
from wechat_scheduler.demo.run import DemoSettings, Show
from wechat_scheduler.demo.screens import live_screen, plain_lines
from wechat_scheduler.demo.snapshot import DemoSnapshot
from wechat_scheduler.demo.view import credentials, on_phone
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import CallError


@click.command()
@click.option(
    "--token-lifetime",
    type=Duration(),
    metavar="DURATION",
    default="20s",
    show_default=True,
    help="Lifetime of the sandbox's tokens; all other periods shrink with it.",
)
@click.option(
    "--seconds",
    type=Seconds(),
    metavar="N",
    help="End after N seconds (default: until Ctrl-C).",
)
def demo(token_lifetime: timedelta, seconds: float | None) -> None:
    """Run a sandbox, a daemon and a business system, and show what they do.

    Tokens rotate before they expire, and a user's sentence becomes a reminder on the user's phone.

    It needs no account and stores nothing. A terminal shows a live view, a pipe gets a line for each
    event. Exits with 1 if a credential never became fresh.

    \b
    Examples:
      wechat-scheduler demo
      wechat-scheduler demo --token-lifetime 60s
      wechat-scheduler demo --seconds 30 | tee demo.log
    """
    duration = None if seconds is None else timedelta(seconds=seconds)
    run(_demo(DemoSettings(token_lifetime=token_lifetime, duration=duration)))


async def _demo(settings: DemoSettings) -> None:
    stop = _stop_on_signals()
    console = Console()
    with _screen(console, stop) as show:
        rng = random.Random()  # noqa: S311 - jitter, and secrets that last as long as the demo
        last = await story.run(settings, show=show, stop=stop, clock=SystemClock(), rng=rng)
    if has_reader():  # `demo | head` may end before all are fresh
        conclude(console, last)


def _stop_on_signals() -> asyncio.Event:
    """An event that Ctrl-C and the closing of the window set, any number of times: the demo restores
    the terminal and removes its folder in any case."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _screen(console: Console, stop: asyncio.Event) -> AbstractContextManager[Show]:
    if console.is_terminal and not console.is_dumb_terminal:
        return live_screen(console)
    return plain_lines(sys.stdout, has_reader=has_reader, stop=stop)


def conclude(console: Console, last: DemoSnapshot) -> None:
    """Prints how it ended. Raises CallError if a credential never became fresh."""
    if console.is_terminal:
        console.print(credentials(last, width=console.width), *on_phone(last), sep="\n")
    click.echo(last.summary)
    if last.never_fresh:
        names = ", ".join(named(key) for key in last.never_fresh)
        raise CallError(f"never became fresh: {names}")
