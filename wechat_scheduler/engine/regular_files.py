"""Reads the files that settings name. A path may be wrong: a device never ends, and a pipe may never begin."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

LARGEST: Final = 1024 * 1024


def read_regular(file: Path, encoding: str) -> str:
    """The text of a regular file; /dev/null is empty. Raises OSError, also for other files and those over LARGEST
    bytes, and UnicodeDecodeError."""
    with open(file, "rb", opener=_open) as opened:
        found = os.fstat(opened.fileno())
        if not stat.S_ISREG(found.st_mode) and found.st_rdev != os.stat(os.devnull).st_rdev:
            raise OSError(errno.EINVAL, "it is a device or a pipe: name a regular file")
        content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise OSError(errno.EFBIG, f"it has more than {LARGEST} bytes: name another file")
    return content.decode(encoding)


def _open(path: str, flags: int) -> int:
    """Opens a pipe without a writer too, at once."""
    return os.open(path, flags | os.O_NONBLOCK)
