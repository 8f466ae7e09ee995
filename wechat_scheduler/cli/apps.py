"""`apps`: who sends through the daemon, and who gets it."""

import sys
from typing import Any

import click

from wechat_scheduler.cli.apps_people import bind, qrcode, subscribers, topics, wecron_token
from wechat_scheduler.cli.reach import ask, client_options
from wechat_scheduler.cli.showing import show_facts, show_json, show_rows
from wechat_scheduler.web.native.sending.app_bodies import AppResult, MadeAppResult
from wechat_scheduler.web.native.sending.apps import TokenResult

HEADINGS = ("ID", "APPID", "ZONE", "CREATED", "NAME")


@click.group()
def apps() -> None:
    """Apps: who sends messages through a running daemon, and who gets them.

    \b
    Example:
      wechat-scheduler apps create shop --appid wx1111111111111111
    """


@apps.command()
@click.argument("name")
@click.option(
    "--appid", required=True, metavar="APPID", help="The WeChat account that it sends through."
)
@click.option("--callback", metavar="URL", help="Told who subscribes and who writes.")
@click.option("--zone", metavar="ZONE", help="Its time zone, Asia/Shanghai if not given.")
@click.option("--description", metavar="TEXT", help="What it is, for those who may follow it.")
@click.option("--welcome", metavar="TEXT", help="What whoever subscribes is told.")
@click.option(
    "--at-most-once",
    is_flag=True,
    default=None,
    help="Rather lose a text than send one twice that may have arrived.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def create(name: str, as_json: bool, **given: Any) -> None:
    """Make an app called NAME, and show what it needs to know, this once.

    \b
    Examples:
      wechat-scheduler apps create shop --appid wx1111111111111111
      wechat-scheduler apps create alerts --appid wx1111111111111111 \\
          --callback https://alerts.example.com/wechat --zone Europe/Berlin
    """
    settings = ("appid", "callback", "zone", "description", "welcome", "at_most_once")
    wish = {"name": name} | {
        setting: value for setting in settings if (value := given.pop(setting)) is not None
    }
    made = ask(given, lambda client: client.ask(MadeAppResult, "POST", "v1", "apps", body=wish))
    if as_json:
        show_json(made)
        return
    secrets = (
        ("app token", made.token),
        ("app key", made.app_key),
        ("signing secret", made.signing_secret),
    )
    show_facts((("id", made.id), ("name", made.name), ("account", made.appid), *secrets))
    click.echo("Keep the last three now: they are not shown again.", err=True)


@apps.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def list_apps(as_json: bool, **given: Any) -> None:
    """List the apps, the oldest first.

    \b
    Example:
      wechat-scheduler apps list
    """
    found = ask(given, lambda client: client.ask(list[AppResult], "GET", "v1", "apps"))
    if as_json:
        show_json(found)
    else:
        show_rows(
            HEADINGS, ((app.id, app.appid, app.zone, app.created_at, app.name) for app in found)
        )


@apps.command()
@click.argument("app", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def show(app: int, as_json: bool, **given: Any) -> None:
    """Show an app, without its secrets.

    \b
    Example:
      wechat-scheduler apps show 2801745312094217
    """
    found = ask(given, lambda client: client.ask(AppResult, "GET", "v1", "apps", app))
    if as_json:
        show_json(found)
        return
    facts = {name: getattr(found, name) for name in AppResult.__struct_fields__}
    facts["templates"] = sorted(found.templates)
    show_facts((name.replace("_", " "), value) for name, value in facts.items())


@apps.command()
@click.argument("app", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@client_options
def remove(app: int, yes: bool, **given: Any) -> None:
    """Remove an app with its topics, subscriptions and codes. What it has pending is cancelled.

    \b
    Example:
      wechat-scheduler apps remove 2801745312094217
    """
    if not (yes or sys.stdin.isatty()):
        raise click.UsageError("there is nobody here to ask: give --yes")
    if not yes:
        found = ask(given, lambda client: client.ask(AppResult, "GET", "v1", "apps", app))
        click.confirm(f"Remove {found.name} and all that belongs to it?", abort=True)
    ask(given, lambda client: client.ask(str, "DELETE", "v1", "apps", app))
    click.echo("removed")


@apps.command("reset-token")
@click.argument("app", type=int)
@client_options
def reset_token(app: int, **given: Any) -> None:
    """Give an app a new token. The former one opens nothing any more.

    \b
    Example:
      wechat-scheduler apps reset-token 2801745312094217
    """
    path = ("v1", "apps", app, "token")
    click.echo(ask(given, lambda client: client.ask(TokenResult, "POST", *path)).token)


for command in (topics, subscribers, bind, qrcode, wecron_token):
    apps.add_command(command)
