"""A file that holds current values: whole at each moment, and gone when one of them expires.

Beside `token.json` the agent keeps `.token.json.agent`: a lock against a second agent, and a record of the
time until which the file is valid, which is what an agent needs that starts after another was killed. The
record never promises more than the values: if the new time is earlier, it is written before the file, else
after it.
"""

import asyncio
import fcntl
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import structlog

from wechat_scheduler.agent.forms import Values
from wechat_scheduler.agent.values import WantedCredential
from wechat_scheduler.config.os_errors import system_message
from wechat_scheduler.engine.clock import Clock, millis
from wechat_scheduler.engine.durable_files import draft_of, sync_folder, write_new
from wechat_scheduler.errors import OutputError

log = structlog.get_logger(__name__)

# A link in its place would lead a write elsewhere, in a folder that others may write to.
_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_NOTHING = 0  # the time of a file that is not there


class _Record(NamedTuple):
    """`until` is in milliseconds since 1970; `told` says whether commands and signals know of the content."""

    until: int
    told: bool

    def line(self) -> bytes:
        """Of one length, so that one write replaces another whole."""
        return f"{self.until:015d} {self.told:d}\n".encode()


class FileOutput:
    """Keeps one file. `changes` counts its contents that commands and signals may not know yet."""

    def __init__(
        self,
        path: Path,
        wanted: tuple[WantedCredential, ...],
        *,
        render: Callable[[Values], bytes],
        mode: int,
        clock: Clock,
    ) -> None:
        self.wanted = wanted
        self.label = f"file {path}"
        self.changes = 0
        self._path = Path(os.path.realpath(path))
        self._render, self._mode, self._clock = render, mode, clock
        self._aside = draft_of(self._path)
        self._lock_file = self._path.parent / f".{self._path.name}.agent"
        self._lock = -1
        self._until = 0.0  # by the clock that does not jump
        self._record = _Record(_NOTHING, told=True)
        self._written: tuple[bytes, os.stat_result] | None = None
        self._heard: dict[str, int] = {}

    async def check(self) -> None:
        self._check()

    async def open(self) -> None:
        """Takes the file for this agent, and removes what an earlier one left of values that have expired."""
        self._check()
        try:
            self._take()
            self._aside.unlink(missing_ok=True)
            self._remember()
        except OSError as error:
            raise OutputError(f"{self.label}: {system_message(error)}") from error

    async def settle(self, values: Values | None) -> None:
        """Writes the values, unless the file has them; removes it when one has expired. Raises OutputError."""
        try:
            if values is not None:
                await asyncio.to_thread(self._put, values)
            elif self._until and self._clock.boottime() >= self._until:
                await asyncio.to_thread(self._remove)
        except OSError as error:
            raise OutputError(f"{self.label}: {system_message(error)}") from error

    @property
    def until(self) -> float:
        """When the file has to be removed, 0 if there is nothing to remove."""
        return self._until

    def tells(self, hook: str) -> None:
        """The command or signal of this name has to know of each content."""
        self._heard[hook] = 0

    def has_news(self, hook: str) -> bool:
        """Whether there is a content that it does not know."""
        return self._heard[hook] != self.changes

    def told(self, hook: str, changes: int) -> None:
        """It knows of what there was when `changes` had this value."""
        self._heard[hook] = changes
        if all(heard == self.changes for heard in self._heard.values()):
            self._note(self._record._replace(told=True))

    async def close(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _check(self) -> None:
        folder = self._path.parent
        if not _is_folder(folder):
            raise OutputError(f"{self.label}: there is no folder {folder}: create it")
        if os.path.isdir(self._path):
            raise OutputError(f"{self.label}: is a folder")
        if not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
            raise OutputError(f"{self.label}: the agent's user cannot write to {folder}")
        self._owner()

    def _take(self) -> None:
        try:
            self._lock = os.open(self._lock_file, _LOCK_FLAGS, 0o600)
        except FileNotFoundError:  # the folder is there: /proc and its like
            sentence = f"{self.label}: no file can be created in {self._path.parent}"
            raise OutputError(sentence) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(
                f"{self.label}: another agent keeps this file: stop it first"
            ) from error

    def _remember(self) -> None:
        """What an earlier agent wrote; a record that it did not finish counts as expired."""
        line = os.pread(self._lock, 64, 0)
        if not line or not os.path.lexists(self._path):
            return
        with suppress(ValueError):
            until, told = line.split()
            self._record = _Record(int(until), told == b"1")
        self.changes = int(not self._record.told)
        left = self._record.until - millis(self._clock.now())
        if left <= 0:
            self._remove()
        else:
            self._until = self._clock.boottime() + left / 1000

    def _put(self, values: Values) -> None:
        content = self._render(values)
        if self._is_written(content):
            return
        is_new = self._read() != content
        until = min(millis(kept.expires_at) for kept in values)
        told = self._record.told and not is_new
        self._note(_Record(min(until, self._record.until), told))
        if is_new:
            self._replace(content)
            self.changes += 1
            log.info(
                "agent.file_written", path=str(self._path), versions=[it.version for it in values]
            )
        self._written = content, self._path.stat()
        self._until = min(kept.until for kept in values)
        self._note(_Record(until, told))

    def _is_written(self, content: bytes) -> bool:
        """Whether the file is the one that was written last, and has this content."""
        if self._written is None or self._written[0] != content:
            return False
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return False
        known = self._written[1]
        return (found.st_ino, found.st_mtime_ns, found.st_size) == (
            known.st_ino,
            known.st_mtime_ns,
            known.st_size,
        )

    def _read(self) -> bytes | None:
        """The content, if it has the right mode too."""
        try:
            if self._path.stat().st_mode & 0o777 == self._mode:
                return self._path.read_bytes()
        except OSError:
            pass
        return None

    def _replace(self, content: bytes) -> None:
        self._aside.unlink(missing_ok=True)
        try:
            write_new(self._aside, content, mode=self._mode, owner=self._owner())
            self._aside.replace(self._path)
        finally:
            self._aside.unlink(missing_ok=True)
        sync_folder(self._path.parent)

    def _owner(self) -> tuple[int, int] | None:
        """The user and group of the file that is there. Raises OutputError if it cannot stay theirs."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        if found.st_uid != os.geteuid() and os.geteuid() != 0:
            raise OutputError(
                f"{self.label}: belongs to another user: run the agent as that user, or remove the file"
            )
        return found.st_uid, found.st_gid

    def _remove(self) -> None:
        self._path.unlink(missing_ok=True)
        sync_folder(self._path.parent)
        self._until, self._written = 0.0, None
        self._note(_Record(_NOTHING, told=True))
        log.warning("agent.file_removed", path=str(self._path), advice="its values have expired")

    def _note(self, record: _Record) -> None:
        if record != self._record:
            os.pwrite(self._lock, record.line(), 0)
            self._record = record


def _is_folder(path: Path) -> bool:
    """Whether it is one, or may be: this user may not look."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except PermissionError:
        return True
    except OSError:
        return False
