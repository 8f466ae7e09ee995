"""The result of reading a sentence."""

from datetime import datetime, timedelta
from typing import Literal

from wechat_scheduler.engine.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """What the sentence leaves open, and the time that it is read as: `hour` if no hour is written, `half` if an hour is, but
    not which half of the day, `day` if a week, a month or a year is, or 明天 in the small hours, `before` if a time is before
    which it is wanted, and `soon` for 一会儿.
    `said` are the words."""

    kind: Literal["hour", "half", "day", "before", "soon"]
    said: str = ""
    meant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The meaning of a sentence."""

    time: datetime
    """The time of the event, aware, in the zone of the writer; of a recurrence the first occurrence."""

    rule: str
    """A text that `read_rule` takes, '' for a one-off. Its time of day is that of `time`."""

    title: str
    """The rest of the sentence, '' if nothing is left."""

    end: datetime | None
    """The end of a range (下午2点到4点)."""

    advance: timedelta | None
    """How long before `time` the reminder is wanted: 提前10分钟."""

    understood: str
    """The meaning in one Chinese sentence, for the user to confirm."""

    assumed: tuple[Assumption, ...] = ()
    """What is not written, in the order of its kinds."""

    half_assumed: bool = False
    """Whether an hour is written that can be in the morning or in the evening, and nothing that says in which: 明天9点. Such
    an hour is in `assumed` only if it is not read as one from 6 to 12 in the morning."""

    @property
    def hour_assumed(self) -> bool:
        """Whether no hour is written, so that the policy gives it, or the time of writing: 明天, 下午, 三天后."""
        return any(one.kind == "hour" for one in self.assumed)
