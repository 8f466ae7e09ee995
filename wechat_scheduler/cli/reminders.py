"""`reminders`: what people are to be told in time, once or again and again."""

from datetime import datetime
from typing import Any

import click

from wechat_scheduler.cli.reach import ask, client_options
from wechat_scheduler.cli.reminders_create import create
from wechat_scheduler.cli.showing import show_facts, show_json, show_rows
from wechat_scheduler.reminders.model import ReminderState
from wechat_scheduler.web.native.reminders.bodies import ReminderResult

HEADINGS = ("ID", "APP", "STATE", "DUE", "RULE", "TITLE")
PATH = ("v1", "reminders")


@click.group()
def reminders() -> None:
    """Reminders: kept by a running daemon, which says them in time.

    \b
    Example:
      wechat-scheduler reminders create --app 2801745312094217 --to customer-17 \\
          --when "明天早上八点提醒我开会"
    """


@reminders.command("list")
@click.option("--app", type=int, metavar="ID", help="Only those of this app.")
# The options of the whole program know a `state` that is a folder.
@click.option(
    "--in",
    "standing",
    type=click.Choice([state.value for state in ReminderState]),
    help="Only those in this state.",
)
@click.option("--after", metavar="ID", help="Those after this one.")
@click.option(
    "--limit", default=100, type=click.IntRange(1, 1000), help="So many, 100 if not given."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def list_reminders(standing: str | None, limit: int, as_json: bool, **given: Any) -> None:
    """List reminders by their ids.

    \b
    Examples:
      wechat-scheduler reminders list --in active
      wechat-scheduler reminders list --app 2801745312094217 --json | jq '.[].title'
    """
    wanted = {"app": given.pop("app"), "after": given.pop("after"), "state": standing}
    query = {name: str(value) for name, value in wanted.items() if value is not None}
    query["limit"] = str(limit)
    found = ask(given, lambda client: client.ask(list[ReminderResult], "GET", *PATH, query=query))
    if as_json:
        show_json(found)
        return
    fields = ("id", "app", "state", "due_at", "rule", "title")
    show_rows(HEADINGS, ([getattr(one, name) for name in fields] for one in found))


@reminders.command()
@click.argument("reminder")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def show(reminder: str, as_json: bool, **given: Any) -> None:
    """Show a reminder, and when it is said next.

    \b
    Example:
      wechat-scheduler reminders show 0f8e2d6c4b5a49378c1d2e3f4a5b6c7d
    """
    found = ask(given, lambda client: client.ask(ReminderResult, "GET", *PATH, reminder))
    if as_json:
        show_json(found)
        return
    facts = {name: getattr(found, name) for name in ReminderResult.__struct_fields__}
    facts["time"] = found.time.isoformat()  # in its zone
    show_facts((name.replace("_", " "), value) for name, value in facts.items())


@reminders.command()
@click.argument("reminder")
@click.option("-n", "most", default=5, type=click.IntRange(1, 20), help="So many, 5 if not given.")
@client_options
def preview(reminder: str, most: int, **given: Any) -> None:
    """Tell when a reminder is said the next times, in its zone.

    What is not kept yet is previewed by `reminders create --dry-run`.

    \b
    Example:
      wechat-scheduler reminders preview 0f8e2d6c4b5a49378c1d2e3f4a5b6c7d -n 12
    """
    path, query = (*PATH, reminder, "preview"), {"n": str(most)}
    times = ask(given, lambda client: client.ask(list[datetime], "GET", *path, query=query))
    for time in times:
        click.echo(time.isoformat())


@reminders.command()
@click.argument("reminder")
@client_options
def pause(reminder: str, **given: Any) -> None:
    """Leave out what falls due, until the reminder is resumed.

    \b
    Example:
      wechat-scheduler reminders pause 0f8e2d6c4b5a49378c1d2e3f4a5b6c7d
    """
    _change("pause", reminder, given)


@reminders.command()
@click.argument("reminder")
@client_options
def resume(reminder: str, **given: Any) -> None:
    """Go on with what is ahead.

    \b
    Example:
      wechat-scheduler reminders resume 0f8e2d6c4b5a49378c1d2e3f4a5b6c7d
    """
    _change("resume", reminder, given)


@reminders.command()
@click.argument("reminder")
@client_options
def cancel(reminder: str, **given: Any) -> None:
    """Say it no more. It stays visible.

    \b
    Example:
      wechat-scheduler reminders cancel 0f8e2d6c4b5a49378c1d2e3f4a5b6c7d
    """
    _change("cancel", reminder, given)


def _change(what: str, reminder: str, given: dict[str, Any]) -> None:
    path = (*PATH, reminder, what)
    changed = ask(given, lambda client: client.ask(ReminderResult, "POST", *path))
    due = f", next at {changed.due_at.isoformat()}" if changed.due_at else ""
    click.echo(f"{changed.title}: {changed.state}{due}")


reminders.add_command(create)
