"""The command line: arguments in, sentences out. Everything else is somewhere else."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from wechat_scheduler import __version__
from wechat_scheduler.cli.later import Later, LaterGroup
from wechat_scheduler.cli.options import global_options, take
from wechat_scheduler.errors import SchedulerError, StartError

NAME = "wechat-scheduler"
COMMANDS = (
    Later("serve", "wechat_scheduler.cli.serve:serve", "Serve in the foreground."),
    Later("demo", "wechat_scheduler.cli.demo:demo", "Watch it work, on this machine alone."),
    Later("sandbox", "wechat_scheduler.cli.sandbox:sandbox", "Serve a WeChat of your own."),
    Later("jobs", "wechat_scheduler.cli.jobs:jobs", "Look after what a running daemon keeps."),
    Later("keys", "wechat_scheduler.cli.keys:keys", "Make, list and end API keys."),
    Later("apps", "wechat_scheduler.cli.apps:apps", "Look after who sends, and to whom."),
    Later("messages", "wechat_scheduler.cli.messages:messages", "Send something."),
    Later("deliveries", "wechat_scheduler.cli.deliveries:deliveries", "See what became of it."),
    Later("reminders", "wechat_scheduler.cli.reminders:reminders", "Say something in time."),
    Later("audit", "wechat_scheduler.cli.audit:audit", "Tell who read and changed what."),
    Later("healthcheck", "wechat_scheduler.cli.jobs:healthcheck", "Ask whether a daemon is alive."),
    Later("doctor", "wechat_scheduler.cli.doctor:doctor", "Find what is wrong, and what to do."),
    Later("backup", "wechat_scheduler.cli.backup:backup", "Copy the database to a file."),
    Later("restore", "wechat_scheduler.cli.backup:restore", "Put a backup in its place."),
    Later("config", "wechat_scheduler.cli.check:config", "Look at the configuration."),
    Later("check-config", "wechat_scheduler.cli.check:check_config", "Check the configuration."),
    Later("completion", "wechat_scheduler.cli.completion:completion", "Complete in your shell."),
)
EPILOG = """\b
Examples:
  wechat-scheduler demo                      watch it work, no account needed
  wechat-scheduler -p 9001                   serve, state in your state folder
  wechat-scheduler --config /etc/wechat-scheduler/config.toml
  wechat-scheduler jobs list                 what the running daemon is doing
"""


@click.group(
    cls=LaterGroup,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-v", "--version", message=f"{NAME} %(version)s")
@global_options
def program(**given: Any) -> None:
    """Keeps every WeChat credential of a business fresh, and delivers its messages and reminders.

    Without a command it serves: business systems register what they need over HTTP, fetch or are
    told the current value, have people messaged and reminded, and restart whenever they like.
    """
    ctx = click.get_current_context()
    ctx.obj = take(given)
    if ctx.invoked_subcommand is None:
        from wechat_scheduler.cli.serve import serve_with

        serve_with(ctx.obj)


for command in COMMANDS:
    program.add_command(command)


def main(args: Sequence[str] | None = None) -> None:
    """Run the program, on the command line's words if none are given. Whatever was raised on
    purpose becomes one sentence and an exit code."""
    try:
        program(args, prog_name=NAME)
    except SchedulerError as error:
        for sentence in str(error).splitlines():
            click.echo(f"{NAME}: {sentence}", err=True)
        sys.exit(error.exit_code if isinstance(error, StartError) else 1)
