"""Reads the Chinese sentences of requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from wechat_scheduler.errors import UnprocessableError
from wechat_scheduler.reminders.language.parse import parse, parse_all
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.policy import DEFAULT_POLICY
from wechat_scheduler.reminders.language.refused_sentences import LanguageError


def read_sentence(
    text: str,
    *,
    field: str,
    now: datetime,
    zone: ZoneInfo,
    shortest: timedelta,
    hour: time = DEFAULT_POLICY.hour,
) -> Parsed:
    """What a reminder is to be made of; `hour` is that of a day without one. Raises UnprocessableError at `field`
    for a sentence that cannot become one reminder."""
    with _refusals_at(field):
        policy = replace(DEFAULT_POLICY, shortest=shortest, asked=True, hour=hour)
        return parse(text, now=now, zone=zone, policy=policy)


def read_sentences(
    text: str, *, field: str, now: datetime, zone: ZoneInfo, shortest: timedelta
) -> tuple[Parsed, ...]:
    """Each reminder that a sentence asks for, as the bot understands it. Raises as `read_sentence`."""
    with _refusals_at(field):
        policy = replace(DEFAULT_POLICY, shortest=shortest)
        return parse_all(text, now=now, zone=zone, policy=policy)


@contextmanager
def _refusals_at(field: str) -> Iterator[None]:
    try:
        yield
    except LanguageError as error:
        raise UnprocessableError(error.sentence, field=field, reason=error.reason) from error
