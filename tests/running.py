"""What a process needs that runs tests: fixtures that every test may use, and the order of the tests."""

import faulthandler
import gc
import os
import signal
from contextlib import suppress
from types import FrameType

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from _pytest.runner import runtestprotocol
from aiohttp import web_app
from hypothesis import settings

from tests import logs
from tests.bare_machine import bare_machine
from tests.compiled import tell_characters
from tests.databases import database_url, migrations, open_again, postgres
from tests.lasting import FIXTURE, database, open_databases
from tests.reused import attendants
from wechat_scheduler.engine.clock import SystemClock

__all__ = [
    "bare_machine", "database", "database_url", "migrations", "open_again", "open_databases",
    "postgres",
]  # fmt: skip

# The same examples in each run, at any speed of the machine.
settings.register_profile("suite", derandomize=True, database=None, deadline=None, max_examples=50)
settings.load_profile("suite")
# Without the constants of all modules that happen to be loaded: each worker would parse the whole program for them,
# which takes ten seconds of CPU in a fresh checkout, and other neighbours of a test would change its examples.
# Other versions of hypothesis may have other names for this.
with suppress(ImportError, AttributeError):
    from hypothesis.internal.conjecture import providers

    own_constants = providers._local_constants
    providers._get_local_constants = lambda: own_constants

logs.plain()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


# It does what Python's own handler does. That one asyncio would replace for each fixture and each test, and describe
# the task in words to do so.
signal.signal(signal.SIGINT, _interrupt)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(name: str) -> list[pytest.Item] | None:
    """What a module imports is no test: five plugins would look at each of 20,000 names."""
    return None if name.startswith(("test", "Test")) else []


# A worker that begins one of these last is alone with it in the end.
LONGEST = (
    "test_schemathesis.py",
    "test_garbage.py",
    "unfair/",
)


# These parse the whole program, and remember that. The first quarter of all tests is handed out in whole pieces,
# one for each worker: at its beginning they are all of one worker.
READING = (
    "test_chinese.py",
    "test_glossary.py",
    "test_house_rules.py",
    "test_limits.py",
    "test_operations.py",
    "test_reasons.py",
    "test_documents.py",
    "console/test_chinese.py",
    "console/test_doors.py",
    "console/test_rewording.py",
    "test_dependencies.py",
    "sandbox/test_phone_words.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests that take seconds come first, and then those that read the program."""
    longest, reading = (tuple(f"tests/{name}" for name in names) for names in (LONGEST, READING))

    def place(item: pytest.Item) -> int:
        return 0 if item.nodeid.startswith(longest) else 1 if item.nodeid.startswith(reading) else 2

    items.sort(key=place)
    for item in items:
        # They run on the event loop of what stands there from one test to the next.
        if any(name.endswith("_of_the_file") for name in getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)
    for item in items:
        if isinstance(item, pytest.Function) and FIXTURE in item.fixturenames:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


# A test that hangs ends its worker, and is named. To set a timer for each single test costs a hundredth of the time:
# this one is set again if that is a while ago. A slow machine takes its time for several tests.
PATIENCE, A_WHILE = 600, 10
_clock = SystemClock()
_set_at = float("-inf")


def _end_if_it_hangs(config: pytest.Config) -> None:
    global _set_at
    now = _clock.boottime()
    if now - _set_at > A_WHILE:
        _set_at = now
        errors = config.stash[fault_handler_stderr_fd_key]  # which pytest does not capture
        faulthandler.dump_traceback_later(PATIENCE, exit=True, file=errors)


def pytest_runtest_logfinish() -> None:
    """aiohttp remembers the last thousand handlers, and with them the daemons of a hundred tests: a gigabyte."""
    if remembered := getattr(web_app, "_cached_build_middleware", None):
        remembered.cache_clear()


def pytest_collection_finish() -> None:
    tell_characters()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """A worker sends nothing that is never shown: each message costs time in two processes."""
    _end_if_it_hangs(item.config)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.passed:
            report.keywords, report.sections = {}, []
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_sessionfinish() -> None:
    from tests.warm import (
        server,
    )  # not earlier: it takes over the environment as conftest.py makes it

    faulthandler.cancel_dump_traceback_later()  # it may wait for other workers
    server.end()
    attendants.end()
