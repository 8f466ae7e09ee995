"""The programs of a browser on this machine. The suite hides them from what else looks for programs."""

import os
import shutil
from typing import Final

PATH: Final = os.environ.get("PATH", "")
PROGRAMS: Final = {name: shutil.which(name) for name in ("chromium", "chromedriver")}


def missing() -> str:
    """What this machine lacks for a browser, or nothing."""
    lacking = [name for name, path in PROGRAMS.items() if path is None]
    return f"needs {' and '.join(lacking)} (Debian: chromium, chromium-driver)" if lacking else ""
