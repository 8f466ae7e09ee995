"""`deliveries`: what became of what was sent, and what is to be tried again."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from wechat_scheduler.cli.reach import ask, client_options
from wechat_scheduler.cli.showing import show_facts, show_json, show_rows
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.web.native.sending.delivery_bodies import (
    ChangedResult,
    DeliveryPage,
    DeliveryResult,
)

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

# The options of the whole program know a `state` that is a folder.
FILTER = {
    "standing": "state",
    "app": "app",
    "message": "message",
    "uid": "uid",
    "errcode": "errcode",
}
HEADINGS = ("ID", "MESSAGE", "STATE", "WAY", "TO", "TRIES", "ERRCODE", "REASON")


def _filter_options(command: CommandT) -> CommandT:
    states = click.Choice([state.value for state in DeliveryState])
    for option in (
        click.option("--errcode", type=int, metavar="CODE", help="Only those WeChat refused so."),
        click.option("--uid", metavar="UID", help="Only those to this subscriber."),
        click.option("--message", type=int, metavar="ID", help="Only those of this message."),
        click.option("--app", type=int, metavar="ID", help="Only those of this app."),
        click.option("--in", "standing", type=states, help="Only those in this state."),
    ):
        command = option(command)
    return command


def _filter(given: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for option, name in FILTER.items() if (value := given.pop(option)) is not None
    }


@click.group()
def deliveries() -> None:
    """Deliveries: each message on its way to each receiver.

    \b
    Example:
      wechat-scheduler deliveries list --in dead
    """


@deliveries.command("list")
@_filter_options
@click.option("--after", type=int, metavar="ID", help="Those after this one.")
@click.option(
    "--limit", default=100, type=click.IntRange(1, 1000), help="So many, 100 if not given."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def list_deliveries(after: int | None, limit: int, as_json: bool, **given: Any) -> None:
    """List deliveries by their ids.

    \b
    Examples:
      wechat-scheduler deliveries list --in dead
      wechat-scheduler deliveries list --message 3120764418856023 --json | jq '.[].reason'
    """
    query = {name: str(value) for name, value in _filter(given).items()}
    query |= {"after": str(after or 0), "limit": str(limit)}
    path = ("v1", "deliveries")
    found = ask(given, lambda client: client.ask(list[DeliveryResult], "GET", *path, query=query))
    if as_json:
        show_json(found)
        return
    fields = ("id", "message", "state", "way", "to", "attempts", "errcode", "reason")
    show_rows(HEADINGS, ([getattr(one, name) for name in fields] for one in found))


@deliveries.command()
@click.argument("delivery", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def show(delivery: int, as_json: bool, **given: Any) -> None:
    """Show a delivery with every attempt.

    \b
    Example:
      wechat-scheduler deliveries show 1093471126640181
    """
    found = ask(given, lambda client: client.ask(DeliveryPage, "GET", "v1", "deliveries", delivery))
    if as_json:
        show_json(found)
        return
    names = [name for name in DeliveryPage.__struct_fields__ if name != "history"]
    show_facts((name.replace("_", " "), getattr(found, name)) for name in names)
    if found.history:
        click.echo()
        show_rows(
            ("AT", "MS", "WAY", "ERRCODE", "RID", "ERROR"),
            (
                (one.at, one.duration_ms, one.way, one.errcode, one.rid, one.error)
                for one in found.history
            ),
        )


@deliveries.command()
@click.argument("delivery", type=int, required=False)
@_filter_options
@client_options
def replay(delivery: int | None, **given: Any) -> None:
    """Try again what is dead, cancelled, expired or missed: one, or all that fit.

    \b
    Examples:
      wechat-scheduler deliveries replay 1093471126640181
      wechat-scheduler deliveries replay --in dead --errcode 40037
    """
    click.echo(f"{_change('replay', delivery, given)} will be tried again")


@deliveries.command()
@click.argument("delivery", type=int, required=False)
@_filter_options
@client_options
def cancel(delivery: int | None, **given: Any) -> None:
    """Let be what waits to be sent: one, or all that fit.

    \b
    Examples:
      wechat-scheduler deliveries cancel 1093471126640181
      wechat-scheduler deliveries cancel --message 3120764418856023
    """
    click.echo(f"{_change('cancel', delivery, given)} cancelled")


def _change(what: str, delivery: int | None, given: dict[str, Any]) -> int:
    """How many it was done to."""
    wanted = _filter(given)
    if (delivery is None) is not bool(wanted):
        raise click.UsageError("name one delivery, or say which are meant")
    if delivery is not None:
        path = ("v1", "deliveries", delivery, what)
        ask(given, lambda client: client.ask(DeliveryPage, "POST", *path))
        return 1
    return _change_all(what, wanted, given)


def _change_all(what: str, wanted: dict[str, Any], given: dict[str, Any]) -> int:
    """The daemon does a part at once."""

    async def change(client: Admin) -> int:
        count, more = 0, True
        while more:
            done = await client.ask(ChangedResult, "POST", "v1", "deliveries", what, body=wanted)
            count, more = count + done.count, done.more
        return count

    return ask(given, change)
