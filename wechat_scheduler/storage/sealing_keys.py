"""The file of the sealing keys: one in base64 per line, newest first, readable by its owner only.

It is one of the two plain secrets on disk. Keep it out of backups of the database.
"""

import base64
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from wechat_scheduler.engine.durable_files import sync_folder, write_new
from wechat_scheduler.engine.regular_files import read_regular
from wechat_scheduler.errors import SealingError
from wechat_scheduler.storage.sealing import KEY_SIZE, Sealer

# The files of `LoadCredential=`, a folder for each unit.
GIVEN_BY_SYSTEMD = Path("/run/credentials")

# Only the daemon knows what `LoadCredential=` gives it.
NAME_IT = (
    "or name the file of the unit's LoadCredential= in $WECHAT_SCHEDULER_STATE_SEALING_KEY_FILE"
)


def load_or_create_keys(path: Path, *, create: bool) -> Sealer:
    """The keys in the file at `path`. With `create`, a missing file is created with one new key.

    Raises SealingError, with the path, if the file is missing, malformed or readable by others.
    """
    try:
        if create and not path.exists():
            _make(path)
        _refuse_if_open(path)
        return parse_keys(read_regular(path, "ascii"), source=str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        if isinstance(error, FileNotFoundError):
            reason = f"{reason}: put back your copy of it, {NAME_IT}"
        raise SealingError(f"cannot use the sealing key file {path}: {reason}") from error


def parse_keys(text: str, *, source: str) -> Sealer:
    """Keys in the format of the file; `source` names the origin. Raises SealingError."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    try:
        keys = [base64.b64decode(line, validate=True) for line in lines]
    except ValueError:
        keys = []
    if not keys or any(len(key) != KEY_SIZE for key in keys):
        # Without a cause, which would quote the line.
        raise SealingError(f"{source} does not hold one base64 key of {KEY_SIZE} bytes per line")
    return Sealer(keys)


def put_new_key_in_front(path: Path) -> Sealer:
    """Add a new key to the file at `path`; from now on it seals. Raises SealingError."""
    load_or_create_keys(path, create=False)
    return _rewrite(path, lambda keys: [new_key(), *keys])


def keep_newest_key(path: Path) -> Sealer:
    """Remove all keys but the first from the file at `path`. Raises SealingError."""
    load_or_create_keys(path, create=False)
    return _rewrite(path, lambda keys: keys[:1])


def new_key() -> str:
    """A line for the key file."""
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
    """Replace the file as a whole; owner and mode stay."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        # Root may do this for a daemon of another user.
        like = path.stat()
        owner = like.st_uid, like.st_gid
        write_new(draft, text.encode(), mode=stat.S_IMODE(like.st_mode), owner=owner)
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def _make(path: Path) -> None:
    """Create the file as a whole. If two processes do this at once, the first file stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        write_new(draft, f"{new_key()}\n".encode())
        _link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _link(draft: Path, path: Path) -> None:
    """`link` and not `rename`: it does not replace a key that another process has just created."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    sync_folder(path.parent)


def _refuse_if_open(path: Path) -> None:
    """Require mode 0600 of our own file. Another owner's file may be readable by its group: that is how
    systemd and root give a secret to a service. libpq has the same rule for private keys. Where root
    looks at what systemd gave, the group's bits are the mask of an ACL that lets in the service alone.
    """
    if path.is_relative_to(GIVEN_BY_SYSTEMD):
        return
    info = path.stat()
    allowed = stat.S_IRWXU if info.st_uid == os.geteuid() else stat.S_IRWXU | stat.S_IRGRP
    if stat.S_IMODE(info.st_mode) & ~allowed:
        raise SealingError(f"{path} can be read by others: chmod 600 {path}")
