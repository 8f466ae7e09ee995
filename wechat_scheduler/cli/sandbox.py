"""`sandbox` serves a WeChat API on this machine."""

import random
import sys
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import click

from wechat_scheduler.cli.options import Options
from wechat_scheduler.cli.parameters import Duration, Pair, Port
from wechat_scheduler.cli.serve import run, stop_on_signals
from wechat_scheduler.config import loading
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.log import setup as log
from wechat_scheduler.sandbox.banner import banner
from wechat_scheduler.sandbox.options import (
    SECRET,
    AccountReceiver,
    PlatformReceiver,
    PushFormat,
    PushMode,
    SandboxOptions,
)
from wechat_scheduler.sandbox.server import LOOPBACK, open_sandbox

PORT = 9002
PUSH_TOKEN = "sandboxtoken"  # noqa: S105 - no secret: the sandbox is for tests
PUSH_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
Pairs: TypeAlias = tuple[tuple[str, str], ...]


def _pairs(flag: str, name: str, form: str, *, help: str) -> Callable[[F], F]:  # noqa: A002 - click's word
    """A repeatable flag for two texts with a sign between them."""
    sign = ":" if ":" in form else "="
    return click.option(
        flag, name, type=Pair(form, sign), metavar=form, multiple=True, help=f"{help} Repeatable."
    )


@click.command()
@click.option("-p", "--port", type=Port(), help=f"Listen on this port (default {PORT}).")
@click.option("--host", metavar="ADDRESS", help=f"Listen on this address (default {LOOPBACK}).")
@click.option(
    "--token-lifetime",
    type=Duration(),
    metavar="DURATION",
    default="2h",
    show_default=True,
    help="Lifetime of tokens; all other periods but the day of the quotas shrink with it.",
)
@_pairs(
    "--account",
    "accounts",
    "APPID:SECRET",
    help=f"Give this account this secret; all others have {SECRET}.",
)
@_pairs(
    "--push-tickets",
    "pushes",
    "COMPONENT_APPID=URL",
    help="Push a platform's tickets and other events to this URL, encrypted.",
)
@_pairs(
    "--callback",
    "callbacks",
    "APPID=URL",
    help="Push an account's messages and events to this URL, encrypted.",
)
@click.option(
    "--push-token",
    metavar="TOKEN",
    default=PUSH_TOKEN,
    show_default=True,
    help="Sign pushes with this token.",
)
@click.option(
    "--push-aes-key",
    metavar="KEY",
    default=PUSH_AES_KEY,
    show_default=True,
    help="Encrypt pushes with this key of 43 letters and digits.",
)
@click.option(
    "--push-format",
    type=click.Choice([it.value for it in PushFormat]),
    default=PushFormat.XML.value,
    show_default=True,
    help="Push accounts' messages in this format.",
)
@click.option(
    "--push-unescaped",
    is_flag=True,
    help="Write texts into the XML as they were typed, as WeChat is reported to do.",
)
@_pairs(
    "--quota",
    "quotas",
    "PATH=CALLS",
    help="Allow this many calls to a path for each account and day (default WeChat's number).",
)
@_pairs("--user", "users", "APPID:OPENID", help="Start with this follower of the account.")
@_pairs(
    "--template",
    "templates",
    "TEMPLATE_ID=TITLE",
    help="Start with this template and title, and the keywords behind it, each after a |, such as "
    "'Parcel|thing1|time2'; without keywords it takes all. Any other id of 10 characters or more has "
    "no title.",
)
@click.option(
    "--mini-program",
    "mini_programs",
    multiple=True,
    metavar="APPID",
    help="Let this account be a mini-program, with users in place of followers. Repeatable.",
)
@click.option(
    "--accept-all",
    is_flag=True,
    help="Accept all subscribe notices for the users, without asking them.",
)
def sandbox(port: int | None, host: str | None, **given: Any) -> None:
    """Serve a WeChat API on this machine, in the foreground.

    It keeps WeChat's rules, and fails on request. It asks for no key: use it on loopback only. While
    it runs, POST /_sandbox/pushes sets the push URL of a platform, and POST /_sandbox/callbacks that
    of an account. /_sandbox/phone shows the phones of its users, live.

    \b
    Examples:
      wechat-scheduler sandbox --token-lifetime 20s
      wechat-scheduler sandbox -p 9002 --account wx1234567890abcdef:my-secret
      wechat-scheduler sandbox --push-tickets wx_platform=http://127.0.0.1:8000/wechat/events
      wechat-scheduler sandbox --user wx_mine:o-reader --template order_shipped="Your order|thing1"
    """
    outer = click.get_current_context().find_object(Options)
    flags = outer.flags if outer else {}
    host = host or str(flags.get("server.host", LOOPBACK))
    port = int(flags.get("server.port", PORT) or 0) if port is None else port
    options = _options(**given)
    journal = loading.journal_stream()
    log.configure(level="info", format="auto", stream=sys.stderr, journal=journal)
    run(_serve(options, host, port))


def _options(
    *,
    accounts: Pairs,
    pushes: Pairs,
    callbacks: Pairs,
    push_token: str,
    push_aes_key: str,
    push_format: str,
    push_unescaped: bool,
    quotas: Pairs,
    templates: Pairs,
    **others: Any,
) -> SandboxOptions:
    """Raises ConfigError, click.BadParameter."""
    secrets = {"token": push_token, "encoding_aes_key": push_aes_key}
    return SandboxOptions(
        accounts=dict(accounts),
        platform_receivers=tuple(
            _receiver("--push-tickets", PlatformReceiver, component_appid=appid, url=url, **secrets)
            for appid, url in pushes
        ),
        account_receivers=tuple(
            _receiver(
                "--callback", AccountReceiver, appid=appid, url=url, mode=PushMode.SAFE, **secrets
            )
            for appid, url in callbacks
        ),
        quotas={path: _calls(number) for path, number in quotas},
        templates=dict(templates),
        **others,
    )


def _receiver(flag: str, make: Callable[..., T], **fields: Any) -> T:
    try:
        return make(**fields)
    except InvalidRequestError as error:
        hint = flag if error.field == "url" else "--push-aes-key"
        raise click.BadParameter(error.sentence, param_hint=hint) from error


def _calls(text: str) -> int:
    if not text.isdecimal():
        raise click.BadParameter(f"{text!r} is not a number of calls", param_hint="--quota")
    return int(text)


async def _serve(options: SandboxOptions, host: str, port: int) -> None:
    stop = stop_on_signals()
    rng = random.Random()  # noqa: S311 - the sandbox needs no real secrets
    async with open_sandbox(options, host=host, port=port, clock=SystemClock(), rng=rng) as url:
        click.echo("\n".join(banner(url, options)))
        await stop.wait()
