"""Reads Chinese sentences, and stores nothing."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.model import SHANGHAI
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.language.parsed import Assumption, Parsed
from wechat_scheduler.reminders.planning import rule_of
from wechat_scheduler.reminders.recurrence.series import upcoming
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.sentences import read_sentences
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.kit.texts import read_zone
from wechat_scheduler.web.native.route import NativeRoute
from wechat_scheduler.web.native.sending.message_requests import Instant

NEXT: Final = 5
# The lunar tables end in 2100.
YEARS: Final = range(1970, 2100)


class SentenceBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`now` defaults to this moment; `zone` is the speaker's."""

    text: str
    now: Instant | None = None
    zone: str = SHANGHAI


class SentenceResult(msgspec.Struct, kw_only=True):
    """`time` is the event, or the first of several; `rule` is null for a single one. The reminder is
    wanted `advance` minutes earlier; `end` is the end of a range of time. `hour_assumed` means that no hour is
    said, and `assumed` names what else it leaves open. `understood` says all of it in words. `also` are the other reminders that the sentence asks for."""

    time: datetime
    rule: str | None
    title: str
    next: list[datetime]
    understood: str
    hour_assumed: bool
    assumed: list[Assumption]
    advance: int | None
    end: datetime | None
    also: list["SentenceResult"] = []


async def understand(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    body = decode(await request.read(), SentenceBody)
    zone = ZoneInfo(read_zone(body.zone, "zone"))
    now = body.now or services.clock.now()
    if now.year not in YEARS:
        raise InvalidRequestError(f"must be from {YEARS[0]} to {YEARS[-1]}", field="now")
    first, *others = read_sentences(
        body.text, field="text", now=now, zone=zone, shortest=services.reminders.shortest
    )
    result = _result(first, zone)
    result.also = [_result(each, zone) for each in others]
    return envelope.success(result)


def _result(parsed: Parsed, zone: ZoneInfo) -> SentenceResult:
    advance = parsed.advance
    return SentenceResult(
        time=parsed.time,
        rule=parsed.rule or None,
        title=parsed.title,
        next=[time.astimezone(zone) for time in _next(parsed, zone)],
        understood=parsed.understood,
        hour_assumed=parsed.hour_assumed,
        assumed=list(parsed.assumed),
        advance=None if advance is None else advance // timedelta(minutes=1),
        end=parsed.end,
    )


def _next(parsed: Parsed, zone: ZoneInfo) -> tuple[datetime, ...]:
    return upcoming(
        rule_of(parsed.rule),
        start=parsed.time,
        after=parsed.time - timedelta(seconds=1),
        zone=zone,
        most=NEXT,
    )


ROUTES = (
    NativeRoute(
        "POST", "/v1/reminders/parse", understand, Scope.PUSH,
        "Reads from a Chinese sentence when, how often and of what it reminds; stores nothing.",
        body=SentenceBody, result=SentenceResult, errors=(422,),
    ),
)  # fmt: skip
