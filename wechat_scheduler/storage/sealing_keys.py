"""The sealing keys: one in base64 per line, newest first, in a file that only we can read.

The file is one of the two plain secrets on disk. It belongs into no backup of the database.
"""

import base64
import os
import secrets
import stat
from pathlib import Path

from wechat_scheduler.errors import SealingError
from wechat_scheduler.storage.sealing import KEY_SIZE, Sealer


def load_or_create_keys(path: Path, *, create: bool) -> Sealer:
    """The keys in the file at `path`; a missing file is made, with one new key, if `create`.

    Raises SealingError, naming the path, for a file that is missing, malformed or open to others.
    """
    try:
        if create and not path.exists():
            _make(path)
        _refuse_if_open(path)
        return parse_keys(path.read_text("ascii"), source=str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SealingError(f"cannot use the sealing key file {path}: {reason}") from error


def parse_keys(text: str, *, source: str) -> Sealer:
    """Keys as the file has them, from anywhere (`source` names it). Raises SealingError."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    try:
        keys = [base64.b64decode(line, validate=True) for line in lines]
    except ValueError:
        keys = []
    if not keys or any(len(key) != KEY_SIZE for key in keys):
        # Not from its cause, which holds the line.
        raise SealingError(f"{source} does not hold one base64 key of {KEY_SIZE} bytes per line")
    return Sealer(keys)


def new_key() -> str:
    """A line for the front of the key file."""
    return base64.b64encode(secrets.token_bytes(KEY_SIZE)).decode()


def _make(path: Path) -> None:
    """All of the file or none of it, whatever happens, and the first one if two make it at once."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{new_key()}\n")
            file.flush()
            os.fsync(file.fileno())
        _link(draft, path)
    finally:
        draft.unlink()


def _link(draft: Path, path: Path) -> None:
    """`link` and not `rename`: it refuses to replace a key that somebody else has just made."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse_if_open(path: Path) -> None:
    """0600 if the file is ours. Its group may read what belongs to somebody else, since that is how
    systemd and root hand a secret to a service; libpq has the same rule for private keys.
    """
    info = path.stat()
    allowed = stat.S_IRWXU if info.st_uid == os.geteuid() else stat.S_IRWXU | stat.S_IRGRP
    if stat.S_IMODE(info.st_mode) & ~allowed:
        raise SealingError(f"{path} can be read by others: chmod 600 {path}")
