"""Where files of the tests lie."""

import os
import shutil
from pathlib import Path


def fastest() -> Path:
    """A folder in memory, if there is room: nothing waits for a disk there."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2**30
    return memory if roomy and os.access(memory, os.W_OK) else Path("/tmp")
