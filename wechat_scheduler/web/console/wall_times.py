"""Instants as the fields of forms show and take them: wall times without an offset."""

from datetime import datetime, tzinfo

from wechat_scheduler.engine.clock import rfc3339
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.console.visit import ZONE
from wechat_scheduler.web.console.words import Words

NO_TIME = Words("must be a time such as 2026-11-18T10:30", "必须是时间，例如 2026-11-18T10:30")


def wall_minute(at: datetime) -> str:
    """An instant as a field of a form shows it, in Asia/Shanghai."""
    return f"{at.astimezone(ZONE):%Y-%m-%dT%H:%M}"


def instant_of(text: str, *, field: str, trouble: str, zone: tzinfo = ZONE) -> str:
    """A wall time of the zone, or a time with an offset, as RFC 3339. Raises InvalidRequestError with that trouble
    at the field."""
    try:
        at = datetime.fromisoformat(text)
        return rfc3339(at if at.tzinfo else at.replace(tzinfo=zone))
    except (ValueError, OverflowError) as error:
        raise InvalidRequestError(trouble, field=field) from error
