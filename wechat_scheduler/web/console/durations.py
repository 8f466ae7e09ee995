"""Lengths of time of the settings, in words."""

from datetime import timedelta

from wechat_scheduler.config.notation import DURATION
from wechat_scheduler.web.console.visit import Visit


def duration(visit: Visit, text: str) -> str:
    """A length of time in the notation of the settings, such as `30m`, in words."""
    span = DURATION.read(text)
    if not isinstance(span, timedelta) or span % timedelta(seconds=1):
        return text
    return visit.lasting(span)
