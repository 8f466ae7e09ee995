"""Commands whose modules are imported only when they run.

The daemon behind `serve` takes half a second to import; `--help`, `-v` and completion must not wait
for it.
"""

from importlib import import_module
from typing import cast

import click


class LazyCommand(click.Command):
    """Stands for the command at `place` (`module:attribute`) until `load` imports it."""

    def __init__(self, name: str, place: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self._place = place

    def load(self) -> click.Command:
        module, _, attribute = self._place.partition(":")
        return cast(click.Command, getattr(import_module(module), attribute))


class LazyGroup(click.Group):
    """Lists its commands in the order in which they were added, and loads a `LazyCommand` to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, LazyCommand) else command, rest
