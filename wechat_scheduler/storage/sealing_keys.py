"""The sealing keys: one in base64 per line, newest first, in a file that only we can read.

The file is one of the two plain secrets on disk. It belongs into no backup of the database.
"""

import base64
import os
import secrets
import stat
from collections.abc import Callable
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


def put_new_key_in_front(path: Path) -> Sealer:
    """Add a key to the file at `path`, from now on the one that seals. Raises SealingError."""
    load_or_create_keys(path, create=False)
    return _rewrite(path, lambda keys: [new_key(), *keys])


def keep_newest_key(path: Path) -> Sealer:
    """Take every key but the first out of the file at `path`. Raises SealingError."""
    load_or_create_keys(path, create=False)
    return _rewrite(path, lambda keys: keys[:1])


def new_key() -> str:
    """A line for the front of the key file."""
    return base64.b64encode(secrets.token_bytes(KEY_SIZE)).decode()


def _rewrite(path: Path, change: Callable[[list[str]], list[str]]) -> Sealer:
    try:
        keys = [line.strip() for line in path.read_text("ascii").splitlines() if line.strip()]
        text = "".join(f"{key}\n" for key in change(keys))
        _replace(path.resolve(), text)
    except OSError as error:
        raise SealingError(f"cannot write the sealing key file {path}: {error.strerror}") from error
    return parse_keys(text, source=str(path))


def _replace(path: Path, text: str) -> None:
    """All of the new file or all of the old one; it stays with whom it belongs to, as it was."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write(draft, text, like=path.stat())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path)


def _make(path: Path) -> None:
    """All of the file or none of it, whatever happens, and the first one if two make it at once."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write(draft, f"{new_key()}\n", like=None)
        _link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _write(draft: Path, text: str, *, like: os.stat_result | None) -> None:
    """Readable by its owner only from the first moment on; then as much as the file it is `like`:
    root may do this for a daemon that is somebody else."""
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        if like is not None:
            os.fchown(descriptor, like.st_uid, like.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
        os.fsync(descriptor)


def _link(draft: Path, path: Path) -> None:
    """`link` and not `rename`: it refuses to replace a key that somebody else has just made."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    _sync_folder(path)


def _sync_folder(path: Path) -> None:
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
