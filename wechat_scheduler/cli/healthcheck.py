"""`healthcheck` says whether a daemon is alive. A container runs it every few seconds, so it imports little."""

from typing import Any

import click

from wechat_scheduler.cli.daemon_address import connect, keyless_options
from wechat_scheduler.client.client import Client


@click.command()
@keyless_options
def healthcheck(**given: Any) -> None:
    """Check whether the daemon is alive: exit with 0 if it is, else with 1. Needs no key.

    It checks the daemon on the state folder; give the --state that the daemon has, or its address.

    \b
    Example (a line of a Dockerfile):
      HEALTHCHECK CMD ["wechat-scheduler", "healthcheck", "--url", "http://127.0.0.1:9001"]
    """
    connect(given, Client.check, keyless=True)
    click.echo("healthy")
