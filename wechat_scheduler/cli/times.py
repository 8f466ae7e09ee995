"""Writes times as people say them, and as programs read them."""

from datetime import datetime, timedelta

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
# From ten minutes on, seconds are left out.
_WITHOUT_SECONDS = 600


def span(duration: timedelta) -> str:
    """`1 h 52 min`, `4 min 3 s`, `12 s`: the two largest units, rounded down."""
    left = int(abs(duration).total_seconds())
    if left >= _WITHOUT_SECONDS:
        left -= left % 60
    parts: list[str] = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count or parts:
            parts.append(f"{count} {unit}" if count else "")
    return " ".join(filter(None, parts[:2])) or "0 s"


def brief(duration: timedelta) -> str:
    """The same without spaces, for columns: `1h52m`."""
    return span(duration).replace("min", "m").replace(" ", "")


def relative(instant: datetime, now: datetime) -> str:
    """`in 1 h 52 min`, `12 s ago`, `now`."""
    ahead = instant - now
    if abs(ahead) < timedelta(seconds=1):
        return "now"
    return f"in {span(ahead)}" if ahead > timedelta(0) else f"{span(ahead)} ago"


def local(instant: datetime) -> str:
    """`2026-11-18 10:30:00`, in the time zone of this machine."""
    return f"{instant.astimezone():%Y-%m-%d %H:%M:%S}"


def local_briefly(instant: datetime, now: datetime) -> str:
    """`11-18 10:30:00` in the time zone of this machine; a time of another year is a date."""
    here, year = instant.astimezone(), now.astimezone().year
    return f"{here:%m-%d %H:%M:%S}" if here.year == year else f"{here:%Y-%m-%d}"


def rfc3339(instant: datetime) -> str:
    """`2026-11-18T02:30:00Z`, for programs."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
