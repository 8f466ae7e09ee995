"""The words that dates and weekdays are told with."""

from datetime import datetime

_WEEKDAYS = {"MO": "周一", "TU": "周二", "WE": "周三", "TH": "周四", "FR": "周五", "SA": "周六", "SU": "周日"}  # fmt: skip


def day_words(weekday: str) -> str:
    """周一 of MO."""
    return _WEEKDAYS[weekday]


def moment_words(moment: datetime) -> str:
    """2026年11月25日 周三 08:00."""
    weekday = tuple(_WEEKDAYS.values())[moment.weekday()]
    return f"{moment.year}年{moment.month}月{moment.day}日 {weekday} {clock_words(moment)}"


def clock_words(moment: datetime) -> str:
    """08:00, with the seconds only where there are any."""
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
