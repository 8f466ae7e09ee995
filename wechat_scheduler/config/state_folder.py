"""The state folder: the files of one daemon beside the database."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wechat_scheduler.access.model import new_key
from wechat_scheduler.config.os_errors import reason
from wechat_scheduler.engine.durable_files import draft_of, write_new
from wechat_scheduler.engine.regular_files import read_regular
from wechat_scheduler.errors import InUseError, StateError

ADMIN_KEY = "admin.key"
ADDRESS = "daemon.url"
LOCK = "daemon.lock"
# Each look for a daemon shares the lock for some microseconds, on a busy machine for longer: a start tries
# again as often as this, LOOK seconds later each time.
LOOKS, LOOK = 1000, 0.002


@contextmanager
def state_folder(folder: Path, *, database: str, serves: bool = False) -> Iterator[Path]:
    """Create the folder if necessary, and lock it and the database until the end of the block. A
    SQLite file has a lock of its own, because two folders may name the same file. A daemon `serves`
    on it; other programs need it for a while.

    Raises StateError if they cannot be used, InUseError if a running daemon has locked them.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(f"cannot use the state folder {folder}: {_reason(error)}") from error
    with _alone(folder / LOCK, f"the state folder {folder}", "--state" if serves else ""):
        _forget_address(folder)
        if not database.startswith("sqlite:"):
            yield folder
            return
        file = database.removeprefix("sqlite://")
        lock = Path(f"{os.path.realpath(file)}.lock")  # a link leads to the same file
        with _alone(lock, f"the database {file}", "--database" if serves else ""):
            yield folder


@contextmanager
def _alone(path: Path, what: str, option: str) -> Iterator[None]:
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StateError(f"cannot use {what}: {_reason(error)}") from error
    try:
        _take(lock, what, option)
        yield
    finally:
        os.close(lock)


def is_held(folder: Path) -> bool:
    """Whether a daemon has locked the folder. Raises StateError if the lock cannot be read."""
    try:
        lock = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise StateError(f"cannot access {folder / LOCK}: {_reason(error)}") from error
    try:
        return not _is_granted(lock, fcntl.LOCK_SH)
    finally:
        os.close(lock)


def _take(lock: int, what: str, option: str) -> None:
    try:
        # Where the lock can be shared, others only look whether a daemon runs.
        for _ in range(LOOKS):
            if _is_granted(lock, fcntl.LOCK_EX):
                return
            if not _is_granted(lock, fcntl.LOCK_SH):
                break
            fcntl.flock(lock, fcntl.LOCK_UN)
            time.sleep(LOOK)
    except OSError as error:
        raise StateError(f"cannot lock {what}: {_reason(error)}") from error
    if option:
        raise InUseError(f"another daemon is using {what}: stop it, or give {option}")
    raise InUseError(f"a daemon is using {what}: stop it first")


def _is_granted(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def admin_key(folder: Path) -> tuple[str, bool]:
    """The key in the folder, created at the first start; and whether it was created just now."""
    path = folder / ADMIN_KEY
    known = read_admin_key(folder)
    if known:
        return known, False
    key = new_key()
    PulseMark(folder).forget()
    _write_private(path, f"{key}\n")
    return key, True


class PulseMark:
    """Remembers the last pulse outside of the database, in the lock's file, to tell an older state of it.
    It is not synced, so that it is never newer than the database after a crash."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / LOCK

    def read(self) -> str:
        """Empty if nothing was written."""
        try:
            return self._file.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            return ""

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write_text(text, "ascii")

    def forget(self) -> None:
        """Forget the pulse: the database is replaced on purpose."""
        self.write("")


def emptied(folder: Path, *, database: str) -> str:
    """Why a database without content is not taken for a new one: the folder has the key that the first
    start makes once it has made the database. Empty before the first start."""
    key = folder / ADMIN_KEY
    if not os.path.exists(key):
        return ""
    if database.startswith("sqlite:"):
        which = f"the database {database.removeprefix('sqlite://')}"
        remedy = "restore a backup with wechat-scheduler restore"
    else:
        which, remedy = "the PostgreSQL database", "restore a backup with pg_restore or psql"
    return (
        f"{which} is missing or empty, and {key} shows that it was in use: {remedy}, or, to start "
        f"with an empty one, remove {key}"
    )


def read_admin_key(folder: Path) -> str:
    """The key in the folder; empty if there is none. Raises StateError if it cannot be read."""
    try:
        return _one_line(read_regular(folder / ADMIN_KEY, "ascii"))
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError) as error:
        said = _reason(error) if isinstance(error, OSError) else "it is not a key"
        raise StateError(
            f"cannot read {folder / ADMIN_KEY}: {said}, or give a key in $WECHAT_SCHEDULER_KEY"
        ) from error


@contextmanager
def announced(folder: Path, url: str) -> Iterator[None]:
    """Write the daemon's URL to the folder, for commands on this machine, until the end of the block."""
    _write_private(folder / ADDRESS, f"{url}\n")
    try:
        yield
    finally:
        _forget_address(folder)


def _forget_address(folder: Path) -> None:
    """Delete the address: a daemon that was killed left it, and another program may listen there now."""
    try:
        (folder / ADDRESS).unlink(missing_ok=True)
    except OSError as error:
        raise StateError(f"cannot remove {folder / ADDRESS}: {_reason(error)}") from error


def running_at(folder: Path) -> str | None:
    """The URL of the daemon that runs on the folder: empty while it starts, None if none runs. The
    folder's key belongs to this address alone. Raises StateError if the folder cannot be read."""
    if not is_held(folder):
        return None
    path = folder / ADDRESS
    try:
        return _one_line(read_regular(path, "ascii"))
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError) as error:
        said = _reason(error) if isinstance(error, OSError) else "it is not a URL"
        raise StateError(f"cannot read {path}: {said}") from error


def _one_line(text: str) -> str:
    """Raises ValueError for more than one, and for control characters."""
    if not text.strip().isprintable():
        raise ValueError
    return text.strip()


def _write_private(path: Path, text: str) -> None:
    """Write the file atomically; only its owner can read it, from its creation on."""
    draft = draft_of(path)
    try:
        draft.unlink(missing_ok=True)
        write_new(draft, text.encode())
        draft.rename(path)
    except OSError as error:
        raise StateError(f"cannot write {path}: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "there is a file where a folder should be"
    return reason(error)
