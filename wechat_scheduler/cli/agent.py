"""`agent` hands credentials to programs that cannot ask for them: files, commands, signals, a child, Redis."""

import asyncio
import random
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click
import structlog

from wechat_scheduler.agent.assembly import assembled
from wechat_scheduler.agent.following import FollowedDaemon
from wechat_scheduler.agent.reading import DEFAULT_FILE, load
from wechat_scheduler.agent.running import Agent
from wechat_scheduler.agent.settings import AgentConfig
from wechat_scheduler.cli.log_output import log_to_stderr
from wechat_scheduler.cli.options import Options
from wechat_scheduler.client.client import Client
from wechat_scheduler.config import loading
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import ConfigError, SchedulerError
from wechat_scheduler.log import setup as log

logger = structlog.get_logger(__name__)

# Where the agent's own key is, or may be (a URL can hold one): no business of the programs that it starts.
OURS = (
    "WECHAT_SCHEDULER_KEY",
    "WECHAT_SCHEDULER_KEY_FILE",
    "WECHAT_SCHEDULER_URL",
    "CREDENTIALS_DIRECTORY",
)

# A child gets these as the agent does.
FORWARDED = (signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH)


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
    help="Check the file, the daemon and each output, change nothing, and exit.",
)
@click.option(
    "--once",
    is_flag=True,
    help="Update all outputs once, and exit: for init containers and cron. Starts no child.",
)
def agent(file: Path | None, check: bool, once: bool) -> None:
    """Hand credentials to programs that cannot ask for them, and keep them current.

    The agent writes files, runs commands and sends signals after each rotation, as its file says. A
    file is whole at each moment, and is removed when a value in it expires. A child that it starts has
    the values in its environment, and gets the signals that the agent gets; the agent ends with its
    exit code.

    \b
    Examples:
      wechat-scheduler agent --config /etc/wechat-scheduler/agent.toml
      wechat-scheduler agent --config agent.toml --check
      wechat-scheduler agent --config agent.toml --once
    """
    outer = click.get_current_context().find_object(Options)
    config = load(file or (outer.config_file if outer else None), loading.read_environ())
    queue = log.LogQueue(sys.stderr, SystemClock().boottime)
    log_to_stderr(config.log, queue)
    if check and once:
        raise click.UsageError("give --check or --once, not both")
    try:
        code = _run(config, _check if check else _once if once else _keep)
    except SchedulerError:
        raise
    except Exception:
        logger.exception("agent.crashed")
        code = 1
    sys.exit(code)


def _run(config: AgentConfig, work: Callable[[Agent], Coroutine[Any, Any, int]]) -> int:
    return asyncio.run(_open(config, work))


async def _open(config: AgentConfig, work: Callable[[Agent], Coroutine[Any, Any, int]]) -> int:
    clock, rng = SystemClock(), random.Random()  # noqa: S311 - it spreads retries
    try:
        client = Client(config.daemon.url, config.daemon.key, clock=clock)
    except ValueError as error:
        raise ConfigError(f"daemon: {error}") from None
    async with client:
        environ = loading.read_environ()
        environ = {name: text for name, text in environ.items() if name not in OURS}
        return await work(
            assembled(config, FollowedDaemon(client, clock), environ=environ, clock=clock, rng=rng)
        )


async def _check(agent: Agent) -> int:
    await agent.check()
    click.echo("all is well")
    return 0


async def _once(agent: Agent) -> int:
    await agent.once()
    return 0


async def _keep(agent: Agent) -> int:
    """Returns the exit code of the child, 0 without one."""
    stop, loop, child = asyncio.Event(), asyncio.get_running_loop(), agent.child

    def end(number: int) -> None:
        """The second of these ends a child at once."""
        if child:
            child.last_signal = number
            if stop.is_set():
                child.forward(signal.SIGKILL)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, number)
    if child:
        for number in FORWARDED:
            loop.add_signal_handler(number, child.forward, number)
    await agent.run(stop)
    return child.code if child else 0
