"""Rejects empty arguments, which usually come from a shell variable that is not set, and text that is not UTF-8."""

from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

EMPTY = "is empty; perhaps a shell variable is not set"


class FilePath(click.Path):
    """A file's path. An empty one is rejected: it would mean the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail(EMPTY, param, ctx)
        return super().convert(value, param, ctx)


def refusing_empty(command: click.Command) -> click.Command:
    """Make the command reject empty arguments and empty values of options whose default is empty, and all
    text that is not UTF-8. Returns the command."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            refusing_empty(each)
    for param in command.params:
        if not isinstance(param.callback, _Check):
            param.callback = _Check(param.callback)
    return command


class _Check:
    """Checks a parameter, then calls the callback that it had before."""

    def __init__(self, then: Callable[..., Any] | None) -> None:
        self._then = then

    def __call__(self, ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        if ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE:
            for word in value if isinstance(value, tuple) else (value,):
                _check(ctx, param, word)
        return value if self._then is None else self._then(ctx, param, value)


def _check(ctx: click.Context, param: click.Parameter, word: object) -> None:
    if not isinstance(word, str):
        return
    if not word and _names_something(param):
        raise click.BadParameter(EMPTY, ctx, param)
    try:
        word.encode()
    except UnicodeEncodeError:
        raise click.BadParameter("is not valid UTF-8", ctx, param) from None


def _names_something(param: click.Parameter) -> bool:
    """Whether an empty value is rejected. An option without a default may be emptied, as in a change."""
    return isinstance(param, click.Argument) or param.multiple or param.default == ""
