"""`apps templates` imports and shows the templates that an app's account has at WeChat."""

from collections.abc import Sequence
from typing import Any

import click

from wechat_scheduler.cli.daemon_address import ask, client_options
from wechat_scheduler.cli.parameters import APP_ID, rows_option
from wechat_scheduler.cli.showing import show_json, show_rows
from wechat_scheduler.web.native.sending.templates import ImportedResult

NONE = "no templates: add some to the account at WeChat, and import them"
HEADINGS = ("TEMPLATE", "CHANNEL", "KEYWORDS", "TITLE")


@click.group()
def templates() -> None:
    """Import the templates of an app's account, and list them.

    The app's own templates are checked with them.

    \b
    Example:
      wechat-scheduler apps templates import 2801745312094217
    """


@templates.command("import")
@click.argument("app", type=APP_ID)
@rows_option
@client_options
def import_all(app: int, as_json: bool, **given: Any) -> None:
    """Import the templates of the app's account from WeChat.

    Import them again after you add one to the account. After the list come the mistakes in the
    app's own templates.

    \b
    Example:
      wechat-scheduler apps templates import 2801745312094217
    """
    _show(ask(given, ImportedResult, "POST", "v1", "apps", app, "templates"), as_json=as_json)


@templates.command("list")
@click.argument("app", type=APP_ID)
@rows_option
@client_options
def list_templates(app: int, as_json: bool, **given: Any) -> None:
    """List the templates that were imported last.

    \b
    Example:
      wechat-scheduler apps templates list 2801745312094217
    """
    _show(ask(given, ImportedResult, "GET", "v1", "apps", app, "templates"), as_json=as_json)


def _show(found: ImportedResult, *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    show_rows(
        HEADINGS,
        (
            (
                one.template_id,
                "subscribe" if one.notice else "template",
                [_keyword(name, values) for name, values in one.keywords.items()],
                one.title,
            )
            for one in found.templates
        ),
    )
    if not found.templates:
        click.echo(NONE, err=True)
    for fault in found.faults:
        click.echo(fault, err=True)


def _keyword(name: str, values: Sequence[str]) -> str:
    return f"{name}({'/'.join(values)})" if values else name
