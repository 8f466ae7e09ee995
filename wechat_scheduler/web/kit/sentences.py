"""Reads the Chinese sentences of requests."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wechat_scheduler.errors import UnprocessableError
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import DEFAULT_POLICY
from wechat_scheduler.reminders.language.refusals import LanguageError


def read_sentence(
    text: str, *, field: str, now: datetime, zone: ZoneInfo, shortest: timedelta
) -> Parsed:
    """Raises UnprocessableError at `field` for a sentence that cannot become a reminder."""
    try:
        return parse(text, now=now, zone=zone, policy=replace(DEFAULT_POLICY, shortest=shortest))
    except LanguageError as error:
        raise UnprocessableError(error.sentence, field=field, reason=error.reason) from error
