"""Begins and ends the tests. A process that only hands them out to its workers imports nothing of the program."""

import gc
import os
from collections import Counter

import pytest
from _pytest.terminal import TerminalReporter

from tests.compiled import compile_all
from tests.fastest import fastest

# Where `tmp_path` lies: a state folder is synchronized with its disk at each commit.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(fastest()))
# A program that has to compile its modules takes twice as long to start, and many tests start one.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Collecting makes objects that stay: the garbage collector need not look at them.
gc.disable()
gc.set_threshold(20_000, 5, 1000)


def _has_workers(config: pytest.Config) -> bool:
    return bool(config.getoption("numprocesses", None)) and not config.option.collectonly


def pytest_configure(config: pytest.Config) -> None:
    if not _has_workers(config):
        from tests import running  # it takes a second

        config.pluginmanager.register(running)
    elif config.pluginmanager.hasplugin("hypothesispytest"):
        # It would import hypothesis at the end, to say nothing.
        config.pluginmanager.unregister(name="hypothesispytest")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    # A folder's conftest.py has fixtures only: pytest need not look for its hooks at each test.
    session.gethookproxy = lambda path: session.config.hook
    # Not later: xdist starts the workers here.
    if _has_workers(session.config):
        compile_all(session.config)


def pytest_sessionfinish() -> None:
    """pytest collects garbage ten times at its end: the first time is enough to find what it looks for."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """How many tests were left out, and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in skipped
        if isinstance(report.longrepr, tuple)
    )
    for reason, number in reasons.most_common():
        terminalreporter.write_line(f"left out {number}: {reason}")
