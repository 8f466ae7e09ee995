"""Loads what requests need and a start does not."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Final, TypeAlias, TypeVar

from wechat_scheduler.cli.certificates import read_now
from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.garbage import imports_kept
from wechat_scheduler.engine.gentle_threads import in_gentle_thread
from wechat_scheduler.engine.patterns import compile_all, compile_some

T = TypeVar("T")

Step: TypeAlias = Callable[[], object]

# What requests need and a start does not. Modules import it in a function; a thread imports it once callers
# are answered, so that the first request that needs it does not wait.
LATER = (
    "wechat_scheduler.web.native.routes",
    "wechat_scheduler.web.compat.catalogue",
    "wechat_scheduler.web.console.routes",
    "wechat_scheduler.web.routes",
    "wechat_scheduler.daemon.chinese",
    "wechat_scheduler.reminders.language.grammar",
    "wechat_scheduler.reminders.bot.bot",
    "wechat_scheduler.metrics.text",
    "chinese_calendar",
    "statistics",
    "tenacity",
)
# So long after the start.
CALLERS_FIRST = timedelta(milliseconds=500)

_STEPS: Final[tuple[Step, ...]] = (*(partial(import_module, module) for module in LATER), read_now)


async def load_later(config: Config, clock: Clock) -> None:
    """Once the callers who waited for the start are answered. In steps, as a stop waits for the last one."""
    await clock.sleep(CALLERS_FIRST)
    for step in _steps(config):
        await in_gentle_thread(partial(_kept, step))
    while await in_gentle_thread(partial(_kept, compile_some)):
        pass


def _kept(step: Callable[[], T]) -> T:
    """Without collections, which hold all threads until they end: the longest looked at all that was loaded."""
    with imports_kept():
        return step()


def load_for(config: Config) -> None:
    """What a start put off, and what this configuration makes of it."""
    for step in _steps(config):
        step()
    compile_all()


def load_all() -> None:
    """What every start put off."""
    for step in _STEPS:
        step()
    compile_all()


def _steps(config: Config) -> tuple[Step, ...]:
    return (*_STEPS, partial(_make_routes, config))


def _make_routes(config: Config) -> None:
    from wechat_scheduler.web.routes import routes_of

    routes_of(config)
