"""`backup` and `restore`."""

import asyncio
from pathlib import Path
from typing import Any

import click

from wechat_scheduler.cli.options import global_options, take
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.upkeep import backup as upkeep


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@global_options
def backup(file: Path, **given: Any) -> None:
    """Copy the database to FILE, while the daemon runs or not.

    What is sealed in it stays sealed. The sealing key is not in it, and without that it is worth
    nothing: keep a copy of sealing.key elsewhere.

    \b
    Example:
      wechat-scheduler backup /backup/wechat-scheduler-$(date +%F).db
    """
    config = take(given).load().config
    upkeep.backup(config, file)
    size = file.stat().st_size / 1024
    click.echo(f"{file}: {size:.0f} KiB; it needs {config.state.sealing_key_file} to be of use")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the database that is there.")
@global_options
def restore(file: Path, force: bool, **given: Any) -> None:
    """Put the backup FILE in the database's place.

    Stop the daemon first. FILE is checked before anything is touched: that it is whole, that this
    version can read it, and that the sealing key fits. At the next start every credential is asked
    for anew. API keys that were revoked since the backup was made are valid again.

    \b
    Example:
      wechat-scheduler restore /backup/wechat-scheduler-2026-11-18.db --force
    """
    config = take(given).load().config
    asyncio.run(upkeep.restore(config, file, force=force, clock=SystemClock()))
    click.echo(f"restored {config.state.database} from {file}")
