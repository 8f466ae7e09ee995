"""Refuses words of the command line that name nothing: an empty one is a shell variable that was not set."""

from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

EMPTY = "is empty: is a variable of your shell not set?"


class FilePath(click.Path):
    """A file's path; an empty one would be the folder in which the command runs."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail(EMPTY, param, ctx)
        return super().convert(value, param, ctx)


def refusing_empty(command: click.Command) -> click.Command:
    """The command itself, whose arguments, and options that are empty where they are not given, refuse to be
    empty; and all of them what is not UTF-8."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            refusing_empty(each)
    for param in command.params:
        if not isinstance(param.callback, _Check):
            param.callback = _Check(param.callback)
    return command


class _Check:
    """A parameter's callback, before the one that it has."""

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
        raise click.BadParameter("is not written in UTF-8", ctx, param) from None


def _names_something(param: click.Parameter) -> bool:
    """Whether it has to name something. An option without a default may be set to nothing, as in a change."""
    return isinstance(param, click.Argument) or param.multiple or param.default == ""
