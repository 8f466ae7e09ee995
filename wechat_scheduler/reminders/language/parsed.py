"""The result of reading a sentence."""

from datetime import datetime, timedelta

from wechat_scheduler.engine.records import dataclass


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

    hour_assumed: bool
    """Whether no hour is written, so that the policy gives it, or the time of writing: 明天, 下午, 三天后."""

    understood: str
    """The meaning in one Chinese sentence, for the user to confirm."""
