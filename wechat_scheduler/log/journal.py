"""Priorities for journald, which reads them from the beginning of each line (sd-daemon(3))."""

import os
from typing import Final, TextIO

PRIORITIES: Final = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}


def leads_to_journal(stream: TextIO, told: str) -> bool:
    """Whether journald reads `stream`. `told` is $JOURNAL_STREAM, the device and inode of the stream
    that systemd made; a process may inherit the variable and write elsewhere."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):  # it is not a file, or closed
        return False
    return told == f"{status.st_dev}:{status.st_ino}"


def with_priority(line: str, level: str) -> str:
    return f"<{PRIORITIES[level]}>{line}"
