"""Backs up a SQLite database while it is in use, and restores it."""

import os
import secrets
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from wechat_scheduler.errors import StateError
from wechat_scheduler.storage.lost_commits import after_lost_commits
from wechat_scheduler.storage.rows import micros
from wechat_scheduler.storage.sqlite.connection import positional, trouble
from wechat_scheduler.storage.sqlite.files import has_content

_OURS = "SELECT 1 FROM meta WHERE name = 'schema_version'"
_KNOWS_MARKS = "SELECT 1 FROM sqlite_master WHERE name = 'meta'"
_KNOWS_DOUBTS = "SELECT 1 FROM pragma_table_info('deliveries') WHERE name = 'doubts'"


def back_up(database: Path, file: Path, *, refusals: Mapping[str, str]) -> None:
    """Copy `database`, which may be in use, to `file`: the state of one moment, all of it or nothing,
    readable by the owner only. Raises StateError, also with the sentence of `refusals` for a mark in meta."""
    draft = _draft(file)
    try:
        _make_private(draft)
        # A read-only connection would leave a log behind where no daemon runs.
        with closing(_connect(database, "rw")) as connection:
            _refuse(connection, refusals)
            connection.execute("VACUUM INTO ?", (str(draft),))
        _settle(draft, file)
    except (OSError, sqlite3.Error) as error:
        raise StateError(f"cannot back up to {file}: {_reason(error)}") from error
    finally:
        draft.unlink(missing_ok=True)


def make_empty(database: Path) -> None:
    """Make an empty file of the folder's owner where no content is: root may do this for a daemon of
    another user. Raises StateError."""
    if has_content(database):
        return
    try:
        if not database.exists():
            _make_private(database)
        _belong(database, database.parent)
    except OSError as error:
        raise StateError(f"cannot write {database}: {_reason(error)}") from error


def put_in_place(file: Path, database: Path, *, now: datetime) -> None:
    """Replace the database with a copy of the backup `file`. No process may have the database open.
    Raises StateError."""
    draft = _draft(database)
    try:
        _make_private(draft)
        _copy(file, draft)
        _prepare(draft, now)
        _belong(draft, database if database.exists() else database.parent)
        _fold_log(database)
        _settle(draft, database)
    except (OSError, sqlite3.Error) as error:
        raise StateError(f"cannot restore {database}: {_reason(error)}") from error
    finally:
        for leftover in (draft, *_logs(draft)):
            leftover.unlink(missing_ok=True)


def is_whole(file: Path) -> bool:
    """Whether a SQLite file passes the integrity check. Raises StateError."""
    try:
        with closing(_connect(file, "ro")) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
    except (OSError, sqlite3.Error) as error:
        raise StateError(f"cannot read {file}: {_reason(error)}") from error


def is_backup(file: Path) -> bool:
    """Whether a file has what every copy of our database has. Leaves no log beside it."""
    try:
        with closing(_connect(file, "ro&immutable=1")) as connection:
            return connection.execute(_OURS).fetchone() is not None
    except sqlite3.Error:
        return False


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(file.absolute()))}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def _refuse(connection: sqlite3.Connection, refusals: Mapping[str, str]) -> None:
    if not connection.execute(_KNOWS_MARKS).fetchone():
        return
    for mark, value in connection.execute("SELECT name, value FROM meta"):
        if mark in refusals:
            raise StateError(refusals[mark].format(value))


def _copy(file: Path, draft: Path) -> None:
    with closing(_connect(file, "ro")) as source, closing(_connect(draft, "rw")) as target:
        source.backup(target)


def _prepare(draft: Path, now: datetime) -> None:
    with closing(_connect(draft, "rw")) as connection:
        connection.execute("BEGIN")
        knows_doubts = connection.execute(_KNOWS_DOUBTS).fetchone() is not None
        for statement in after_lost_commits(micros(now), knows_doubts=knows_doubts):
            connection.execute(*positional(*statement))
        connection.execute("COMMIT")
        # The file that is renamed must be the whole database, without a log.
        connection.execute("PRAGMA journal_mode = DELETE")


def _fold_log(database: Path) -> None:
    """Remove the old database's log, which SQLite would apply to the new one."""
    if not any(log.exists() for log in _logs(database)):
        return
    try:
        with closing(_connect(database, "rw")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        pass  # a damaged database may be the reason for the restore
    for log in _logs(database):
        log.unlink(missing_ok=True)


def _logs(file: Path) -> tuple[Path, ...]:
    return tuple(file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm", "-journal"))


def _draft(file: Path) -> Path:
    return file.with_name(f".{file.name}.{secrets.token_hex(8)}")


def _make_private(draft: Path) -> None:
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _belong(draft: Path, like: Path) -> None:
    """Keep the owner: root may restore for a daemon of another user."""
    if os.geteuid() == 0:
        info = like.stat()
        os.chown(draft, info.st_uid, info.st_gid)


def _settle(draft: Path, file: Path) -> None:
    """Rename so that a crash leaves the old file or the new one, whole."""
    _sync(draft, os.O_RDONLY)
    draft.rename(file)
    _sync(file.parent, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return str(trouble(error) or error)
