"""`apps topics`, `apps subscribers` …: who gets what an app sends."""

from datetime import timedelta
from typing import Any

import click

from wechat_scheduler.cli.parameters import Duration
from wechat_scheduler.cli.reach import ask, client_options
from wechat_scheduler.cli.showing import show_facts, show_json, show_rows
from wechat_scheduler.web.native.sending.qrcodes import QrCodeResult
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    BoundResult,
    SubscriberResult,
    UserTokenResult,
)
from wechat_scheduler.web.native.sending.topics import TopicResult

MANY = 1000


@click.command()
@click.argument("app", type=int)
@click.option("--create", "name", metavar="NAME", help="Make a topic, and show its id.")
@click.option("--remove", "topic", type=int, metavar="ID", help="Remove one.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
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
        wish = {"name": name}
        found = [ask(given, lambda client: client.ask(TopicResult, "POST", *path, body=wish))]
    elif topic is not None:
        ask(given, lambda client: client.ask(str, "DELETE", *path, topic))
        click.echo("removed")
        return
    else:
        found = ask(given, lambda client: client.ask(list[TopicResult], "GET", *path))
    if as_json:
        show_json(found)
    else:
        show_rows(("ID", "CREATED", "NAME"), ((one.id, one.created_at, one.name) for one in found))


@click.command()
@click.argument("app", type=int)
@click.option("--topic", type=int, metavar="ID", help="Those of this topic.")
@click.option("--uid", metavar="UID", help="Only this one.")
@click.option(
    "--after", type=int, metavar="ID", help="Those after this subscription; 1000 are shown."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with everything that is known.")
@client_options
def subscribers(app: int, as_json: bool, **given: Any) -> None:
    """List who subscribed to an app, or to one of its topics.

    \b
    Example:
      wechat-scheduler apps subscribers 2801745312094217
    """
    query = {"limit": str(MANY)} | {
        name: str(value)
        for name in ("topic", "uid", "after")
        if (value := given.pop(name)) is not None
    }
    path = ("v1", "apps", app, "subscribers")
    found = ask(given, lambda client: client.ask(list[SubscriberResult], "GET", *path, query=query))
    if as_json:
        show_json(found)
        return
    headings = ("ID", "UID", "OPENID", "FOLLOWS", "BLOCKED", "HEARD", "NICKNAME")
    show_rows(
        headings,
        (
            (one.id, one.uid, one.openid, one.follows, one.blocked, one.heard_at, one.nickname)
            for one in found
        ),
    )


@click.command()
@click.argument("app", type=int)
@click.argument("name")
@click.argument("openid")
@client_options
def bind(app: int, name: str, openid: str, **given: Any) -> None:
    """Take over the user OPENID under your own NAME for them, and show their uid.

    \b
    Example:
      wechat-scheduler apps bind 2801745312094217 customer-17 o6_bmjrPTlm6_2sgVt7hMZOPfL2M
    """
    path = ("v1", "apps", app, "subscribers", name)
    bound = ask(
        given, lambda client: client.ask(BoundResult, "PUT", *path, body={"openid": openid})
    )
    click.echo(bound.uid)


@click.command()
@click.argument("app", type=int)
@click.option("--topic", type=int, metavar="ID", help="Whoever scans it subscribes to this topic.")
@click.option("--extra", default="", metavar="TEXT", help="Comes back in the app's callback.")
@click.option("--expires", type=Duration(), metavar="30d", help="Valid for so long, else it lasts.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@client_options
def qrcode(
    app: int,
    topic: int | None,
    extra: str,
    expires: timedelta | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Have WeChat draw a QR code. Whoever scans it subscribes.

    \b
    Examples:
      wechat-scheduler apps qrcode 2801745312094217
      wechat-scheduler apps qrcode 2801745312094217 --extra order-17 --expires 10m
    """
    seconds = None if expires is None else int(expires.total_seconds())
    wish = {"topic": topic, "extra": extra, "expires_in": seconds}
    path = ("v1", "apps", app, "qrcodes")
    code = ask(given, lambda client: client.ask(QrCodeResult, "POST", *path, body=wish))
    if as_json:
        show_json(code)
        return
    until = code.expires_at or f"it lasts; the image does until {code.image_until:%Y-%m-%d}"
    show_facts(
        (("image", code.image_url), ("says", code.url), ("scene", code.scene), ("until", until))
    )


@click.command("wecron-token")
@click.argument("uid")
@click.option("--app", required=True, type=int, metavar="ID", help="The app that reminds them.")
@client_options
def wecron_token(uid: str, app: int, **given: Any) -> None:
    """Make the token with which a user's own programs keep their reminders.

    UID is that or the app's own name for the user. A former token opens nothing any more.

    \b
    Example:
      wechat-scheduler apps wecron-token customer-17 --app 2801745312094217
    """
    path = ("v1", "apps", app, "subscribers", uid, "token")
    click.echo(ask(given, lambda client: client.ask(UserTokenResult, "POST", *path)).token)
