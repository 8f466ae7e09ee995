"""`migrate-store` moves everything between SQLite and PostgreSQL."""

import asyncio
from pathlib import Path
from typing import Any

import click

from wechat_scheduler.cli.options import store_options, take
from wechat_scheduler.config.database_urls import DATABASE
from wechat_scheduler.config.loading import Loaded
from wechat_scheduler.config.os_errors import reason
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.errors import ConfigError
from wechat_scheduler.upkeep.moving import move_store


@click.command("migrate-store")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@store_options
def migrate_store(source: str, target: str, **given: Any) -> None:
    """Move everything from the database FROM to the empty database TO, and compare each row.

    One is SQLite (sqlite:///PATH), the other PostgreSQL (postgresql://…), or @FILE for a file that holds
    the URL, since other users can see a password in the process list. Stop every daemon first. The state
    folder keeps its keys. If the command is interrupted, run it again: it continues where it stopped. No daemon
    starts on an incomplete copy, nor afterwards on FROM, so that nothing is sent twice.

    \b
    Example:
      wechat-scheduler migrate-store sqlite:///var/lib/wechat-scheduler/wechat-scheduler.db \\
        @/etc/wechat-scheduler/database
    """
    loaded = take(given).load()
    urls = _url(source), _url(target)
    tables, rows = asyncio.run(_moved(loaded, *urls))
    click.echo(f"moved {rows} rows of {tables} tables, and compared each of them")
    click.echo(
        f"now name the new database in state.database or state.database_file, and start the daemon; "
        f"the old one stays as it was, and no daemon starts on it: {DATABASE.show(urls[0])}"
    )


def _url(text: str) -> str:
    """The URL itself, or that in `@FILE`. Raises ConfigError."""
    try:
        return str(DATABASE.parse(Path(text[1:]).read_text().strip() if text[:1] == "@" else text))
    except OSError as error:
        raise ConfigError(f"cannot read {text[1:]}: {reason(error)}") from error
    except ValueError as error:
        raise ConfigError(f"{error}, or @FILE for a file that holds one") from None


async def _moved(loaded: Loaded, source: str, target: str) -> tuple[int, int]:
    tables = rows = 0
    async for table in move_store(
        loaded.config.state, source, target, config_file=loaded.file, clock=SystemClock()
    ):
        tables, rows = tables + 1, rows + table.rows
        if table.rows:
            click.echo(f"{table.name}: {table.rows}")
    return tables, rows
