"""`deliveries` lists, watches, shows, replays and cancels deliveries."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import click
from rich.console import Group, RenderableType

from wechat_scheduler.cli.daemon_address import ask, client_options, connect
from wechat_scheduler.cli.parameters import (
    APP_ID,
    DELIVERY_ID,
    MESSAGE_ID,
    json_option,
    limit_option,
    rows_option,
)
from wechat_scheduler.cli.showing import (
    drawn_rows,
    headings_of,
    show_result,
    show_results,
    values_of,
)
from wechat_scheduler.cli.watching import Watched, every_option, watch
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.delivery.model import DeliveryState
from wechat_scheduler.web.native.sending.delivery_bodies import (
    ChangedResult,
    DeliveryDetails,
    DeliveryResult,
)

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

PATH = ("v1", "deliveries")
# Option -> parameter. `state` as an option is the state folder.
FILTER = {
    "standing": "state",
    "app": "app",
    "message": "message",
    "uid": "uid",
    "errcode": "errcode",
}
REPLAYABLE = (
    DeliveryState.DEAD,
    DeliveryState.CANCELLED,
    DeliveryState.EXPIRED,
    DeliveryState.MISSED,
)
COLUMNS = "ID TIME=created_at STATE APP=app_name TITLE PERSON REASON"
ATTEMPT_COLUMNS = "AT MS=duration_ms WAY ERRCODE RID ERROR"


def _filter_options(verb: str, states: Iterable[DeliveryState]) -> Callable[[CommandT], CommandT]:
    choice = click.Choice([state.value for state in states])

    def add(command: CommandT) -> CommandT:
        for option in (
            click.option(
                "--errcode", type=int, metavar="CODE", help=f"{verb} only those with this errcode."
            ),
            click.option("--uid", metavar="UID", help=f"{verb} only those to this subscriber."),
            click.option(
                "--message",
                type=MESSAGE_ID,
                metavar="ID",
                help=f"{verb} only those of this message.",
            ),
            click.option(
                "--app", type=APP_ID, metavar="ID", help=f"{verb} only those of this app."
            ),
            click.option("--in", "standing", type=choice, help=f"{verb} only those in this state."),
        ):
            command = option(command)
        return command

    return add


def _filter(given: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for option, name in FILTER.items() if (value := given.pop(option)) is not None
    }


@click.group()
def deliveries() -> None:
    """List, watch, replay and cancel deliveries; each brings one message to one receiver.

    \b
    Example:
      wechat-scheduler deliveries list --in dead
    """


@deliveries.command("list")
@_filter_options("List", DeliveryState)
@click.option(
    "--after",
    default=0,
    type=DELIVERY_ID,
    metavar="ID",
    help="List only those older than this one.",
)
@limit_option(1000)
@rows_option
@client_options
def list_deliveries(after: int, limit: int, as_json: bool, **given: Any) -> None:
    """List deliveries, those of the newest message first.

    \b
    Examples:
      wechat-scheduler deliveries list --in dead
      wechat-scheduler deliveries list --message 3120764418856023 --json | jq '.[].reason'
    """
    query = _filter(given) | {"after": after, "limit": limit}
    found = ask(given, list[DeliveryResult], "GET", *PATH, query=query)
    show_results(found, COLUMNS, as_json=as_json, person=person)


@deliveries.command("watch")
@_filter_options("Watch", DeliveryState)
@limit_option(1000)
@every_option
@client_options
def watch_deliveries(limit: int, every: timedelta, **given: Any) -> None:
    """Show the newest deliveries live, until Ctrl-C.

    A pipe gets a line for each delivery, and for each change of one, with _ for each space but in the
    last column.

    \b
    Examples:
      wechat-scheduler deliveries watch
      wechat-scheduler deliveries watch --app 2801745312094217 | tee deliveries.log
    """
    query = _filter(given) | {"limit": limit}
    headings, names = headings_of(COLUMNS)

    async def look(admin: Admin) -> Sequence[DeliveryResult]:
        return await admin.ask(list[DeliveryResult], "GET", *PATH, query=query)

    def row(delivery: DeliveryResult) -> Sequence[object]:
        return values_of(delivery, names, {"person": person})

    def draw(
        found: Sequence[DeliveryResult], now: datetime, width: int, height: int
    ) -> RenderableType:
        return Group(*drawn_rows(headings, map(row, found), now, width)[:height])

    watched = Watched(
        ask=look, draw=draw, headings=headings, row=row, name=lambda it: it.id, newest_first=True
    )
    watch(given, watched, every)


def person(delivery: DeliveryResult) -> str:
    """The receiver as people know it."""
    match delivery.channel:
        case "person":
            return delivery.person or delivery.to
        case "topic":
            return "everyone" if delivery.to == "0" else f"topic {delivery.topic or delivery.to}"
        case _:
            return delivery.channel


@deliveries.command()
@click.argument("delivery", type=DELIVERY_ID)
@json_option
@client_options
def show(delivery: int, as_json: bool, **given: Any) -> None:
    """Show a delivery and each attempt at it.

    \b
    Example:
      wechat-scheduler deliveries show 1093471126640181
    """
    found = ask(given, DeliveryDetails, "GET", *PATH, delivery)
    show_result(found, as_json=as_json, history=None)
    if found.history and not as_json:
        click.echo()
        show_results(found.history, ATTEMPT_COLUMNS)


@deliveries.command()
@click.argument("delivery", type=DELIVERY_ID, required=False)
@_filter_options("Replay", REPLAYABLE)
@client_options
def replay(delivery: int | None, **given: Any) -> None:
    """Send one delivery again, or all that match.

    Only dead, cancelled, expired and missed deliveries are sent again.

    \b
    Examples:
      wechat-scheduler deliveries replay 1093471126640181
      wechat-scheduler deliveries replay --in dead --errcode 40037
    """
    click.echo(f"{_change('replay', delivery, given)} will be sent again")


@deliveries.command()
@click.argument("delivery", type=DELIVERY_ID, required=False)
@_filter_options("Cancel", (DeliveryState.PENDING,))
@client_options
def cancel(delivery: int | None, **given: Any) -> None:
    """Cancel one delivery that waits to be sent, or all that match.

    \b
    Examples:
      wechat-scheduler deliveries cancel 1093471126640181
      wechat-scheduler deliveries cancel --message 3120764418856023
    """
    click.echo(f"{_change('cancel', delivery, given)} cancelled")


def _change(what: str, delivery: int | None, given: dict[str, Any]) -> int:
    """The number of deliveries that changed."""
    wanted = _filter(given)
    if (delivery is None) is not bool(wanted):
        raise click.UsageError("name one delivery, or choose some with options")
    if delivery is not None:
        ask(given, DeliveryDetails, "POST", *PATH, delivery, what)
        return 1
    return connect(given, lambda admin: _change_all(admin, what, wanted))


async def _change_all(admin: Admin, what: str, wanted: dict[str, Any]) -> int:
    """Asks the daemon again while there are more: it changes only a part at once."""
    count, more = 0, True
    while more:
        changed = await admin.ask(ChangedResult, "POST", *PATH, what, body=wanted)
        count, more = count + changed.count, changed.more
    return count
