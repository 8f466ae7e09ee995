"""`jssdk` signs pages, and sets the origins whose pages may ask for signatures themselves."""

from collections.abc import Sequence
from typing import Any

import click

from wechat_scheduler.cli.daemon_address import ask, client_options
from wechat_scheduler.cli.parameters import json_option
from wechat_scheduler.cli.showing import show_json, show_result
from wechat_scheduler.web.native.jssdk import OriginsResult
from wechat_scheduler.web.native.page_signature import PageConfig

PATH = ("v1", "jssdk")


@click.group()
def jssdk() -> None:
    """Sign pages for WeChat's JS-SDK, and say whose pages may ask for signatures.

    \b
    Example:
      wechat-scheduler jssdk origins wx1111111111111111 https://shop.example.com
    """


@jssdk.command()
@click.argument("appid")
@click.argument("origins", nargs=-1, metavar="[ORIGIN]...")
@click.option("--none", is_flag=True, help="Remove all origins: no page may ask.")
@json_option
@client_options
def origins(appid: str, origins: Sequence[str], none: bool, as_json: bool, **given: Any) -> None:
    """Show or set the origins whose pages may ask.

    With ORIGINs, the pages of these and of no others get signatures of APPID without a key.

    \b
    Examples:
      wechat-scheduler jssdk origins wx1111111111111111
      wechat-scheduler jssdk origins wx1111111111111111 https://shop.example.com https://m.example.com:8443
    """
    if none and origins:
        raise click.UsageError("give origins, or --none")
    place = (*PATH, appid, "origins")
    if none or origins:
        found = ask(given, OriginsResult, "PUT", *place, body={"origins": list(origins)})
    else:
        found = ask(given, OriginsResult, "GET", *place)
    if as_json:
        show_json(found)
    else:
        click.echo("\n".join(found.origins) or "none")


@jssdk.command()
@click.argument("appid")
@click.argument("page", metavar="URL")
@json_option
@client_options
def sign(appid: str, page: str, as_json: bool, **given: Any) -> None:
    """Sign the page at URL, and show what it gives to wx.config.

    \b
    Example:
      wechat-scheduler jssdk sign wx1111111111111111 https://shop.example.com/
    """
    found = ask(given, PageConfig, "POST", *PATH, appid, "signature", body={"url": page})
    show_result(found, as_json=as_json)
