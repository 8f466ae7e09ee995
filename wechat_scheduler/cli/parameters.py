"""Types of values, and options, that several commands take."""

import math
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import click

from wechat_scheduler.config import notation

PIPED = (
    "Without it, a pipe gets plain rows for awk and grep: times in UTC, - for nothing, and _ for each "
    "space but in the last column."
)

# Digits of an id; random ones have 16.
LONGEST_ID = 18

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


class Port(click.ParamType[int]):
    """A port; also `-p=8080`, as the original took it."""

    name = "port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).removeprefix("=")
        if not text.isdecimal() or int(text) > 65535:
            self.fail(f"{text!r} is not a port: 0 to 65535, 0 for a free one", param, ctx)
        return int(text)


class GoOption(click.Option):
    """Takes one letter after two dashes, too, as Go's programs do; no help and no error shows that."""

    def __init__(self, *args: Any, **attrs: Any) -> None:
        super().__init__(*args, **attrs)
        self.spellings = self.opts
        self.opts = [name for name in self.spellings if not (len(name) == 3 and name[:2] == "--")]

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        shown, self.opts = self.opts, self.spellings
        super().add_to_parser(parser, ctx)
        self.opts = shown


class Id(click.ParamType[int]):
    """An id, which the command `listed` prints."""

    name = "id"

    def __init__(self, listed: str) -> None:
        self._listed = listed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID):
            self.fail(f"{text!r} is not an id; `{self._listed}` lists them", param, ctx)
        return int(text)


APP_ID = Id("apps list")
TOPIC_ID = Id("apps topics APP")
MESSAGE_ID = Id("messages list")
DELIVERY_ID = Id("deliveries list")


class Duration(click.ParamType[timedelta]):
    """`20s`, `15m`, `1h30m`, as in the configuration."""

    name = "duration"

    def __init__(self, most: timedelta = timedelta.max) -> None:
        self._most = most

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        try:
            span = notation.DURATION.read(notation.DURATION.from_text(str(value)))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        assert isinstance(span, timedelta)  # noqa: S101 - what this notation reads
        if span > self._most:
            self.fail(f"{str(value)!r} is longer than {self._most.days}d", param, ctx)
        return span


class Seconds(click.ParamType[float]):
    """A number of seconds above zero."""

    name = "seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            self.fail(f"{str(value)!r} is not a number of seconds above 0", param, ctx)
        return seconds


class LimitValue(click.IntRange):
    """A number whose bounds the error names."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            self.fail(f"{value!r} is not a number from {self.min} to {self.max}", param, ctx)


class Pair(click.ParamType[tuple[str, str]]):
    """Two texts with a sign between them, such as `APPID:SECRET`; neither is empty."""

    name = "pair"

    def __init__(self, form: str, sign: str) -> None:
        self._form = form
        self._sign = sign

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        first, _, second = str(value).partition(self._sign)
        if not first or not second:
            self.fail(f"must be {self._form}", param, ctx)
        return first, second


def json_option(command: CommandT) -> CommandT:
    """`--json`, as the parameter `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def rows_option(command: CommandT) -> CommandT:
    """The same for a command that prints rows."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print JSON. {PIPED}")(command)


def yes_option(command: CommandT) -> CommandT:
    """`--yes`, for `confirm`."""
    return click.option("--yes", is_flag=True, help="Do not ask for confirmation.")(command)


def limit_option(most: int) -> Callable[[CommandT], CommandT]:
    """`--limit`, up to `most`."""
    return click.option(
        "--limit",
        default=100,
        type=LimitValue(1, most),
        metavar="N",
        help="List at most this many (default 100).",
    )


def sending_options(command: CommandT) -> CommandT:
    """How and to whom an app sends: `app`, `names`, `topics`, `channel`, `priority`, `link`."""
    for option in (
        click.option("--link", metavar="URL", help="Open this page when the message is tapped."),
        click.option(
            "--priority",
            type=click.Choice(("bulk", "normal", "urgent")),
            help="Send more urgent messages first (default normal); urgent ones ignore quiet hours.",
        ),
        click.option(
            "--channel",
            type=click.Choice(("auto", "template", "text", "subscribe", "webhook")),
            help="Send in this way (default auto).",
        ),
        click.option(
            "--topic",
            "topics",
            type=TOPIC_ID,
            multiple=True,
            metavar="ID",
            help="Send to all subscribers of this topic. Repeatable.",
        ),
        click.option(
            "--to",
            "names",
            multiple=True,
            metavar="NAME",
            help="Send to this uid, to the user with this name in the app, or with * to all "
            "subscribers. Repeatable.",
        ),
        click.option(
            "--app",
            required=True,
            type=APP_ID,
            metavar="ID",
            help="Send as the app with this id.",
        ),
    ):
        command = option(command)
    return command


def confirm(question: Callable[[], str], *, yes: bool) -> None:
    """Asks the question on the terminal unless `yes`.

    Raises click.UsageError if there is no terminal, and click.Abort if the answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: give --yes")
    click.confirm(question(), abort=True)
