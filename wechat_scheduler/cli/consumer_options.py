"""The options that `consumers create` and `consumers change` share."""

from collections.abc import Callable
from typing import Any

import click

from wechat_scheduler.cli.parameters import CommandT
from wechat_scheduler.web.native.consumer_bodies import MOST_CALLS, ConsumerChange

NONE = "none"


class _Calls(click.IntRange):
    """A number of calls; its error says how to end the limit."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and int(text[:20]) <= MOST_CALLS):
            self.fail(
                f"{text!r} is not a number of calls: 1 to {MOST_CALLS}, 0 for no limit", param, ctx
            )
        return int(text)


CALLS = _Calls(0, MOST_CALLS)


def repeatable(
    option: str, name: str, metavar: str, what: str, **others: Any
) -> Callable[[CommandT], CommandT]:
    given = others | {"multiple": True, "metavar": metavar, "help": f"{what} Repeatable."}
    return click.option(option, name, **given)


def consumer_settings(command: CommandT) -> CommandT:
    """The settings of a consumer, which may be left out: `networks` and the other names of ConsumerChange."""
    for option in (
        click.option("--real-tokens", is_flag=True, help="Give it WeChat's own tokens (default)."),
        click.option(
            "--stand-in",
            is_flag=True,
            help="Give it stand-in tokens, which only this daemon understands.",
        ),
        repeatable("--deny-path", "deny_paths", "PATH", "Refuse these calls. Needs --stand-in."),
        repeatable(
            "--allow-path",
            "allow_paths",
            "PATH",
            "Allow only these calls, such as /cgi-bin/menu/*. Needs --stand-in.",
        ),
        click.option(
            "--per-day",
            type=CALLS,
            metavar="N",
            help="Allow at most this many calls a day, 0 for no limit (default). Needs --stand-in.",
        ),
        click.option(
            "--per-minute",
            type=CALLS,
            metavar="N",
            help="Allow at most this many calls a minute, 0 for no limit (default). Needs --stand-in.",
        ),
        repeatable(
            "--allow",
            "networks",
            "NETWORK",
            "Accept its calls only from this network, such as 10.0.0.0/8.",
        ),
    ):
        command = option(command)
    return command


def wish_of(given: dict[str, Any]) -> dict[str, Any]:
    """The settings that were given, taken out of the options. Raises click.UsageError for two that exclude each
    other."""
    stand_in, real = given.pop("stand_in"), given.pop("real_tokens")
    if stand_in and real:
        raise click.UsageError("--stand-in and --real-tokens exclude each other: give one of them")
    given["stand_in"] = stand_in if stand_in or real else None
    settings = {name: given.pop(name) for name in ConsumerChange.__struct_fields__}
    return {
        name: [one for one in value if one != NONE] if isinstance(value, tuple) else value
        for name, value in settings.items()
        if value not in (None, ())
    }
