"""`doctor` prints what is wrong, and what to do about it."""

import asyncio
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing
from typing import Any

import click

from wechat_scheduler.cli.options import Options, examined_options, take
from wechat_scheduler.cli.running_settings import (
    Difference,
    SettingsInForce,
    differences,
    in_force,
    is_same_secret,
    running_settings,
)
from wechat_scheduler.cli.showing import clean, show_behind, show_json
from wechat_scheduler.config.changes import LIVE
from wechat_scheduler.config.daemon_commands import daemon_commands
from wechat_scheduler.config.loading import Loaded
from wechat_scheduler.config.notation import MASK
from wechat_scheduler.config.settings import SETTINGS, Config, shown
from wechat_scheduler.doctor.examine import examine
from wechat_scheduler.doctor.finding import Finding, Level, fail, ok, warn
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import ConfigError

NONE_RUNS = "no daemon runs on the state folder"
HOW_TO_ASK = "give the options that the daemon was started with"
DATABASE = "state.database"
COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


@click.command()
@click.option(
    "--probe",
    is_flag=True,
    help="Also ask WeChat for each account's token, with one call each, and call the addresses of "
    "business systems.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@examined_options
def doctor(probe: bool, as_json: bool, **given: Any) -> None:
    """Print a line for each check: what is wrong, and what to do about it.

    It checks the configuration, the state folder, the database, the sealing key, the clock, the
    connection to WeChat, each account and each business system. It changes nothing. If a daemon runs on
    the state folder, it is asked for its settings; else give the options that the daemon is to be
    started with. Exits with 1 if a check fails.

    \b
    Examples:
      wechat-scheduler doctor
      wechat-scheduler doctor --probe
      wechat-scheduler doctor --json | jq '.[] | select(.level == "FAIL")'
    """
    findings: list[Finding] = []

    def show(finding: Finding) -> None:
        findings.append(finding)
        if not as_json:
            _print(finding)

    loaded = _loaded(take(given), show)
    if loaded is not None:
        running = running_settings(loaded)
        config = in_force(loaded.config, running.values or {})
        for finding in _settings(loaded, running, config):
            show(finding)
        asyncio.run(_examine(config, running.values or {}, show, probe=probe))
    if as_json:
        show_json(findings)
    if any(finding.level is Level.FAIL for finding in findings):
        sys.exit(1)


def _loaded(options: Options, show: Callable[[Finding], None]) -> Loaded | None:
    try:
        loaded = options.load()
    except ConfigError as error:
        for sentence in str(error).splitlines():
            show(fail("configuration", sentence, "correct it, then run this again"))
        return None
    show(ok("configuration", str(loaded.file or "no file, defaults and environment")))
    return loaded


def _settings(loaded: Loaded, running: SettingsInForce, config: Config) -> Iterator[Finding]:
    """Which settings are examined, and those that are others here than in `config`, which is in force."""
    if running.values is None:
        says = f"those of these options and of the configuration: {running.trouble or NONE_RUNS}"
        yield warn("settings", says, HOW_TO_ASK) if running.trouble else ok("settings", says)
        return
    found = list(differences(loaded, running.values))
    there = [f"{one.path} = {one.value}" for one in found if one.origin == "default"]
    only_there = f"; set there and not here: {', '.join(there)}" if there else ""
    yield ok("settings", f"those in force in the daemon at {running.url}{only_there}")
    for one in found:
        if one.origin != "default" and not is_same_secret(one):
            says = (
                f"the daemon runs with {one.path} = {one.value}, and {one.origin} says {one.other}"
            )
            yield warn("settings", says, _remedy(one, loaded.config))
        if one.path == DATABASE and MASK in one.value and one.value != shown(config)[one.path]:
            says = f"the daemon uses {one.value}, and its password is not known here"
            yield warn("store", says, f"give ${SETTINGS[one.path].variable} as the daemon has it")


def _remedy(one: Difference, config: Config) -> str:
    if one.origin.startswith("flag"):
        return "leave it out: it changes nothing in a daemon that runs"
    how = daemon_commands(config.state.dir)
    does = how.reload if one.path in LIVE else how.restart
    return f"{does}, if the daemon is to run with it"


async def _examine(
    config: Config,
    values: Mapping[str, str],
    show: Callable[[Finding], None],
    *,
    probe: bool,
) -> None:
    """Examines `config`, which is in force; `values` are the running daemon's. Shows each finding at once:
    some take seconds."""
    is_open = values.get(DATABASE) in (None, shown(config)[DATABASE])
    rng = random.Random()  # noqa: S311 - jitter
    findings = examine(config, probe=probe, clock=SystemClock(), rng=rng, with_store=is_open)
    async with aclosing(findings):  # if `show` fails, the database is closed at once
        async for finding in findings:
            show(finding)


def _print(finding: Finding) -> None:
    advice = f"; {finding.advice}" if finding.advice else ""
    show_behind(
        f"  {clean(finding.check):<18}  ",
        clean(f"{finding.says}{advice}"),
        start=f"{finding.level:<4}",
        colour=COLOURS[finding.level],
    )
