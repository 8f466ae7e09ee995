"""`doctor` prints what is wrong, and what to do about it."""

import asyncio
import random
import sys
from collections.abc import Callable
from typing import Any

import click

from wechat_scheduler.cli.options import Options, global_options, take
from wechat_scheduler.cli.showing import clean, show_json
from wechat_scheduler.doctor.examine import examine
from wechat_scheduler.doctor.finding import Finding, Level, fail, ok
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import ConfigError

COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


@click.command()
@click.option(
    "--probe",
    is_flag=True,
    help="Also ask WeChat for each account's token, with one call each, and call the addresses of "
    "business systems.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@global_options
def doctor(probe: bool, as_json: bool, **given: Any) -> None:
    """Print a line for each check: what is wrong, and what to do about it.

    It checks the configuration, the state folder, the database, the sealing key, the clock, the
    connection to WeChat, each account and each business system. It changes nothing, and works with or
    without a running daemon. Give it the options that the daemon was started with. Exits with 1 if a check fails.

    \b
    Examples:
      wechat-scheduler doctor
      wechat-scheduler doctor --probe --state /var/lib/wechat-scheduler
      wechat-scheduler doctor --json | jq '.[] | select(.level == "FAIL")'
    """
    findings: list[Finding] = []

    def show(finding: Finding) -> None:
        findings.append(finding)
        if not as_json:
            _print(finding)

    asyncio.run(_examine(take(given), show, probe=probe))
    if as_json:
        show_json(findings)
    if any(finding.level is Level.FAIL for finding in findings):
        sys.exit(1)


async def _examine(options: Options, show: Callable[[Finding], None], *, probe: bool) -> None:
    """Shows each finding at once: some take seconds."""
    try:
        loaded = options.load()
    except ConfigError as error:
        for sentence in str(error).splitlines():
            show(fail("configuration", sentence, "correct it, then run this again"))
        return
    show(ok("configuration", str(loaded.file or "no file, defaults and environment")))
    rng = random.Random()  # noqa: S311 - jitter
    async for finding in examine(loaded.config, probe=probe, clock=SystemClock(), rng=rng):
        show(finding)


def _print(finding: Finding) -> None:
    level = click.style(f"{finding.level:<4}", fg=COLOURS[finding.level])
    advice = f"; {finding.advice}" if finding.advice else ""
    click.echo(f"{level}  {clean(f'{finding.check:<18}  {finding.says}{advice}')}")
