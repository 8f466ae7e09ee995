"""Writes files whole: a reader, or a crash, finds the old one or the new one.

The new one is written beside the old one, synced, and put in its place by a rename.
"""

import os
from pathlib import Path

# A link in its place would lead the write elsewhere, in a folder that others may write to.
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


def draft_of(path: Path) -> Path:
    """Where the new one is written, if no other process does so at the same time."""
    return path.parent / f".{path.name}.new"


def write_new(
    file: Path, content: bytes, *, mode: int = 0o600, owner: tuple[int, int] | None = None
) -> None:
    """Readable by this user only from the first moment on; then with `mode`, and of the `owner`, a user and a
    group. Raises OSError, also if there is such a file."""
    with open(os.open(file, _NEW, 0o600), "wb") as new:
        if owner is not None:
            os.fchown(new.fileno(), *owner)
        os.fchmod(new.fileno(), mode)
        new.write(content)
        new.flush()
        os.fsync(new.fileno())


def sync_folder(folder: Path) -> None:
    """Makes renames in it survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
