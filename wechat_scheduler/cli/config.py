"""`config show` prints the settings; `check-config` checks them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from wechat_scheduler.cli.options import global_options, take
from wechat_scheduler.cli.running_settings import SettingsInForce, differences, running_settings
from wechat_scheduler.config.loading import Loaded
from wechat_scheduler.doctor.named_files import named_files
from wechat_scheduler.errors import ConfigError

WOULD = "a daemon with these options would start with:"


@click.command("check-config")
@global_options
def check_config(**given: Any) -> None:
    """Check the configuration, and the files that it names, without starting anything.

    Exits with 2 if something is wrong, after a line for each mistake.

    \b
    Example:
      wechat-scheduler check-config --config /etc/wechat-scheduler/config.toml
    """
    loaded = take(given).load()
    found = named_files(loaded)
    for sentence in found.unseen:
        click.echo(sentence, err=True)
    if found.wrong:
        raise ConfigError("\n".join(found.wrong))
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
    """Print every setting, with secrets masked.

    The first line says whether these are the settings of the daemon that runs on the state folder, or
    those with which a daemon would start. A remark marks a setting that an option, the environment
    or the file sets to another value than the running daemon has.

    \b
    Example:
      wechat-scheduler config show --origin
    """
    loaded = take(given).load()
    running = running_settings(loaded)
    click.echo(f"# {_which(loaded, running)}")
    lines = list(_lines(loaded, running))
    width = max(len(line.setting) for line in lines)
    for line in lines:
        remark = line.origin if origin else line.remark
        click.echo(f"{line.setting:<{min(width, 72)}}  # {remark}" if remark else line.setting)


class _Line(NamedTuple):
    setting: str
    origin: str
    remark: str


def _which(loaded: Loaded, running: SettingsInForce) -> str:
    if running.values is not None:
        return f"in force in the daemon at {running.url}"
    if running.trouble:
        return f"the running daemon was not asked: {running.trouble}; {WOULD}"
    return f"no daemon runs on {loaded.config.state.dir}; {WOULD}"


def _lines(loaded: Loaded, running: SettingsInForce) -> Iterator[_Line]:
    values = running.values or {}
    others = {one.path: one for one in differences(loaded, values)}
    for path, mine, origin in loaded.origins:
        other = others.get(path)
        if other is None:
            yield _Line(f"{path} = {values.get(path, mine)}", origin, "")
            continue
        here = f"{origin} says {mine}"
        remark = "" if origin == "default" else here
        yield _Line(f"{path} = {other.value}", f"the daemon; {here}", remark)
