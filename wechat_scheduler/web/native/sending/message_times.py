"""Reads when a message may be sent."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError

# A later time is usually milliseconds taken for seconds.
FURTHEST: Final = timedelta(days=366)


def read_times(
    not_before: datetime | None, expires: datetime | None, wrong: WrongFields, now: datetime
) -> Mapping[str, datetime | None]:
    """Those that are right, in UTC, by their fields."""
    times: dict[str, datetime | None] = {}
    with wrong:
        times["not_before"] = _instant(not_before, "not_before", now)
    with wrong:
        times["expires"] = _instant(expires, "expires", now)
        if expires is not None and expires <= max(now, not_before or now):
            raise InvalidRequestError(
                "must be later than now, and than not_before", field="expires"
            )
    return times


def _instant(given: datetime | None, field: str, now: datetime) -> datetime | None:
    """The time in UTC, at most `FURTHEST` from now; a past one means at once."""
    if given is None:
        return None
    if given > now + FURTHEST:
        raise InvalidRequestError(f"must be within {FURTHEST.days} days", field=field)
    return max(given, now - FURTHEST).astimezone(UTC)
