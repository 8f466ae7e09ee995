"""`apps` makes, shows and removes apps; the commands about their users are in apps_people.py."""

from typing import Any

import click

from wechat_scheduler.cli.apps_people import (
    bind,
    qrcode,
    subscribers,
    topics,
    uses,
    wecron_token,
)
from wechat_scheduler.cli.apps_templates import templates
from wechat_scheduler.cli.daemon_address import ask, client_options
from wechat_scheduler.cli.parameters import APP_ID, confirm, json_option, rows_option, yes_option
from wechat_scheduler.cli.showing import show_facts, show_json, show_result, show_results
from wechat_scheduler.web.native.sending.app_bodies import AppResult, MadeAppResult
from wechat_scheduler.web.native.sending.apps import TokenResult

PATH = ("v1", "apps")
COLUMNS = "ID APPID ZONE CREATED=created_at NAME"
NO_LIMIT = "no limit"


@click.group()
def apps() -> None:
    """Make apps, which send messages to their subscribers through a WeChat account.

    \b
    Example:
      wechat-scheduler apps create shop --appid wx1111111111111111
    """


@apps.command()
@click.argument("name")
@click.option("--appid", required=True, metavar="APPID", help="Send through this WeChat account.")
@click.option("--callback", metavar="URL", help="Call this URL when a user subscribes or writes.")
@click.option("--zone", metavar="ZONE", help="Set the app's time zone (default Asia/Shanghai).")
@click.option("--description", metavar="TEXT", help="Describe the app to its subscribers.")
@click.option("--welcome", metavar="TEXT", help="Send this text to each new subscriber.")
@click.option(
    "--mini-program",
    is_flag=True,
    default=None,
    help="The account is a mini-program: send templates as its subscribe notices.",
)
@click.option(
    "--at-most-once",
    is_flag=True,
    default=None,
    help="If it is uncertain whether a text arrived, do not send it again.",
)
@json_option
@client_options
def create(name: str, as_json: bool, **given: Any) -> None:
    """Make an app called NAME, and show its secrets once.

    \b
    Examples:
      wechat-scheduler apps create shop --appid wx1111111111111111
      wechat-scheduler apps create alerts --appid wx1111111111111111 \\
          --callback https://alerts.example.com/wechat --zone Europe/Berlin
    """
    settings = (
        "appid",
        "callback",
        "zone",
        "description",
        "welcome",
        "mini_program",
        "at_most_once",
    )
    wish = {"name": name} | {
        setting: value for setting in settings if (value := given.pop(setting)) is not None
    }
    made = ask(given, MadeAppResult, "POST", *PATH, body=wish)
    if as_json:
        show_json(made)
        return
    secrets = (
        ("app token", made.token),
        ("app key", made.app_key),
        ("signing secret", made.signing_secret),
    )
    show_facts((("id", made.id), ("name", made.name), ("account", made.appid), *secrets))
    click.echo("Store the last three now: they are not shown again.", err=True)


@apps.command("list")
@rows_option
@client_options
def list_apps(as_json: bool, **given: Any) -> None:
    """List the apps, the oldest first.

    \b
    Example:
      wechat-scheduler apps list
    """
    show_results(ask(given, list[AppResult], "GET", *PATH), COLUMNS, as_json=as_json)


@apps.command()
@click.argument("app", type=APP_ID)
@json_option
@client_options
def show(app: int, as_json: bool, **given: Any) -> None:
    """Show an app, without its secrets.

    \b
    Example:
      wechat-scheduler apps show 2801745312094217
    """
    found = ask(given, AppResult, "GET", *PATH, app)
    show_result(
        found,
        as_json=as_json,
        templates=sorted(found.templates),
        per_minute=found.per_minute or NO_LIMIT,
        recipient_per_minute=found.recipient_per_minute or NO_LIMIT,
    )


@apps.command()
@click.argument("app", type=APP_ID)
@yes_option
@client_options
def remove(app: int, yes: bool, **given: Any) -> None:
    """Remove an app and all that belongs to it.

    Its topics, subscriptions and codes go with it, and its pending deliveries are cancelled.

    \b
    Example:
      wechat-scheduler apps remove 2801745312094217
    """

    def question() -> str:
        return f"Remove {_name(given, app)} and everything that belongs to it?"

    confirm(question, yes=yes)
    ask(given, str, "DELETE", *PATH, app)
    click.echo("removed")


@apps.command("reset-token")
@click.argument("app", type=APP_ID)
@client_options
def reset_token(app: int, **given: Any) -> None:
    """Give an app a new token, and revoke the previous one.

    \b
    Example:
      wechat-scheduler apps reset-token 2801745312094217
    """
    click.echo(ask(given, TokenResult, "POST", *PATH, app, "token").token)


@apps.command("renew-links")
@click.argument("app", type=APP_ID)
@yes_option
@client_options
def renew_links(app: int, yes: bool, **given: Any) -> None:
    """Replace all links to an app's pages, for example after a leak.

    Links in earlier messages stop working. Later messages contain new links. QR codes and pages for
    subscribing stay valid.

    \b
    Example:
      wechat-scheduler apps renew-links 2801745312094217
    """

    def question() -> str:
        return f"Replace the links in all messages that {_name(given, app)} has sent?"

    confirm(question, yes=yes)
    ask(given, str, "POST", *PATH, app, "links")
    click.echo("renewed")


def _name(given: dict[str, Any], app: int) -> str:
    return ask(given, AppResult, "GET", *PATH, app).name


for command in (templates, topics, subscribers, uses, bind, qrcode, wecron_token):
    apps.add_command(command)
