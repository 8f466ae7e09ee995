"""`serve` runs the daemon in the foreground."""

import asyncio
import faulthandler
import random
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import click
import structlog

from wechat_scheduler.cli.late_loading import load_for, load_later
from wechat_scheduler.cli.log_output import log_to_stderr
from wechat_scheduler.cli.options import Options, global_options, take
from wechat_scheduler.cli.streams import leave
from wechat_scheduler.config.changes import change
from wechat_scheduler.config.settings import Config
from wechat_scheduler.config.state_folder import ADMIN_KEY
from wechat_scheduler.daemon.opening import Daemon, open_daemon
from wechat_scheduler.daemon.succession import Succession, take_turn
from wechat_scheduler.engine.clock import Clock, SharedClock, SystemClock
from wechat_scheduler.engine.garbage import short_collections
from wechat_scheduler.errors import ConfigError, SchedulerError
from wechat_scheduler.log import setup as log
from wechat_scheduler.upkeep.safe_paths import place_of_database

logger = structlog.get_logger(__name__)

STDERR = 2
TO_A_FILE = (
    "every user of this machine sees the password in the list of processes; write the URL into a file, "
    "name the file in state.database_file, and change the password"
)


@click.command()
@global_options
def serve(**given: Any) -> None:
    """Run the daemon in the foreground, as the program without a command does.

    The first start makes an admin key, shows it once on the terminal, and keeps it in the state
    folder, where commands on this machine find it. On SIGTERM the daemon finishes the calls in
    progress and ends; a second one ends it at once. On SIGHUP it reads the configuration again. On
    SIGUSR2 it starts its successor, and hands over to it once that is loaded.

    \b
    Examples:
      wechat-scheduler serve -p 9001
      wechat-scheduler serve --state ./state --wechat-api http://127.0.0.1:9002
    """
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)  # it would end a start
    options = take(given)
    loaded = options.load(installed=None)
    config = loaded.config
    if config.state.database.startswith("sqlite:"):
        place_of_database(config.state, loaded.file)
    queue = log.LogQueue(sys.stderr, SystemClock().boottime)
    log_to_stderr(config.log, queue)
    if options.shows_password:
        logger.warning("daemon.password_visible", flag="--database", advice=TO_A_FILE)
    # The watchdog ends a process that hangs with SIGABRT: the traceback says where it hung.
    faulthandler.enable(STDERR)
    succession = Succession()
    try:
        take_turn(partial(load_for, config))
        with short_collections():
            run(_serve(options, config, queue, succession))
    except SchedulerError:
        raise
    except Exception:
        logger.exception("daemon.crashed")
        sys.exit(1)
    succession.finish()
    queue.hurry()
    leave()


def run(main: Coroutine[Any, Any, None]) -> None:
    """Runs `main` on uvloop, or on asyncio where there is none."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main)


def stop_on_signals(first: Callable[[], None] = lambda: None) -> asyncio.Event:
    """An event that the `first` SIGTERM or SIGINT sets; the second ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)

    def stop_once() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        first()
        stop.set()

    for number in numbers:
        loop.add_signal_handler(number, stop_once)
    return stop


async def _serve(
    options: Options, config: Config, queue: log.LogQueue, succession: Succession
) -> None:
    stop = stop_on_signals(succession.call_off)
    loop, successor_wanted = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR2, successor_wanted.set)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the configuration is being read anyway
    async with open_daemon(config, clock=_clock(config), rng=random.Random()) as daemon:  # noqa: S311
        _greet(config, daemon)
        reloader = _Reloader(options, daemon, queue)
        loop.add_signal_handler(signal.SIGHUP, reloader.reload)
        _say_ready(config, daemon)
        supervisor = daemon.ground.supervisor
        supervisor.contained("loading", load_later(config, daemon.ground.clock))
        supervisor.contained("handing over", _hand_over(daemon, succession, successor_wanted, stop))
        await stop.wait()
        queue.hurry()  # a second signal ends the process at once
        logger.info("daemon.stopping")
    daemon.notifier.stopped()
    logger.info("daemon.stopped")


def _clock(config: Config) -> Clock:
    """The database's, where several machines may share it."""
    own = SystemClock()
    return own if config.state.database.startswith("sqlite:") else SharedClock(own)


async def _hand_over(
    daemon: Daemon, succession: Succession, wanted: asyncio.Event, stop: asyncio.Event
) -> None:
    """A further signal meanwhile changes nothing."""
    while not stop.is_set():
        await wanted.wait()
        if successor := await succession.prepare(daemon.listener.socket):
            daemon.notifier.succeeded_by(successor)
            stop.set()
        wanted.clear()


def _greet(config: Config, daemon: Daemon) -> None:
    """Shows a new admin key on a terminal, and never in a journal."""
    if config.server.insecure_no_auth:
        logger.warning("daemon.no_authentication", reach="every user of this machine")
    if not daemon.admin_key_is_new:
        return
    path = config.state.dir / ADMIN_KEY
    if sys.stderr.isatty():
        click.echo(f"Your admin key, shown this once and kept in {path}:", err=True)
        click.secho(f"  {daemon.admin_key}", bold=True, err=True)
    else:
        logger.info("admin_key.made", file=str(path))


def _say_ready(config: Config, daemon: Daemon) -> None:
    console = {"console": f"{daemon.url}/"} if config.server.console else {}
    logger.info("daemon.ready", url=daemon.url, state=str(config.state.dir), **console)


class _Reloader:
    """Applies what changed in the configuration, as far as a running daemon can."""

    def __init__(self, options: Options, daemon: Daemon, queue: log.LogQueue) -> None:
        self._options = options
        self._daemon = daemon
        self._queue = queue

    def reload(self) -> None:
        """A wrong configuration changes nothing. The log and systemd get the result."""
        self._daemon.notifier.reloading()
        try:
            remark = self._apply(self._options.load(installed=None).config)
        except ConfigError as error:
            logger.error("config.refused", problems=str(error).splitlines())
            remark = f"the new configuration is wrong, the old one stays in force: {error}"
        self._daemon.ready(remark)

    def _apply(self, wanted: Config) -> str:
        done = change(self._daemon.running.config, wanted)
        log_to_stderr(done.config.log, self._queue)
        self._daemon.adjust(done.config)
        logger.info("config.reloaded", changed=done.taken)
        if not done.waiting:
            return ""
        logger.warning("config.needs_restart", settings=done.waiting)
        return f"needs a restart: {', '.join(done.waiting)}"


def _loop_factory() -> Any:
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop
