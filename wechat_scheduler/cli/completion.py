"""`completion`: what makes a shell complete our commands."""

import click
from click.shell_completion import get_completion_class


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
