"""Backs up the database and restores it."""

from pathlib import Path

from wechat_scheduler.config.settings import Config
from wechat_scheduler.config.state_folder import PulseMark, state_folder
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import ConfigError, StateError, StorageError
from wechat_scheduler.storage.migrate import MIGRATIONS, load, schema_version
from wechat_scheduler.storage.sealing import Sealer, check_sealing
from wechat_scheduler.storage.sealing_keys import NAME_IT, load_or_create_keys
from wechat_scheduler.storage.sqlite.backup import back_up, is_whole, put_in_place
from wechat_scheduler.storage.sqlite.database import SqliteView, path_of
from wechat_scheduler.storage.sqlite.files import has_content
from wechat_scheduler.storage.upkeep.moving import REFUSALS
from wechat_scheduler.upkeep.safe_paths import place_for_backup, place_of_database, regular


def backup(
    config: Config, file: Path, *, config_file: Path | None = None, force: bool = False
) -> None:
    """Copy the database to `file`, also while a daemon runs. The sealing key is not in it. It replaces a former
    backup; with `force` any regular file that is not the daemon's own, as is `config_file`.

    Raises ConfigError for PostgreSQL; StateError, also if the content went elsewhere.
    """
    database = _database(config, "back it up with pg_dump")
    if not database.is_file():
        raise StateError(f"there is no database at {database}")
    place = place_for_backup(file, config.state, config_file, force=force)
    back_up(database, place, refusals=REFUSALS)


async def restore(
    config: Config, file: Path, *, config_file: Path | None = None, force: bool, clock: Clock
) -> None:
    """Replace the database by the backup `file` after verifying it; never `config_file`.

    Raises ConfigError for PostgreSQL; StateError, SealingError, with nothing changed.
    """
    _database(config, "restore it with pg_restore or psql")
    database = place_of_database(config.state, config_file)
    regular(file)  # SQLite would wait for a writer of a pipe
    with state_folder(config.state.dir, database=config.state.database):
        if not is_whole(file):
            raise StateError(f"{file} is damaged: use another backup")
        await _verify(file, config.state.sealing_key_file)
        if not force:
            _refuse_if_there(database)
        put_in_place(file, database, now=clock.now())
        PulseMark(config.state.dir).forget()


def _database(config: Config, otherwise: str) -> Path:
    if not config.state.database.startswith("sqlite:"):
        raise ConfigError(f"the database is on PostgreSQL: {otherwise}")
    return path_of(config.state.database)


def _refuse_if_there(database: Path) -> None:
    if has_content(database):
        raise StateError(
            f"there is a database at {database}: give --force to replace it, or --state for "
            "another folder"
        )


async def _verify(file: Path, key_file: Path) -> None:
    view = SqliteView(file)
    try:
        version, newest = await schema_version(view), load(MIGRATIONS)[-1].version
        if version > newest:
            raise StateError(
                f"{file} has schema version {version} and this program knows {newest}: "
                "install the wechat-scheduler that made it, or a newer one"
            )
        await check_sealing(view, _keys_for(file, key_file))
    except StorageError as error:
        raise StateError(f"{file}: {error}") from error
    finally:
        await view.close()


def _keys_for(file: Path, key_file: Path) -> Sealer:
    if not key_file.exists():
        raise StateError(
            f"{file} cannot be read without the sealing key of the daemon that it was made of: "
            f"put that into {key_file} first, {NAME_IT}"
        )
    return load_or_create_keys(key_file, create=False)
