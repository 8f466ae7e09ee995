"""How the demo says times, and what to type."""

from datetime import timedelta

from wechat_scheduler.demo.cast import ACCOUNT
from wechat_scheduler.demo.snapshot import Places

ONE = timedelta(seconds=1)


def short(span: timedelta) -> str:
    """To be read at a glance: `17 s`, `43 min`, `2 h`."""
    seconds = max(0, span // ONE)
    if seconds < 100:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 6000 else f"{seconds // 3600} h"


def elapsed(span: timedelta) -> str:
    """As a stopwatch shows it: `0:07`."""
    minutes, seconds = divmod(max(0, span // ONE), 60)
    return f"{minutes}:{seconds:02}"


def curl_lines(places: Places) -> tuple[str, str]:
    """A command that works when it is pasted, whatever blanks a terminal puts at the line's end."""
    return (
        f'  curl {places.daemon}/task/{ACCOUNT}/access_token -H "X-API-Key: $(',
        f'    cat {places.key_file})"',
    )
