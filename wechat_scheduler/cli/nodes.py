"""`nodes` lists the daemons that share the database."""

from typing import Any

import click

from wechat_scheduler.cli.daemon_address import ask, client_options
from wechat_scheduler.cli.parameters import rows_option
from wechat_scheduler.cli.showing import show_results
from wechat_scheduler.web.native.nodes import NodeResult

COLUMNS = "NODE=name HOST VERSION SCHEMA=schema_version STATE STARTED=started_at SEEN=seen_at CLOCK=clock DB=answer HOLDS=held"


@click.command()
@rows_option
@client_options
def nodes(as_json: bool, **given: Any) -> None:
    """List the daemons that share the database, the last seen first.

    SCHEMA is the newest schema of the database that its program knows. SEEN is the last heartbeat,
    which comes every 5 s; a node without one for 15 s is silent: it died, hangs, or cannot reach the
    database. CLOCK is how far the clock of its machine is ahead of the database's (+) or behind (-); the
    database's decides when work is due. DB is the time that the database takes to answer. HOLDS counts
    the rows that it works on. A node that stopped normally is not listed.

    \b
    Examples:
      wechat-scheduler nodes
      wechat-scheduler nodes --json
    """
    found = ask(given, list[NodeResult], "GET", "v1", "nodes")
    show_results(found, COLUMNS, as_json=as_json, clock=_clock, answer=_answer, held=_held)


def _clock(node: NodeResult) -> str:
    return f"{node.clock_ahead_seconds:+.1f}s"


def _answer(node: NodeResult) -> str:
    return f"{node.store_answer_seconds * 1000:.1f}ms"


def _held(node: NodeResult) -> str:
    return " ".join(f"{queue}={count}" for queue, count in node.holds.items() if count) or "nothing"
