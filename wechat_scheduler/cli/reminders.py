"""`reminders` makes, lists, previews, pauses and cancels reminders."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from wechat_scheduler.cli.daemon_address import ask, client_options
from wechat_scheduler.cli.parameters import (
    APP_ID,
    LimitValue,
    json_option,
    limit_option,
    rows_option,
    sending_options,
)
from wechat_scheduler.cli.showing import show_facts, show_json, show_result, show_results
from wechat_scheduler.cli.times import span
from wechat_scheduler.reminders.model import ReminderState
from wechat_scheduler.web.native.reminders.bodies import PlanResult, ReminderResult

PATH = ("v1", "reminders")
COLUMNS = "ID APP STATE DUE=due_at RULE TITLE"
# Option -> field of the body, where they have different names.
FIELDS = {"at": "time", "link": "url"} | {
    name: name
    for name in (
        "app", "title", "when", "text", "rule", "zone", "defer", "late", "channel", "priority",
    )
}  # fmt: skip


@click.group()
def reminders() -> None:
    """Make, list and cancel reminders, which a running daemon sends when they are due.

    \b
    Example:
      wechat-scheduler reminders create --app 2801745312094217 --to customer-17 \\
          --when "明天早上八点提醒我开会"
    """


@reminders.command()
@click.argument("title", required=False)
@sending_options
@click.option(
    "--when",
    metavar="SENTENCE",
    help="Read the time, and the title if there is no TITLE, from this Chinese sentence.",
)
@click.option(
    "--at", metavar="TIME", help="Remind first at this time, such as 2026-12-24T18:00:00+08:00."
)
@click.option(
    "--rule",
    metavar="RULE",
    help="Repeat by this rule: FREQ=…, LUNAR-YEARLY;08-15, TERM;清明 or WORKDAY.",
)
@click.option("--zone", metavar="ZONE", help="Repeat in this time zone (default the app's).")
@click.option(
    "--defer",
    type=int,
    metavar="MINUTES",
    help="Send this many minutes after the time, or before it if negative.",
)
@click.option(
    "--late",
    type=click.Choice(("once", "skip", "all")),
    help="Of the times missed while the daemon was down, send the newest (once), none or all, "
    "at most 24 (default once).",
)
@click.option("--text", metavar="TEXT", help="Send this text with the title.")
@click.option("--dry-run", is_flag=True, help="Store nothing; show the title and the next times.")
@json_option
@client_options
def create(
    names: Sequence[str], topics: Sequence[int], dry_run: bool, as_json: bool, **given: Any
) -> None:
    """Remind people of TITLE, once or repeatedly.

    \b
    Examples:
      wechat-scheduler reminders create --app 2801745312094217 --to customer-17 \\
          --when "明天早上八点" "Stand-up"
      wechat-scheduler reminders create --app 2801745312094217 --to '*' \\
          --at 2026-12-25T09:00:00+08:00 --rule "FREQ=MONTHLY;BYMONTHDAY=25" "Rent"
      wechat-scheduler reminders create --app 2801745312094217 --to customer-17 \\
          --when "每月25号提前10分钟提醒我还信用卡" --dry-run
    """
    if given["at"] is None and given["when"] is None:
        raise click.UsageError("say when: give --at TIME or --when SENTENCE")
    body: dict[str, Any] = {"to": [*names, *topics]}
    for option, name in FIELDS.items():
        if (value := given.pop(option)) is not None:
            body[name] = value
    made: PlanResult | ReminderResult
    if dry_run:
        made = ask(given, PlanResult, "POST", *PATH, "preview", body=body)
    else:
        made = ask(given, ReminderResult, "POST", *PATH, body=body)
    if as_json:
        show_json(made)
        return
    due = made.next if isinstance(made, PlanResult) else [_in_zone(made)]
    show_facts(
        (
            ("id", getattr(made, "id", None)),
            ("title", made.title),
            ("time", made.time.isoformat()),
            ("rule", made.rule),
            ("zone", made.zone),
            *(("due", time.isoformat()) for time in due if time),
            *(("note", note) for note in made.notes),
        )
    )


def _in_zone(reminder: ReminderResult) -> datetime | None:
    return reminder.due_at and reminder.due_at.astimezone(ZoneInfo(reminder.zone))


@reminders.command("list")
@click.option("--app", type=APP_ID, metavar="ID", help="List only those of this app.")
# `state` as an option is the state folder.
@click.option(
    "--in",
    "standing",
    type=click.Choice([state.value for state in ReminderState]),
    help="List only those in this state.",
)
@click.option("--after", metavar="ID", help="List only those after this one.")
@limit_option(1000)
@rows_option
@client_options
def list_reminders(
    app: int | None,
    standing: str | None,
    after: str | None,
    limit: int,
    as_json: bool,
    **given: Any,
) -> None:
    """List reminders in the order of their ids.

    \b
    Examples:
      wechat-scheduler reminders list --in active
      wechat-scheduler reminders list --app 2801745312094217 --json | jq '.[].title'
    """
    query = {"app": app, "state": standing, "after": after, "limit": limit}
    found = ask(given, list[ReminderResult], "GET", *PATH, query=query)
    show_results(found, COLUMNS, as_json=as_json)


@reminders.command()
@click.argument("reminder")
@json_option
@client_options
def show(reminder: str, as_json: bool, **given: Any) -> None:
    """Show a reminder, and when it is due next.

    \b
    Example:
      wechat-scheduler reminders show 0f8e2d6c4b5a49378c1d2e3f4a5b6c7d
    """
    found = ask(given, ReminderResult, "GET", *PATH, reminder)
    due = _in_zone(found)
    show_result(
        found,
        as_json=as_json,
        time=found.time.isoformat(),  # in its zone
        due_at=due and due.isoformat(),
        defer=_deferred(timedelta(minutes=found.defer)),
        grace=span(timedelta(seconds=found.grace)),
    )


def _deferred(by: timedelta) -> str:
    return "" if not by else f"{span(by)} {'later' if by > timedelta(0) else 'earlier'}"


@reminders.command()
@click.argument("reminder")
@click.option(
    "-n",
    "most",
    default=5,
    type=LimitValue(1, 20),
    metavar="N",
    help="Print this many times, at most 20 (default 5).",
)
@client_options
def preview(reminder: str, most: int, **given: Any) -> None:
    """Print the next times at which a reminder is due, in its zone.

    To preview a new reminder, use `reminders create --dry-run`.

    \b
    Example:
      wechat-scheduler reminders preview 0f8e2d6c4b5a49378c1d2e3f4a5b6c7d -n 12
    """
    for time in ask(given, list[datetime], "GET", *PATH, reminder, "preview", query={"n": most}):
        click.echo(time.isoformat())


def _change(verb: str, meaning: str) -> click.Command:
    example = f"\b\nExample:\n  wechat-scheduler reminders {verb} 0f8e2d6c4b5a49378c1d2e3f4a5b6c7d"

    @click.command(verb, help=f"{meaning}\n\n{example}")
    @click.argument("reminder")
    @client_options
    def change(reminder: str, **given: Any) -> None:
        changed = ask(given, ReminderResult, "POST", *PATH, reminder, verb)
        due = f", next at {time.isoformat()}" if (time := _in_zone(changed)) else ""
        click.echo(f"{changed.title}: {changed.state}{due}")

    return change


for verb, meaning in (
    ("pause", "Pause a reminder: skip its times until you resume it."),
    ("resume", "Resume a paused reminder with its next time from now."),
    ("cancel", "Cancel a reminder for good. It stays in the list."),
):
    reminders.add_command(_change(verb, meaning))
