"""Commands whose modules are imported only when they run.

The daemon behind `serve` takes longer to import than to start; `--help`, `-v` and completion must
not wait for it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import cast

import click

from wechat_scheduler.engine.garbage import imports_kept

# structlog would take it, and pygments, for tracebacks that we print plainly.
TRACEBACKS = "rich.traceback"


class LazyCommand(click.Command):
    """Stands for the command at `place` (`module:attribute`) until `load` imports it, `without` a module
    that it does not need."""

    def __init__(
        self, name: str, place: str, short_help: str, *, without: str = TRACEBACKS
    ) -> None:
        super().__init__(name, short_help=short_help)
        self._place = place
        self._without = without

    def load(self) -> click.Command:
        from wechat_scheduler.cli.argument_checks import refusing_empty

        module, _, attribute = self._place.partition(":")
        if module not in sys.modules:
            with quick_imports(without=self._without):
                import_module(module)
        return refusing_empty(cast(click.Command, getattr(sys.modules[module], attribute)))


class LazyGroup(click.Group):
    """Lists its commands in the order in which they were added, and loads a `LazyCommand` to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, LazyCommand) else command, rest


@contextmanager
def quick_imports(*, without: str = TRACEBACKS) -> Iterator[None]:
    """Imports in this block take no time for garbage, for certificates or for the module `without`, which
    the libraries behind them would import, but do not need."""
    from wechat_scheduler.cli.certificates import (
        read_late,  # with ssl, which `--help` does not need
    )

    with imports_kept(), _hidden(without), read_late():
        yield


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Nothing can import `module` in this block, unless that was done before."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment] # as the import system spells "no such"
    try:
        yield
    finally:
        del sys.modules[module]
