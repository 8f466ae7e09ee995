"""`apps topics`, `apps subscribers` and the other commands about the users of an app."""

from datetime import timedelta
from typing import Any

import click

from wechat_scheduler.audience.qrcodes import LONGEST
from wechat_scheduler.cli.daemon_address import ask, client_options
from wechat_scheduler.cli.parameters import APP_ID, TOPIC_ID, Duration, Id, json_option, rows_option
from wechat_scheduler.cli.showing import show_facts, show_json, show_results
from wechat_scheduler.web.native.sending.qrcodes import QrCodeResult
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    BoundResult,
    SubscriberResult,
    UserTokenResult,
)
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.native.sending.uses import UseCountResult

PAGE = 1000
TOPIC_COLUMNS = "ID CREATED=created_at NAME"
USE_COLUMNS = (
    "TEMPLATE=template_id REMAINING CERTAIN OFF=switched_off CHANGED=changed_at NAMES=used_as"
)
SUBSCRIBER_COLUMNS = "ID UID OPENID FOLLOWS BLOCKED HEARD=heard_at NICKNAME"


@click.command()
@click.argument("app", type=APP_ID)
@click.option("--create", "name", metavar="NAME", help="Make a topic with this name, and show it.")
@click.option(
    "--remove", "topic", type=TOPIC_ID, metavar="ID", help="Remove the topic with this id."
)
@rows_option
@client_options
def topics(app: int, name: str | None, topic: int | None, as_json: bool, **given: Any) -> None:
    """List an app's topics, make one or remove one.

    \b
    Examples:
      wechat-scheduler apps topics 2801745312094217
      wechat-scheduler apps topics 2801745312094217 --create news
    """
    path = ("v1", "apps", app, "topics")
    if name is not None:
        found = [ask(given, TopicResult, "POST", *path, body={"name": name})]
    elif topic is not None:
        ask(given, str, "DELETE", *path, topic)
        click.echo("removed")
        return
    else:
        found = ask(given, list[TopicResult], "GET", *path)
    show_results(found, TOPIC_COLUMNS, as_json=as_json)


@click.command()
@click.argument("app", type=APP_ID)
@click.option("--topic", type=TOPIC_ID, metavar="ID", help="List only subscribers of this topic.")
@click.option("--uid", metavar="UID", help="List only this subscriber.")
@click.option(
    "--after",
    type=Id("apps subscribers APP"),
    metavar="ID",
    help="List those after this subscription.",
)
@rows_option
@client_options
def subscribers(
    app: int, topic: int | None, uid: str | None, after: int | None, as_json: bool, **given: Any
) -> None:
    """List up to 1000 subscribers of an app or a topic.

    FOLLOWS is assumed for a user who was bound, until WeChat pushes something that they do.

    \b
    Example:
      wechat-scheduler apps subscribers 2801745312094217
    """
    query = {"limit": PAGE, "topic": topic, "uid": uid, "after": after}
    path = ("v1", "apps", app, "subscribers")
    found = ask(given, list[SubscriberResult], "GET", *path, query=query)
    show_results(found, SUBSCRIBER_COLUMNS, as_json=as_json, follows=_follows)


def _follows(one: SubscriberResult) -> object:
    """A user who was bound is taken for a follower until WeChat pushes anything about them."""
    return "assumed" if one.follows and one.heard_at is None else one.follows


@click.command()
@click.argument("app", type=APP_ID)
@click.argument("name")
@rows_option
@client_options
def uses(app: int, name: str, as_json: bool, **given: Any) -> None:
    """Show how many subscribe notices a user allows.

    NAME is the user's uid, or the user's name in the app. The count comes from WeChat's pushes. If CERTAIN
    is no, the user may allow more.

    \b
    Example:
      wechat-scheduler apps uses 2801745312094217 customer-17
    """
    path = ("v1", "apps", app, "subscribers", name, "uses")
    show_results(ask(given, list[UseCountResult], "GET", *path), USE_COLUMNS, as_json=as_json)


@click.command()
@click.argument("app", type=APP_ID)
@click.argument("name")
@click.argument("openid")
@click.option("--no-move", is_flag=True, help="Refuse a NAME that is another user's already.")
@client_options
def bind(app: int, name: str, openid: str, no_move: bool, **given: Any) -> None:
    """Give the user OPENID the name NAME in this app.

    Prints the user's uid. A NAME that is another user's already moves.

    \b
    Example:
      wechat-scheduler apps bind 2801745312094217 customer-17 o6_bmjrPTlm6_2sgVt7hMZOPfL2M
    """
    path = ("v1", "apps", app, "subscribers", name)
    query = {"move": "false"} if no_move else None
    click.echo(ask(given, BoundResult, "PUT", *path, query=query, body={"openid": openid}).uid)


@click.command()
@click.argument("app", type=APP_ID)
@click.option(
    "--topic", type=TOPIC_ID, metavar="ID", help="Subscribe users who scan it to this topic."
)
@click.option(
    "--extra", default="", metavar="TEXT", help="Send this text back in the app's callback."
)
@click.option(
    "--expires",
    type=Duration(LONGEST),
    metavar="DURATION",
    help="Let the code expire after this time, such as 30d (default never).",
)
@json_option
@client_options
def qrcode(
    app: int, topic: int | None, extra: str, expires: timedelta | None, as_json: bool, **given: Any
) -> None:
    """Make a QR code that subscribes users who scan it.

    \b
    Examples:
      wechat-scheduler apps qrcode 2801745312094217
      wechat-scheduler apps qrcode 2801745312094217 --extra order-17 --expires 10m
    """
    seconds = None if expires is None else int(expires.total_seconds())
    wish = {"topic": topic, "extra": extra, "expires_in": seconds}
    code = ask(given, QrCodeResult, "POST", "v1", "apps", app, "qrcodes", body=wish)
    if as_json:
        show_json(code)
        return
    until = code.expires_at or f"no end; the image expires on {code.image_until:%Y-%m-%d}"
    show_facts(
        (("image", code.image_url), ("content", code.url), ("scene", code.scene), ("until", until))
    )


@click.command("wecron-token")
@click.argument("uid")
@click.option(
    "--app",
    required=True,
    type=APP_ID,
    metavar="ID",
    help="Send the reminders as the app with this id.",
)
@client_options
def wecron_token(uid: str, app: int, **given: Any) -> None:
    """Make a user's token for WeCron's API.

    The user's own programs manage reminders with it. UID is the user's uid, or the user's name in the
    app. An earlier token becomes invalid.

    \b
    Example:
      wechat-scheduler apps wecron-token customer-17 --app 2801745312094217
    """
    path = ("v1", "apps", app, "subscribers", uid, "token")
    click.echo(ask(given, UserTokenResult, "POST", *path).token)
