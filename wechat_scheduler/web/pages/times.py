"""Instants as the readers of a page say them."""

from datetime import datetime, tzinfo
from typing import Final

WEEKDAYS: Final = "一二三四五六日"


def spoken(instant: datetime, zone: tzinfo) -> str:
    """`2026年11月25日 周三 08:00`, in `zone`."""
    there = instant.astimezone(zone)
    day = f"{there.year}年{there.month}月{there.day}日"
    return f"{day} 周{WEEKDAYS[there.weekday()]} {there:%H:%M}"
