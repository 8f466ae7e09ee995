"""Finds the font for posters: the configured one, fontconfig's choice, or the packaged one."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.reasons import Reason

# A sans-serif with simplified Chinese. fc-match prints the nearest font, which may have no Chinese, so
# it is asked for the languages of the font as well.
WANTED: Final = "sans-serif:lang=zh-cn:weight=medium"
FORMAT: Final = "%{file}\t%{index}\t%{lang}"
PATIENCE: Final = timedelta(seconds=10)
# An operator has to act first.
LATER: Final = timedelta(hours=1)


class Font(NamedTuple):
    """A font file, and which of the fonts in it (a `.ttc` holds several)."""

    path: Path
    number: int = 0


def find_font(configured: str) -> Font:
    """The font at the path `configured`; if that is empty, the first that is found.

    Blocks for as long as `fc-match` takes: call it in a thread, and keep the answer. Raises
    UnavailableError that names what to install or to mend.
    """
    if not configured:
        return _fontconfigs() or _packaged()
    path = Path(configured).expanduser()
    if not path.is_file():
        raise UnavailableError(
            f"the poster's font {path} does not exist",
            reason=Reason.DAEMON_UNREADY,
            retry_after=LATER,
        )
    return Font(path)


def _fontconfigs() -> Font | None:
    file, index, languages = (*_asked().split("\t"), "", "", "")[:3]
    knows_chinese = "zh-cn" in languages.lower().split("|")
    return Font(Path(file), int(index or 0)) if file and knows_chinese else None


def _asked() -> str:
    """The answer of fontconfig; empty if it is not installed."""
    program = shutil.which("fc-match")
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - constants only
            [program, "-f", FORMAT, WANTED],
            capture_output=True,
            text=True,
            timeout=PATIENCE.total_seconds(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _packaged() -> Font:
    try:
        from pylopdf_fonts_zh_cn import sans_path
    except ImportError as error:
        raise UnavailableError(
            "no font with chinese characters was found: pip install pylopdf-fonts-zh-cn, or apt "
            "install fontconfig fonts-noto-cjk, or set reminders.font",
            reason=Reason.DAEMON_UNREADY,
            retry_after=LATER,
        ) from error
    return Font(sans_path())
