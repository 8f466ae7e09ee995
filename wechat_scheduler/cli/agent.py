"""`agent` hands credentials to programs that cannot ask for them: files, commands, signals, a child, Redis."""

import asyncio
import random
import signal
import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
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
from wechat_scheduler.cli.parameters import Duration
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
@click.option(
    "--wait",
    type=Duration(),
    default=None,
    metavar="DURATION",
    help="With --once: how long to wait for a daemon that is away, or has no valid value (default: not).",
)
def agent(file: Path | None, check: bool, once: bool, wait: timedelta | None) -> None:
    """Hand credentials to programs that cannot ask for them, and keep them current.

    The agent writes files, runs commands and sends signals after each rotation, as its file says. A
    file is whole at each moment, and is removed when a value in it expires. A child that it starts has
    the values in its environment, and gets the signals that the agent gets; the agent ends with its
    exit code.

    \b
    Examples:
      wechat-scheduler agent --config /etc/wechat-scheduler/agent.toml
      wechat-scheduler agent --config agent.toml --check
      wechat-scheduler agent --config agent.toml --once --wait 2m
    """
    outer = click.get_current_context().find_object(Options)
    config = load(file or (outer.config_file if outer else None), loading.read_environ())
    queue = log.LogQueue(sys.stderr, SystemClock().boottime)
    log_to_stderr(config.log, queue)
    if check and once:
        raise click.UsageError("give --check or --once, not both")
    if wait is not None and not once:
        raise click.UsageError("--wait belongs to --once")
    if once:
        _check_once(config)
    _warn(config)
    try:
        code = _run(config, _check if check else partial(_once, wait) if once else _keep)
    except SchedulerError:
        raise
    except Exception:
        logger.exception("agent.crashed")
        code = 1
    sys.exit(code)


def _check_once(config: AgentConfig) -> None:
    """Raises ConfigError if there is nothing to do."""
    if not any((config.files, config.commands, config.signals, config.redis)):
        sentence = "exec: --once starts no child, and there is no other output"
        raise ConfigError(f"{config.source}: {sentence}")
    if config.exec:
        logger.warning("agent.child_left_out", advice="--once starts no child")


def _warn(config: AgentConfig) -> None:
    if config.holds_secret and config.source.stat().st_mode & 0o077:
        advice = f"it holds a secret, and other users may read it: chmod 600 {config.source}"
        logger.warning("agent.file_exposed", path=str(config.source), advice=advice)


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
            assembled(
                config,
                FollowedDaemon(client, clock, key_from=config.key_from),
                environ=environ,
                clock=clock,
                rng=rng,
            )
        )


async def _check(agent: Agent) -> int:
    await agent.check()
    click.echo("all is well")
    return 0


async def _once(wait: timedelta | None, agent: Agent) -> int:
    await agent.once(wait or timedelta(0))
    return 0


def _pass_over(number: int) -> None:
    """A signal that would end the agent by itself: its files would stay, whether valid or not."""
    name = signal.Signals(number).name
    logger.warning(
        "agent.signal_ignored", signal=name, advice="restart the agent if its file has changed"
    )


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
    for number in FORWARDED:
        loop.add_signal_handler(number, child.forward if child else _pass_over, number)
    if not child:
        loop.add_signal_handler(signal.SIGQUIT, end, signal.SIGQUIT)
    await agent.run(stop)
    return child.code if child else 0
