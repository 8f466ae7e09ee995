"""`messages`: send something, and see what became of it."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from wechat_scheduler.cli.parameters import Pair
from wechat_scheduler.cli.reach import ask, client_options
from wechat_scheduler.cli.showing import show_facts, show_json, show_rows
from wechat_scheduler.web.native.sending.message_requests import SentResult
from wechat_scheduler.web.native.sending.messages import MessageResult

WAYS = ("auto", "template", "text", "subscribe", "webhook")


@click.group()
def messages() -> None:
    """Messages: said once to a running daemon, which sees that they arrive.

    \b
    Example:
      wechat-scheduler messages send --app 2801745312094217 --to customer-17 "Hello"
    """


@messages.command()
@click.argument("text", default="")
@click.option("--app", required=True, type=int, metavar="ID", help="Who says it.")
@click.option(
    "--to",
    "names",
    multiple=True,
    metavar="NAME",
    help="A uid, the app's own name for a user, or * for all subscribers. Repeat it for more.",
)
@click.option("--topic", "topics", type=int, multiple=True, metavar="ID", help="All of a topic.")
@click.option("--channel", type=click.Choice(WAYS), default="auto", help="How; auto if not given.")
@click.option("--title", default="", metavar="TEXT", help="What stands above it.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "html", "markdown")),
    default="text",
    help="What TEXT is written in.",
)
@click.option("--link", default="", metavar="URL", help="Where whoever taps it is led.")
@click.option("--template", default="", metavar="ID", help="A template, by its id or alias.")
@click.option(
    "--data",
    multiple=True,
    type=Pair("KEYWORD=TEXT", "="),
    metavar="KEYWORD=TEXT",
    help="What stands in the template. Repeat it for more.",
)
@click.option(
    "--priority",
    type=click.Choice(("bulk", "normal", "urgent")),
    default="normal",
    help="Urgent ones heed no quiet hours.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def send(
    text: str,
    names: Sequence[str],
    topics: Sequence[int],
    form: str,
    link: str,
    data: Sequence[tuple[str, str]],
    as_json: bool,
    **given: Any,
) -> None:
    """Send TEXT, or `-` for what comes on the standard input; or a template.

    \b
    Examples:
      wechat-scheduler messages send --app 2801745312094217 --to customer-17 "Your parcel is here"
      df -h | wechat-scheduler messages send --app 2801745312094217 --to '*' --title Disks -
      wechat-scheduler messages send --app 2801745312094217 --to customer-17 \\
          --template parcel --data number=17 --data place=Berlin
    """
    wish = {name: given.pop(name) for name in ("app", "channel", "title", "template", "priority")}
    wish |= {
        "to": [*names, *topics],
        "text": sys.stdin.read().rstrip() if text == "-" else text,
        "format": form,
        "url": link,
        "data": dict(data),
    }
    sent = ask(given, lambda client: client.ask(SentResult, "POST", "v1", "messages", body=wish))
    if as_json:
        show_json(sent)
        return
    click.echo(f"message {sent.id}")
    show_rows(("TO", "DELIVERY", "ERROR"), ((one.to, one.id, one.error) for one in sent.deliveries))
    for note in sent.notes:
        click.echo(note, err=True)


@messages.command()
@click.argument("message", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def show(message: int, as_json: bool, **given: Any) -> None:
    """Show a message, and how many of its deliveries are in which state.

    \b
    Example:
      wechat-scheduler messages show 3120764418856023
    """
    found = ask(given, lambda client: client.ask(MessageResult, "GET", "v1", "messages", message))
    if as_json:
        show_json(found)
        return
    facts = {name: getattr(found, name) for name in MessageResult.__struct_fields__}
    facts["data"] = [f"{name}={value}" for name, value in found.data.items()]
    facts["counts"] = [f"{many} {state}" for state, many in found.counts.items()]
    show_facts((name.replace("_", " "), value) for name, value in facts.items())
