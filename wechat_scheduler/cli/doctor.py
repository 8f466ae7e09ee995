"""`doctor`: what is wrong here, and what to do about it."""

import asyncio
import random
import sys
from collections.abc import Callable
from typing import Any

import click
import msgspec

from wechat_scheduler.cli.job_words import clean
from wechat_scheduler.cli.options import Options, global_options, take
from wechat_scheduler.doctor.examine import examine
from wechat_scheduler.doctor.finding import Finding, Level, fail, ok
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import ConfigError

COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


@click.command()
@click.option(
    "--probe",
    is_flag=True,
    help="Also ask WeChat for each account's token, one call each, and call business systems.",
)
@click.option("--json", "as_json", is_flag=True, help="As a JSON list, for programs.")
@global_options
def doctor(probe: bool, as_json: bool, **given: Any) -> None:
    """Look for what is wrong here: a line for each check, and what to do about it.

    Configuration, state folder, database, sealing key, clock, the way to WeChat, each account, each
    business system. Changes nothing, whether a daemon runs or not. Exits with 1 if a check fails.

    \b
    Examples:
      wechat-scheduler doctor
      wechat-scheduler doctor --probe --state /var/lib/wechat-scheduler
      wechat-scheduler doctor --json | jq '.[] | select(.level == "FAIL")'
    """
    findings: list[Finding] = []
    show = findings.append if as_json else _Printer(findings).show
    asyncio.run(_examine(take(given), show, probe=probe))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(findings), indent=2))
    if any(finding.level is Level.FAIL for finding in findings):
        sys.exit(1)


async def _examine(options: Options, show: Callable[[Finding], None], *, probe: bool) -> None:
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


class _Printer:
    """Prints each finding when it is there: some take seconds."""

    def __init__(self, findings: list[Finding]) -> None:
        self._findings = findings

    def show(self, finding: Finding) -> None:
        self._findings.append(finding)
        level = click.style(f"{finding.level:<4}", fg=COLOURS[finding.level])
        advice = f"; {finding.advice}" if finding.advice else ""
        click.echo(f"{level}  {clean(f'{finding.check:<18}  {finding.says}{advice}')}")
