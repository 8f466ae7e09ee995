"""`config show` prints the settings; `check-config` checks them."""

from typing import Any

import click

from wechat_scheduler.cli.options import global_options, take


@click.command("check-config")
@global_options
def check_config(**given: Any) -> None:
    """Check the configuration without starting anything.

    Exits with 2 if something is wrong, after a line for each mistake.

    \b
    Example:
      wechat-scheduler check-config --config /etc/wechat-scheduler/config.toml
    """
    loaded = take(given).load()
    click.echo(f"{loaded.file or 'no file, defaults and environment'}: valid")


@click.group()
def config() -> None:
    """Show the configuration.

    \b
    Example:
      wechat-scheduler config show
    """


@config.command()
@click.option("--origin", is_flag=True, help="Print where each value comes from.")
@global_options
def show(origin: bool, **given: Any) -> None:
    """Print every setting in force, with secrets masked.

    \b
    Example:
      wechat-scheduler config show --origin
    """
    settings = take(given).load().origins
    width = max(len(f"{setting.path} = {setting.value}") for setting in settings)
    for setting in settings:
        line = f"{setting.path} = {setting.value}"
        click.echo(f"{line:<{min(width, 72)}}  # {setting.origin}" if origin else line)
