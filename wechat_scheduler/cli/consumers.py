"""`consumers` makes, lists, changes, rotates and revokes consumers of the gateway."""

from typing import Any

import click

from wechat_scheduler.cli.consumer_options import consumer_settings, repeatable, wish_of
from wechat_scheduler.cli.daemon_address import ask, client_options
from wechat_scheduler.cli.parameters import json_option, limit_option, rows_option
from wechat_scheduler.cli.showing import show_facts, show_json, show_result, show_results
from wechat_scheduler.gateway.model import CONSUMER
from wechat_scheduler.web.kit.query import LARGEST_PAGE
from wechat_scheduler.web.native.consumer_bodies import (
    ConsumerResult,
    MadeConsumerResult,
)
from wechat_scheduler.web.native.usage import UseResult

PATH = ("v1", "consumers")
COLUMNS = "NAME STATE STAND-IN=stand_in LAST-USED=last_used_at APPIDS"
USES = "CALLS ERRORS REFUSED CALLER APPID PATH"
NO_LIMIT = "no limit"


@click.group()
def consumers() -> None:
    """Make, list, change and revoke consumers, which call WeChat through here.

    A consumer is a business system with a secret of its own, which it uses in place of the AppSecret.

    \b
    Example:
      wechat-scheduler consumers create shop --appid wx1111111111111111
    """


@consumers.command()
@click.argument("name")
@repeatable("--appid", "appids", "APPID", "Let it use this account.", required=True)
@consumer_settings
@json_option
@client_options
def create(name: str, as_json: bool, **given: Any) -> None:
    """Make a consumer called NAME, and show its secret once.

    \b
    Examples:
      wechat-scheduler consumers create shop --appid wx1111111111111111
      wechat-scheduler consumers create crm --appid wx1111111111111111 --stand-in \\
          --allow 10.0.0.0/8 --per-minute 600
    """
    wish = {"name": name} | wish_of(given)
    _show_secret(ask(given, MadeConsumerResult, "POST", *PATH, body=wish), as_json=as_json)


@consumers.command()
@click.argument("name")
@click.option(
    "--appid",
    "appids",
    multiple=True,
    metavar="APPID",
    help="Let it use this account, and no others than those given. Repeatable.",
)
@consumer_settings
@json_option
@client_options
def change(name: str, as_json: bool, **given: Any) -> None:
    """Change the given settings of a consumer.

    Its secret and its stand-ins stay valid. What is given for a setting replaces all that it had; for
    networks and paths, `none` ends the limit.

    \b
    Examples:
      wechat-scheduler consumers change crm --per-minute 1200
      wechat-scheduler consumers change crm --allow 10.0.0.0/8 --allow 192.168.7.0/24 --deny-path none
    """
    wish = wish_of(given)
    if not wish:
        raise click.UsageError("name a setting to change, such as --per-minute 1200")
    _show(ask(given, ConsumerResult, "PATCH", *PATH, name, body=wish), as_json=as_json)


@consumers.command("list")
@rows_option
@client_options
def list_consumers(as_json: bool, **given: Any) -> None:
    """List all consumers, revoked ones too.

    \b
    Example:
      wechat-scheduler consumers list
    """
    found = ask(given, list[ConsumerResult], "GET", *PATH)
    show_results(found, COLUMNS, as_json=as_json)


@consumers.command()
@click.argument("name")
@json_option
@client_options
def show(name: str, as_json: bool, **given: Any) -> None:
    """Show a consumer, without its secret.

    \b
    Example:
      wechat-scheduler consumers show shop
    """
    _show(ask(given, ConsumerResult, "GET", *PATH, name), as_json=as_json)


@consumers.command()
@click.argument("name")
@json_option
@client_options
def rotate(name: str, as_json: bool, **given: Any) -> None:
    """Give a consumer a new secret, and show it once.

    Its previous secret and its stand-in tokens stop working at once: give it the new secret right after.

    \b
    Example:
      wechat-scheduler consumers rotate shop
    """
    made = ask(given, MadeConsumerResult, "POST", *PATH, name, "secret")
    _show_secret(made, as_json=as_json)


@consumers.command()
@click.argument("name")
@client_options
def revoke(name: str, **given: Any) -> None:
    """Revoke a consumer, at once and permanently.

    Its secret and its stand-in tokens stop working in all daemons of a shared database.

    \b
    Example:
      wechat-scheduler consumers revoke shop
    """
    ask(given, str, "DELETE", *PATH, name)
    click.echo("revoked")


@consumers.command()
@click.argument("name", required=False)
@click.option("--appid", metavar="APPID", help="Show only the calls for this account.")
@click.option("--day", metavar="DAY", help="Show this day, such as 2026-11-18 (default today).")
@limit_option(LARGEST_PAGE)
@rows_option
@client_options
def usage(
    name: str | None,
    appid: str | None,
    day: str | None,
    limit: int,
    as_json: bool,
    **given: Any,
) -> None:
    """Show who made which calls in a day, the most first.

    NAME is a consumer, or another caller as the table prints it. Days are those of Shanghai, in which WeChat counts. A caller's paths beyond 200 in a day are one row, `other`.

    \b
    Examples:
      wechat-scheduler consumers usage
      wechat-scheduler consumers usage shop --appid wx1111111111111111
    """
    wanted = {
        "caller": name and (name if "/" in name else f"{CONSUMER}{name}"),
        "appid": appid,
        "day": day,
        "limit": limit,
    }
    found = ask(given, list[UseResult], "GET", "v1", "usage", query=wanted)
    own = (name or "").removeprefix(CONSUMER)
    if own and "/" not in own and not found:
        ask(given, ConsumerResult, "GET", *PATH, own)  # an unknown one is an error
    show_results(found, USES, as_json=as_json)


def _show(found: ConsumerResult, *, as_json: bool) -> None:
    limits = {"per_minute": found.per_minute or NO_LIMIT, "per_day": found.per_day or NO_LIMIT}
    show_result(found, as_json=as_json, **limits)


def _show_secret(made: MadeConsumerResult, *, as_json: bool) -> None:
    if as_json:
        show_json(made)
        return
    show_facts((("name", made.name), ("secret", made.secret)))
    click.echo(
        "Use it in place of the AppSecret, and store it now: it is not shown again.", err=True
    )
