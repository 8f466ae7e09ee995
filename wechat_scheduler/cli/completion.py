"""`completion`: a script that makes a shell complete our commands, and what it completes in them."""

import click
from click.shell_completion import CompletionItem, get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that completes commands, options and task types in your shell.

    \b
    Examples:
      eval "$(wechat-scheduler completion bash)"        in ~/.bashrc
      eval "$(wechat-scheduler completion zsh)"         in ~/.zshrc
      wechat-scheduler completion fish > ~/.config/fish/completions/wechat-scheduler.fish
    """
    root = click.get_current_context().find_root()
    name = root.info_name or ""
    variable = f"_{name}_COMPLETE".replace("-", "_").upper()
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows each of the choices
    click.echo(kind(root.command, {}, name, variable).source())


def complete_type(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The credential types whose names begin with `incomplete`."""
    from wechat_scheduler.wechat.tokens import TYPES

    return [CompletionItem(one.kind) for one in TYPES if one.kind.startswith(incomplete)]
