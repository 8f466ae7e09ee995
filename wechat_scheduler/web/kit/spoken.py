"""Sentences that come over HTTP, and when to come back where WeChat does not say."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from wechat_scheduler.errors import UnprocessableError
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import DEFAULT_POLICY
from wechat_scheduler.reminders.language.refusals import LanguageError

# `Retry-After` of a call to WeChat that failed without saying when to try again.
SOON: Final = timedelta(seconds=30)


def heard(text: str, *, field: str, now: datetime, zone: ZoneInfo, shortest: timedelta) -> Parsed:
    """Raises UnprocessableError at `field` for a sentence that cannot become a reminder."""
    try:
        return parse(text, now=now, zone=zone, policy=replace(DEFAULT_POLICY, shortest=shortest))
    except LanguageError as error:
        raise UnprocessableError(error.sentence, field=field, reason=error.reason) from error
