"""`backup` copies the database; `restore` replaces it with a copy."""

import asyncio
from pathlib import Path
from typing import Any

import click

from wechat_scheduler.cli.argument_checks import FilePath
from wechat_scheduler.cli.options import store_options, take
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.upkeep import backup as upkeep


@click.command()
@click.argument("file", type=FilePath(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE even if it is not a backup.")
@store_options
def backup(file: Path, force: bool, **given: Any) -> None:
    """Copy the database to FILE, even while the daemon runs.

    An older backup in FILE is replaced. The files that the daemon needs are never replaced.

    Secrets in the copy are encrypted with the sealing key, which is not part of it. Keep a copy of
    sealing.key elsewhere: a backup without it cannot be restored.

    \b
    Example:
      wechat-scheduler backup /backup/wechat-scheduler-$(date +%F).db
    """
    loaded = take(given).load()
    config = loaded.config
    upkeep.backup(config, file, config_file=loaded.file, force=force)
    size = file.stat().st_size / 1024
    key_file = config.state.sealing_key_file
    needed = key_file if key_file.exists() else "the daemon's sealing key"
    click.echo(f"{file}: {size:.0f} KiB; a restore needs {needed}")


@click.command()
@click.argument("file", type=FilePath(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the database that exists.")
@store_options
def restore(file: Path, force: bool, **given: Any) -> None:
    """Replace the database with the backup FILE.

    Stop the daemon first. The command changes nothing before it has checked that FILE is whole, that
    this version can read it, and that the sealing key fits. At its next start the daemon fetches
    every credential again. API keys that were revoked after the backup are valid again.

    \b
    Example:
      wechat-scheduler restore /backup/wechat-scheduler-2026-11-18.db --force
    """
    loaded = take(given).load()
    config = loaded.config
    clock = SystemClock()
    asyncio.run(upkeep.restore(config, file, config_file=loaded.file, force=force, clock=clock))
    click.echo(f"restored {config.state.database} from {file}")
