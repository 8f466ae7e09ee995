"""`reminders create`: from the words of a command to a new reminder."""

from collections.abc import Sequence
from typing import Any

import click

from wechat_scheduler.cli.reach import ask, client_options
from wechat_scheduler.cli.showing import show_facts, show_json
from wechat_scheduler.web.native.reminders.bodies import PlanResult, ReminderResult

# Option -> field, where they have different names.
FIELDS = {"at": "time", "link": "url", "title": "title", "when": "when", "text": "text"} | {
    name: name for name in ("rule", "zone", "defer", "late", "channel", "priority")
}


@click.command()
@click.argument("title", required=False)
@click.option("--app", required=True, type=int, metavar="ID", help="Who says it.")
@click.option(
    "--to",
    "names",
    multiple=True,
    metavar="NAME",
    help="A uid, the app's own name for a user, or * for all subscribers. Repeat it for more.",
)
@click.option("--topic", "topics", type=int, multiple=True, metavar="ID", help="All of a topic.")
@click.option("--when", metavar="SENTENCE", help="When, and what if there is no TITLE, in Chinese.")
@click.option("--at", metavar="TIME", help="When, as RFC 3339: 2026-12-24T18:00:00+08:00.")
@click.option(
    "--rule",
    metavar="RULE",
    help="Again and again: FREQ=…, LUNAR-YEARLY;08-15, TERM;清明, WORKDAY.",
)
@click.option("--zone", metavar="ZONE", help="Whose clocks the rule goes by; the app's otherwise.")
@click.option("--defer", type=int, metavar="MINUTES", help="Say it later; negative is earlier.")
@click.option(
    "--late",
    type=click.Choice(("once", "skip", "all")),
    help="What becomes of what fell due while nobody was up; once if not given.",
)
@click.option("--text", metavar="TEXT", help="What is said beside the title.")
@click.option("--link", metavar="URL", help="Where whoever taps it is led.")
@click.option(
    "--channel",
    type=click.Choice(("auto", "template", "text", "subscribe", "webhook")),
    help="How; auto if not given.",
)
@click.option(
    "--priority",
    type=click.Choice(("bulk", "normal", "urgent")),
    help="Urgent ones heed no quiet hours.",
)
@click.option("--dry-run", is_flag=True, help="Keep nothing; show what would be said, and when.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def create(
    app: int,
    names: Sequence[str],
    topics: Sequence[int],
    dry_run: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Remind people of TITLE at a time, once or again and again.

    \b
    Examples:
      wechat-scheduler reminders create --app 2801745312094217 --to customer-17 \\
          --when "明天早上八点" "Stand-up"
      wechat-scheduler reminders create --app 2801745312094217 --to '*' \\
          --at 2026-12-25T09:00:00+08:00 --rule "FREQ=MONTHLY;BYMONTHDAY=25" "Rent"
      wechat-scheduler reminders create --app 2801745312094217 --to customer-17 \\
          --when "每月25号提前10分钟提醒我还信用卡" --dry-run
    """
    wish: dict[str, Any] = {"app": app, "to": [*names, *topics]}
    for option, name in FIELDS.items():
        if (value := given.pop(option)) is not None:
            wish[name] = value
    made = _preview(wish, given) if dry_run else _create(wish, given)
    if as_json:
        show_json(made)
        return
    said = made.next if isinstance(made, PlanResult) else [made.due_at]
    show_facts(
        (
            ("id", getattr(made, "id", None)),
            ("title", made.title),
            ("time", made.time.isoformat()),
            ("rule", made.rule),
            ("zone", made.zone),
            *(("said", time.isoformat()) for time in said if time),
        )
    )


def _create(wish: dict[str, Any], given: dict[str, Any]) -> ReminderResult:
    path = ("v1", "reminders")
    return ask(given, lambda client: client.ask(ReminderResult, "POST", *path, body=wish))


def _preview(wish: dict[str, Any], given: dict[str, Any]) -> PlanResult:
    path = ("v1", "reminders", "preview")
    return ask(given, lambda client: client.ask(PlanResult, "POST", *path, body=wish))
