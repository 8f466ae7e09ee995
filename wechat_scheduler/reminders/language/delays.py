"""Reads by how much a reminder is put off: 推迟半小时, 往后推1天."""

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.durations import LENGTH, Length, read_length
from wechat_scheduler.reminders.language.normalise import normalise

_DELAY = pattern(
    rf"(?:请|帮我|再)?(?:[往向]后[推挪移延]|推迟|延后|延迟|延期|推后|后推|拖后|顺延) ?(?P<length>{LENGTH})[吧.。]?"
)


def delay_of(text: str) -> Length | None:
    """None for a text that says anything else. Raises LanguageError for 推迟两三天."""
    found = _DELAY.fullmatch(normalise(text).strip())
    return read_length(found["length"]) if found else None
