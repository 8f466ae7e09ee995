"""The program `wechat-scheduler`: its commands, and how they end."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from wechat_scheduler import __version__
from wechat_scheduler.cli.lazy_commands import LazyCommand, LazyGroup
from wechat_scheduler.cli.options import global_options, take
from wechat_scheduler.cli.parameters import GoOption
from wechat_scheduler.cli.streams import forget_output, open_streams
from wechat_scheduler.config import loading
from wechat_scheduler.config.os_errors import reason
from wechat_scheduler.errors import SchedulerError, StartError
from wechat_scheduler.log.journal import leads_to_journal, with_priority

NAME = "wechat-scheduler"
CLI = "wechat_scheduler.cli"
SERVE = LazyCommand(
    "serve",
    f"{CLI}.serve:serve",
    "Run the daemon in the foreground.",
    without="rich",  # it prints no tables either
)
COMMANDS = (
    SERVE,
    LazyCommand("demo", f"{CLI}.demo:demo", "Watch the daemon at work, without an account."),
    LazyCommand(
        "sandbox", f"{CLI}.sandbox:sandbox", "Run a WeChat API of your own, to try things out."
    ),
    LazyCommand("jobs", f"{CLI}.jobs:jobs", "List, watch, refresh and remove the credentials."),
    LazyCommand("keys", f"{CLI}.keys:keys", "Make, list and revoke API keys."),
    LazyCommand(
        "consumers",
        f"{CLI}.consumers:consumers",
        "Make, list and revoke consumers of the gateway.",
    ),
    LazyCommand(
        "jssdk", f"{CLI}.jssdk:jssdk", "Sign pages for WeChat's JS-SDK, and say whose may ask."
    ),
    LazyCommand(
        "quota", f"{CLI}.quota:quota", "Show and clear WeChat's count of an account's calls."
    ),
    LazyCommand(
        "apps", f"{CLI}.apps:apps", "Make apps, their topics and codes; list their subscribers."
    ),
    LazyCommand("messages", f"{CLI}.messages:messages", "Send and list messages."),
    LazyCommand(
        "deliveries", f"{CLI}.deliveries:deliveries", "List, watch, replay and cancel deliveries."
    ),
    LazyCommand("reminders", f"{CLI}.reminders:reminders", "Make, list and cancel reminders."),
    LazyCommand("agent", f"{CLI}.agent:agent", "Keep credentials in files, for other programs."),
    LazyCommand("audit", f"{CLI}.audit:audit", "List who read and changed what."),
    LazyCommand("nodes", f"{CLI}.nodes:nodes", "List the daemons that share the database."),
    LazyCommand(
        "healthcheck", f"{CLI}.healthcheck:healthcheck", "Check whether the daemon is alive."
    ),
    LazyCommand("doctor", f"{CLI}.doctor:doctor", "Find what is wrong, and what to do about it."),
    LazyCommand("backup", f"{CLI}.backup:backup", "Copy the database to a file."),
    LazyCommand("restore", f"{CLI}.backup:restore", "Replace the database with a backup."),
    LazyCommand(
        "migrate-store",
        f"{CLI}.migrate_store:migrate_store",
        "Move everything between SQLite and PostgreSQL.",
    ),
    LazyCommand("config", f"{CLI}.config:config", "Show the configuration."),
    LazyCommand("check-config", f"{CLI}.config:check_config", "Check the configuration."),
    LazyCommand(
        "completion", f"{CLI}.completion:completion", "Print a completion script for a shell."
    ),
)
EPILOG = """\b
Examples:
  wechat-scheduler demo                      watch it work, no account needed
  wechat-scheduler -p 9001                   run the daemon
  wechat-scheduler --config /etc/wechat-scheduler/config.toml
  wechat-scheduler jobs list                 list the credentials that the daemon keeps
"""


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    __version__, "-v", "--version", "--v", cls=GoOption, message=f"{NAME} %(version)s"
)
@global_options
def program(**given: Any) -> None:
    """Keeps every WeChat credential of a business fresh, and delivers its messages and reminders.

    Without a command it runs the daemon, which business systems call over HTTP: they register
    credentials, fetch the current value or are notified of it, and send messages and reminders.
    """
    ctx = click.get_current_context()
    ctx.obj = take(given)
    if ctx.invoked_subcommand is None:
        ctx.invoke(SERVE.load())


for command in COMMANDS:
    program.add_command(command)


def main(args: Sequence[str] | None = None) -> None:
    """Runs the program with `args`, the command line's by default. An error that is raised on purpose,
    or by the system, ends it with its sentence and an exit code."""
    open_streams()
    try:
        program(args, prog_name=NAME)
    except SchedulerError as error:
        _say(str(error))
        sys.exit(error.exit_code if isinstance(error, StartError) else 1)
    except OSError as error:  # a full disk behind the output, a folder of another user
        forget_output()
        _say(": ".join(filter(None, (error.filename and str(error.filename), reason(error)))))
        sys.exit(1)


def _say(sentences: str) -> None:
    """On standard error. A unit's go to the journal, as errors."""
    into_journal = leads_to_journal(sys.stderr, loading.journal_stream())
    with suppress(OSError):  # the errors have no room either
        for sentence in sentences.splitlines():
            line = f"{NAME}: {sentence}"
            click.echo(with_priority(line, "error") if into_journal else line, err=True)
