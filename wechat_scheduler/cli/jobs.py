"""`jobs` and `healthcheck`: looking after a daemon that is running."""

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console, RenderableType

from wechat_scheduler.cli.completion import complete_type
from wechat_scheduler.cli.job_list import lines, table
from wechat_scheduler.cli.job_page import page
from wechat_scheduler.cli.job_words import job_name
from wechat_scheduler.cli.reach import ask, client_options
from wechat_scheduler.client.client import Client, Job
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.reasons import Reason

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


@click.group()
def jobs() -> None:
    """Look after the credentials that a running daemon keeps.

    TYPE is access_token, jsapi_ticket … or its number. SUBJECT tells the jobs of one account apart:
    the openid, or the authorizer's appid. It can be left out where there is only one.

    \b
    Example:
      wechat-scheduler jobs list
    """


def _names_a_job(command: CommandT) -> CommandT:
    appid = click.argument("appid")
    kind = click.argument("kind", metavar="TYPE", shell_complete=complete_type)
    subject = click.argument("subject", default="")
    return appid(kind(subject(command)))


@jobs.command("list")
@click.option("--appid", default="", metavar="APPID", help="Only those of this account.")
@click.option(
    "--type",
    "kind",
    default="",
    metavar="TYPE",
    shell_complete=complete_type,
    help="Only those of this type.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with everything that is known.")
@client_options
def list_jobs(appid: str, kind: str, as_json: bool, **given: Any) -> None:
    """List the jobs, and what is wrong with them.

    EXPIRES is when the value that is handed out dies, NEXT when WeChat is asked next. On a terminal
    that is the time left; in a pipe each job is one line, and times are instants.

    \b
    Examples:
      wechat-scheduler jobs list
      wechat-scheduler jobs list --json | jq '.[] | select(.state != "fresh") | .appid'
    """
    found = ask(given, lambda client: client.jobs(appid=appid, kind=kind))
    console = Console()
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    elif not console.is_terminal:
        click.echo("\n".join(lines(found)))
    elif found:
        _print(table(found, SystemClock().now(), width=console.width))
    else:
        click.echo("no job fits" if appid or kind else "nothing is registered yet")


@jobs.command()
@_names_a_job
@client_options
def show(appid: str, kind: str, subject: str, **given: Any) -> None:
    """Show all that is known of a job, and what to do if it fails.

    \b
    Example:
      wechat-scheduler jobs show wx1111111111111111 access_token
    """
    for job in ask(given, lambda client: _found(client, appid, kind, subject)):
        _print(page(job, SystemClock().now()))


@jobs.command()
@_names_a_job
@client_options
def refresh(appid: str, kind: str, subject: str, **given: Any) -> None:
    """Have the daemon ask WeChat now, whatever it waits for.

    \b
    Example:
      wechat-scheduler jobs refresh wx1111111111111111 jsapi_ticket
    """
    ask(given, lambda client: client.refresh(appid, kind, subject))
    again = " ".join(filter(None, (appid, kind, subject)))
    click.echo(
        f"WeChat is being asked; `jobs show {again}`, with the same options, tells what it answered"
    )


@jobs.command()
@_names_a_job
@click.option("--yes", is_flag=True, help="Do not ask.")
@client_options
def remove(appid: str, kind: str, subject: str, yes: bool, **given: Any) -> None:
    """Keep a credential no more. Whoever fetches it is told that there is none.

    \b
    Example:
      wechat-scheduler jobs remove wx1111111111111111 access_token
    """
    if not (yes or sys.stdin.isatty()):
        raise click.UsageError("there is nobody here to ask: give --yes")
    if not yes:
        _confirm(ask(given, lambda client: _found(client, appid, kind, subject)))
    ask(given, lambda client: client.remove(appid, kind, subject))
    click.echo("removed")


def _confirm(found: Sequence[Job]) -> None:
    if len(found) > 1:
        raise ConflictError(
            f"name one of {', '.join(job.subject for job in found)}", reason=Reason.TASK_AMBIGUOUS
        )
    owners = ", ".join(receiver.key for receiver in found[0].receivers) or "nobody"
    click.confirm(f"{job_name(found[0])} is kept for {owners}. Remove it?", abort=True)


@click.command()
@client_options
def healthcheck(**given: Any) -> None:
    """Ask the daemon whether it is alive: exits with 0 if it is, else with 1. Needs no key.

    \b
    Example:
      HEALTHCHECK CMD ["wechat-scheduler", "healthcheck"]
    """
    ask(given, Client.check, keyless=True)
    click.echo("healthy")


async def _found(client: Client, appid: str, kind: str, subject: str) -> list[Job]:
    found = await client.jobs(appid=appid, kind=kind, subject=subject)
    if not found:
        wanted = " ".join(filter(None, (appid, kind, subject)))
        raise NotFoundError(
            f"no job fits {wanted}; `wechat-scheduler jobs list` shows all there are",
            reason=Reason.TASK_UNKNOWN,
        )
    return found


def _print(shown: RenderableType) -> None:
    """What is piped keeps its lines whole, and has no colours."""
    console = Console()
    if not console.is_terminal:
        console.width = 10_000
    with console.capture() as captured:
        console.print(shown)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())
