"""`serve`: the daemon in the foreground."""

import asyncio
import faulthandler
import gc
import random
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import click
import structlog

from wechat_scheduler.cli.options import Options, global_options, take
from wechat_scheduler.cli.reload import Reloader
from wechat_scheduler.config.settings import Config
from wechat_scheduler.config.state_folder import ADMIN_KEY
from wechat_scheduler.daemon.opening import Daemon, open_daemon
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.log import setup as log

logger = structlog.get_logger(__name__)

STDERR = 2


@click.command()
@global_options
def serve(**given: Any) -> None:
    """Serve in the foreground. This is what happens without a command, too.

    The first start makes an admin key, shows it once on the terminal, and keeps it in the state
    folder, where commands on this machine find it. SIGTERM lets it finish what it has in hand, a
    second one does not; SIGHUP makes it read the configuration anew.

    \b
    Examples:
      wechat-scheduler serve -p 9001
      wechat-scheduler serve --state ./state --wechat-api http://127.0.0.1:9002
    """
    serve_with(take(given))


def serve_with(options: Options) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP reads the configuration anew. Raises StartError."""
    config = options.load().config
    log.configure(level=config.log.level, format=config.log.format, stream=sys.stderr)
    # With SIGABRT the watchdog ends a process that hangs: it shall say where.
    faulthandler.enable(STDERR)
    run(_serve(options, config))
    # Everything is closed. The interpreter would look through all that was ever imported for more
    # to close, 100 ms in which callers wait for the next daemon.
    gc.freeze()


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run `main` on uvloop, or on asyncio where there is none."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main)


def stop_on_signals() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; the second ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)

    def heard() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in numbers:
        loop.add_signal_handler(number, heard)
    return stop


async def _serve(options: Options, config: Config) -> None:
    stop = stop_on_signals()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what it asks for is being done
    async with open_daemon(config, clock=SystemClock(), rng=random.Random()) as daemon:  # noqa: S311
        _greet(config, daemon)
        reloader = Reloader(options, config, daemon)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.reload)
        logger.info("daemon.ready", url=daemon.url, state=str(config.state.dir))
        await stop.wait()
        logger.info("daemon.stopping")
    logger.info("daemon.stopped")


def _greet(config: Config, daemon: Daemon) -> None:
    """A terminal is shown the key once; a journal never is."""
    if config.server.insecure_no_auth:
        logger.warning("daemon.no_authentication", reach="everybody on this machine")
    if not daemon.admin_key_is_new:
        return
    path = config.state.dir / ADMIN_KEY
    if sys.stderr.isatty():
        click.echo(f"Your admin key, shown this once and kept in {path}:", err=True)
        click.secho(f"  {daemon.admin_key}", bold=True, err=True)
    else:
        logger.info("admin_key.made", file=str(path))


def _loop_factory() -> Any:
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop
