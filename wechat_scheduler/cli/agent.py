"""`agent` hands credentials to programs that cannot ask for them: files, commands, signals, a child, Redis."""

import asyncio
import random
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from wechat_scheduler.agent.assembly import assembled
from wechat_scheduler.agent.polling import PollingClient
from wechat_scheduler.agent.reading import DEFAULT_FILE, load
from wechat_scheduler.agent.running import Agent
from wechat_scheduler.agent.settings import AgentConfig
from wechat_scheduler.cli.options import Options
from wechat_scheduler.config import loading
from wechat_scheduler.config.settings import LogSettings
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import ConfigError
from wechat_scheduler.log import setup as log


@click.command()
@click.option(
    "--config",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"Read what to keep from this TOML file (default {DEFAULT_FILE}).",
)
@click.option(
    "--check",
    is_flag=True,
    help="Check the file, the daemon and each output, change nothing, and end.",
)
@click.option(
    "--once",
    is_flag=True,
    help="Bring all up to date once, and end: for init containers and cron. Starts no child.",
)
def agent(file: Path | None, check: bool, once: bool) -> None:
    """Hand credentials to programs that cannot ask for them, and keep them current.

    The agent writes files, runs commands and sends signals after each rotation, as its file says. A
    file is whole at each moment, and is removed when a value in it expires.

    \b
    Examples:
      wechat-scheduler agent --config /etc/wechat-scheduler/agent.toml
      wechat-scheduler agent --config agent.toml --check
      wechat-scheduler agent --config agent.toml --once
    """
    outer = click.get_current_context().find_object(Options)
    config = load(file or (outer.config_file if outer else None), loading.read_environ())
    queue = log.LogQueue(sys.stderr, SystemClock().boottime)
    _log_as(config.log, queue)
    if check and once:
        raise click.UsageError("give --check or --once, not both")
    if check:
        _run(config, Agent.check)
        click.echo("all is well")
    else:
        _run(config, Agent.once if once else _keep)


def _log_as(settings: LogSettings, queue: log.LogQueue) -> None:
    log.configure(
        level=settings.level,
        format=settings.format,
        stream=sys.stderr,
        journal=loading.journal_stream(),
        queue=queue,
    )


def _run(config: AgentConfig, work: Callable[[Agent], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(_open(config, work))


async def _open(config: AgentConfig, work: Callable[[Agent], Coroutine[Any, Any, None]]) -> None:
    clock, rng = SystemClock(), random.Random()  # noqa: S311 - it spreads retries
    try:
        client = PollingClient(config.daemon.url, config.daemon.key, clock=clock)
    except ValueError as error:
        raise ConfigError(f"daemon: {error}") from None
    async with client as daemon:
        environ = loading.read_environ()
        await work(assembled(config, daemon, environ=environ, clock=clock, rng=rng))


async def _keep(agent: Agent) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await agent.run(stop)
