"""`messages` sends a message, and lists and shows those that were sent."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from wechat_scheduler.cli.daemon_address import ask, client_options
from wechat_scheduler.cli.parameters import (
    APP_ID,
    MESSAGE_ID,
    Pair,
    json_option,
    limit_option,
    rows_option,
    sending_options,
)
from wechat_scheduler.cli.showing import show_json, show_result, show_results
from wechat_scheduler.web.native.sending.message_requests import SentResult
from wechat_scheduler.web.native.sending.messages import ListedMessageResult, MessageResult

PATH = ("v1", "messages")
COLUMNS = "ID TIME=created_at STATE APP=app_name TITLE PERSON"
# Option -> field of the body, where they have different names.
FIELDS = {"form": "format", "link": "url"} | {
    name: name for name in ("app", "channel", "title", "template", "priority")
}


@click.group()
def messages() -> None:
    """Send messages through a running daemon, which retries those that fail, and list them.

    \b
    Example:
      wechat-scheduler messages send --app 2801745312094217 --to customer-17 "Hello"
    """


@messages.command()
@click.argument("text", default="")
@sending_options
@click.option("--title", metavar="TEXT", help="Put this title above the text.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "html", "markdown")),
    help="Read TEXT in this format (default text).",
)
@click.option(
    "--mini-program",
    "miniprogram",
    metavar="APPID/PAGE",
    help="Let a tap open this page of a mini-program, such as wx1234567890abcdef/pages/order?id=7.",
)
@click.option("--template", metavar="ID", help="Send the template with this id or alias.")
@click.option(
    "--data",
    multiple=True,
    type=Pair("KEYWORD=TEXT", "="),
    metavar="KEYWORD=TEXT",
    help="Fill this keyword of the template with this text. Repeatable.",
)
@rows_option
@client_options
def send(
    text: str,
    names: Sequence[str],
    topics: Sequence[int],
    data: Sequence[tuple[str, str]],
    miniprogram: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Send TEXT, the standard input if TEXT is `-`, or a template.

    \b
    Examples:
      wechat-scheduler messages send --app 2801745312094217 --to customer-17 "Your parcel is here"
      df -h | wechat-scheduler messages send --app 2801745312094217 --to '*' --title Disks -
      wechat-scheduler messages send --app 2801745312094217 --to customer-17 \\
          --template parcel --data number=17 --data place=Berlin
      wechat-scheduler messages send --app 2801745312094217 --to customer-17 \\
          --mini-program wx1234567890abcdef/pages/order?id=17 "Your parcel is here"
    """
    body = {
        "to": [*names, *topics],
        "text": sys.stdin.read().rstrip() if text == "-" else text,
        "data": dict(data),
    } | {name: value for option, name in FIELDS.items() if (value := given.pop(option)) is not None}
    if miniprogram is not None:
        appid, _, page = miniprogram.partition("/")
        body["miniprogram"] = {"appid": appid, "pagepath": page}
    sent = ask(given, SentResult, "POST", *PATH, body=body)
    if as_json:
        show_json(sent)
        return
    click.echo(f"message {sent.id}")
    show_results(sent.deliveries, "TO DELIVERY=id ERROR")
    for note in sent.notes:
        click.echo(note, err=True)


@messages.command("list")
@click.option("--app", type=APP_ID, metavar="ID", help="List only those of this app.")
@click.option("--uid", metavar="UID", help="List only those to this subscriber.")
@click.option(
    "--after", default=0, type=MESSAGE_ID, metavar="ID", help="List only those older than this one."
)
@limit_option(1000)
@rows_option
@client_options
def list_messages(
    app: int | None, uid: str | None, after: int, limit: int, as_json: bool, **given: Any
) -> None:
    """List messages, the newest first.

    \b
    Examples:
      wechat-scheduler messages list
      wechat-scheduler messages list --app 2801745312094217 --json | jq '.[].title'
    """
    query = {"app": app, "uid": uid, "after": after, "limit": limit}
    found = ask(given, list[ListedMessageResult], "GET", *PATH, query=query)
    show_results(found, COLUMNS, as_json=as_json, person=_person, state=_state)


def _person(message: ListedMessageResult) -> str:
    """The only receiver, or the number of them."""
    count = sum(message.counts.values())
    if count != 1:
        return f"{count} receivers"
    return message.person or {"": "webhook", "0": "everyone"}.get(message.to, message.to)


def _state(message: ListedMessageResult) -> str:
    if len(message.counts) == 1:
        return next(iter(message.counts))
    return ", ".join(f"{count} {state}" for state, count in message.counts.items())


@messages.command()
@click.argument("message", type=MESSAGE_ID)
@json_option
@client_options
def show(message: int, as_json: bool, **given: Any) -> None:
    """Show a message and the states of its deliveries.

    \b
    Example:
      wechat-scheduler messages show 3120764418856023
    """
    found = ask(given, MessageResult, "GET", *PATH, message)
    data = [f"{name}={value}" for name, value in found.data.items()]
    counts = [f"{count} {state}" for state, count in found.counts.items()]
    opened = found.miniprogram and f"{found.miniprogram.appid}/{found.miniprogram.pagepath}"
    show_result(found, as_json=as_json, data=data, counts=counts, miniprogram=opened)
