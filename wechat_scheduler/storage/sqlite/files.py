"""Watches the files of an open SQLite database.

SQLite keeps writing to a deleted file: every commit succeeds, and is lost when the process ends.
"""

import os
import sys
from pathlib import Path
from typing import Final, NamedTuple

from wechat_scheduler.errors import StorageError

# The formats of the log and of its index: https://www.sqlite.org/walformat.html
LOG_HEADER: Final = 32
FRAME_HEADER: Final = 24
# In the index: the size of a page, where 1 stands for 65,536; the log's frames; the database's pages.
PAGE_SIZE, FRAMES, PAGES = slice(14, 16), slice(16, 20), slice(20, 24)
LARGEST_PAGE: Final = 65_536

ADVICE: Final = "stop the daemon and restore a backup"


class _FileState(NamedTuple):
    device: int
    inode: int
    size: int


class DatabaseFiles:
    """The database at `path`, which is open, and its log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._index = path.with_name(f"{path.name}-shm")
        self._known: dict[Path, _FileState] = {}

    def check(self) -> None:
        """Raises StorageError if a file was deleted, replaced or cut short since the first call. Takes a
        few microseconds."""
        for path in (self._path, self._log):
            known, seen = self._known.get(path), self._look_at(path)
            if seen is None:
                continue
            if known is not None and known[:2] != seen[:2]:
                raise StorageError(f"the database file {path} was replaced: {ADVICE}")
            if known is not None and seen.size < known.size and self._is_cut(path, seen.size):
                raise StorageError(f"the database file {path} was cut short: {ADVICE}")
            self._known[path] = seen

    def _look_at(self, path: Path) -> _FileState | None:
        """None for a log that does not exist yet: SQLite creates it with the first transaction."""
        try:
            info = os.stat(path)
        except FileNotFoundError:
            if path == self._log and path not in self._known:
                return None
            raise StorageError(f"the database file {path} was deleted: {ADVICE}") from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise StorageError(f"the database file {path} cannot be seen: {reason}") from error
        return _FileState(info.st_dev, info.st_ino, info.st_size)

    def _is_cut(self, path: Path, size: int) -> bool:
        """Whether a file that became shorter lacks what the index says it has. Other programs may make it
        shorter by a checkpoint or VACUUM, which loses nothing."""
        try:
            index = self._index.read_bytes()
        except OSError:
            return True
        page = _number(index[PAGE_SIZE])
        page = LARGEST_PAGE if page == 1 else page
        if path == self._path:
            return size < _number(index[PAGES]) * page
        frames = _number(index[FRAMES])
        return frames > 0 and size < LOG_HEADER + frames * (FRAME_HEADER + page)


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, sys.byteorder)


def has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
