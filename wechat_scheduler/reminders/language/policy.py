"""The decisions that a sentence leaves open."""

import enum
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Self

from wechat_scheduler.engine.records import dataclass, field, replace


class Part(enum.StrEnum):
    """A part of the day. 晚上 and 深夜 last into the next morning; 凌晨 begins its day."""

    DAWN = "凌晨"
    MORNING = "早上"
    FORENOON = "上午"
    NOON = "中午"
    AFTERNOON = "下午"
    DUSK = "傍晚"
    EVENING = "晚上"
    NIGHT = "深夜"
    MIDNIGHT = "午夜"
    AS_NOW = "这个时候"
    """The clock time at which the sentence is written, behind a day."""


_HOURS = MappingProxyType(
    {
        Part.DAWN: time(0),
        Part.MORNING: time(8),
        Part.FORENOON: time(8),
        Part.NOON: time(12),
        Part.AFTERNOON: time(13),
        Part.DUSK: time(18),
        Part.EVENING: time(20),
        Part.NIGHT: time(23),
        Part.MIDNIGHT: time(0),
        Part.AS_NOW: time(8),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The defaults are those of earlier reminder services in WeChat."""

    hour: time = time(8)
    """The time of a day without a clock time."""

    hours: Mapping[Part, time] = field(default_factory=lambda: _HOURS)
    """The time of a part of the day without a clock time."""

    soon: timedelta = timedelta(minutes=10)
    """The length of 一会儿."""

    shortest: timedelta = timedelta(seconds=60)
    """The least time between two occurrences."""

    horizon: timedelta = timedelta(days=36525)
    longest: int = 200
    """The most characters of a sentence."""

    asked: bool = False
    """Whether a program asks for the reminder, so that the sentence needs no word such as 提醒 and no act."""

    def at(self, now: datetime) -> Self:
        """With the time of `Part.AS_NOW`; `now` is in the zone of the writer."""
        return replace(self, hours={**self.hours, Part.AS_NOW: now.time()})


DEFAULT_POLICY = Policy()
