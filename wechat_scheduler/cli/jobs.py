"""`jobs` lists, watches, refreshes and removes the jobs of a running daemon."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import click
from rich.console import Console, RenderableType

from wechat_scheduler.cli.completion import complete_type
from wechat_scheduler.cli.daemon_address import client_options, connect
from wechat_scheduler.cli.job_display import called, job_name, live_table, page, problems, table
from wechat_scheduler.cli.parameters import confirm, rows_option, yes_option
from wechat_scheduler.cli.showing import show_json, show_rows
from wechat_scheduler.cli.watching import Watched, every_option, watch
from wechat_scheduler.client.answers import JobInfo
from wechat_scheduler.client.client import Client
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
)
from wechat_scheduler.reasons import Reason

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

HEADINGS = ("APPID", "TYPE", "SUBJECT", "STATE", "EXPIRES", "NEXT", "FAILURES", "NAME", "PROBLEM")


@click.group()
def jobs() -> None:
    """List, watch, refresh and remove the jobs of a running daemon; each keeps one credential.

    TYPE is access_token, jsapi_ticket and so on, or its number. SUBJECT tells the jobs of one account
    apart: a user's openid, or an authorizer's appid. Leave it out where there is only one.

    \b
    Example:
      wechat-scheduler jobs list
    """


def _names_a_job(command: CommandT) -> CommandT:
    appid = click.argument("appid")
    kind = click.argument("kind", metavar="TYPE", shell_complete=complete_type)
    subject = click.argument("subject", default="")
    return appid(kind(subject(command)))


def _filter_options(verb: str) -> Callable[[CommandT], CommandT]:
    def add(command: CommandT) -> CommandT:
        appid = click.option(
            "--appid", default="", metavar="APPID", help=f"{verb} only jobs of this account."
        )
        kind = click.option(
            "--type",
            "kind",
            default="",
            metavar="TYPE",
            shell_complete=complete_type,
            help=f"{verb} only jobs of this type.",
        )
        return appid(kind(command))

    return add


@jobs.command("list")
@_filter_options("List")
@rows_option
@client_options
def list_jobs(appid: str, kind: str, as_json: bool, **given: Any) -> None:
    """List the jobs, and what is wrong with them.

    EXPIRES is when the current value expires, NEXT when the daemon asks WeChat next. A terminal shows
    the time left; a pipe gets a line for each job, with instants in UTC.

    \b
    Examples:
      wechat-scheduler jobs list
      wechat-scheduler jobs list --json | jq '.[] | select(.state != "fresh") | .appid'
    """
    found = connect(given, lambda admin: admin.jobs(appid=appid, kind=kind))
    console = Console()
    if as_json:
        show_json(found)
    elif not console.is_terminal:
        show_rows(HEADINGS, map(_row, found))
    elif found:
        _print(table(found, SystemClock().now(), width=console.width))
    else:
        click.echo("no job matches" if appid or kind else "nothing is registered yet")


def _row(job: JobInfo) -> Sequence[object]:
    return (
        job.appid,
        job.kind,
        job.subject,
        job.state,
        job.expires_at,
        job.next_attempt_at,
        job.failures,
        called(job),
        next(problems(job), ""),
    )


@jobs.command("watch")
@_filter_options("Watch")
@every_option
@client_options
def watch_jobs(appid: str, kind: str, every: timedelta, **given: Any) -> None:
    """Show the jobs live, until Ctrl-C.

    A terminal shows those with problems first; a pipe gets a line for each job, and for each change of
    one.

    \b
    Examples:
      wechat-scheduler jobs watch
      wechat-scheduler jobs watch --type access_token | tee jobs.log
    """
    watched = Watched(
        ask=lambda admin: admin.jobs(appid=appid, kind=kind),
        draw=live_table,
        headings=HEADINGS,
        row=_row,
        name=job_name,
    )
    watch(given, watched, every)


@jobs.command()
@_names_a_job
@client_options
def show(appid: str, kind: str, subject: str, **given: Any) -> None:
    """Show everything about a job, and what to do if it fails.

    \b
    Example:
      wechat-scheduler jobs show wx1111111111111111 access_token
    """
    for job in connect(given, lambda admin: _found(admin, appid, kind, subject)):
        _print(page(job, SystemClock().now()))


@jobs.command()
@_names_a_job
@client_options
def refresh(appid: str, kind: str, subject: str, **given: Any) -> None:
    """Make the daemon ask WeChat for a new value now.

    It asks even if the next attempt is not yet due.

    \b
    Example:
      wechat-scheduler jobs refresh wx1111111111111111 jsapi_ticket
    """
    connect(given, lambda admin: _change(admin, admin.refresh, appid, kind, subject))
    again = " ".join(filter(None, (appid, kind, subject)))
    click.echo(
        f"the daemon asks WeChat; `jobs show {again}` with the same options shows the result"
    )


@jobs.command()
@_names_a_job
@yes_option
@client_options
def remove(appid: str, kind: str, subject: str, yes: bool, **given: Any) -> None:
    """Remove a job: the daemon no longer keeps its credential.

    Later fetches of the credential are answered with 404.

    \b
    Example:
      wechat-scheduler jobs remove wx1111111111111111 access_token
    """

    def question() -> str:
        return _question(connect(given, lambda admin: _found(admin, appid, kind, subject)))

    confirm(question, yes=yes)
    connect(given, lambda admin: _change(admin, admin.remove, appid, kind, subject))
    click.echo("removed")


def _question(found: Sequence[JobInfo]) -> str:
    if len(found) > 1:
        raise ConflictError(
            f"name one of {', '.join(job.subject for job in found)}", reason=Reason.TASK_AMBIGUOUS
        )
    owners = ", ".join(receiver.key for receiver in found[0].receivers) or "no system"
    return f"{job_name(found[0])} is kept for {owners}. Remove it?"


async def _change(
    client: Client, change: Callable[[str, str, str], Awaitable[None]], *name: str
) -> None:
    """Raises the same as `_found` where there is no such job."""
    try:
        await change(*name)
    except NotFoundError:
        with suppress(ForbiddenError):  # some keys may change jobs, and not list them
            await _found(client, *name)
        raise


async def _found(client: Client, appid: str, kind: str, subject: str) -> list[JobInfo]:
    try:
        found = await client.jobs(appid=appid, kind=kind, subject=subject)
    except InvalidRequestError as error:  # TYPE is not an option, as the daemon's sentence says
        raise InvalidRequestError(str(error).removeprefix("type: "), reason=error.reason) from error
    if not found:
        wanted = " ".join(filter(None, (appid, kind, subject)))
        raise NotFoundError(
            f"no job matches {wanted}; `wechat-scheduler jobs list` lists all jobs",
            reason=Reason.TASK_UNKNOWN,
        )
    return found


def _print(shown: RenderableType) -> None:
    """Keeps the lines of a pipe whole and without colours."""
    console = Console()
    if not console.is_terminal:
        console.width = 10_000
    with console.capture() as captured:
        console.print(shown)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())
