"""Shows what happened in the last hours or days."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.statistics.model import (
    MOST_DAYS,
    MOST_HOURS,
    Counted,
    StatisticsPeriod,
    StatisticsSpan,
)
from wechat_scheduler.statistics.periods import periods_of, total_of
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.auth import require_reach
from wechat_scheduler.web.kit.query import ERRCODE
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.route import NativeRoute, query

HOURS = 24

Errors = Annotated[
    Mapping[str, int],
    msgspec.Meta(
        description="Failures of refreshes and messages by WeChat's errcode, the most first; `none` where "
        "WeChat gave none, `other` beyond those that are counted on their own.",
        examples=[{"45009": 3}],
    ),
]


Advice = Annotated[
    Mapping[str, str],
    msgspec.Meta(
        description="What to do about each errcode that is known.",
        examples=[{"-1": "WeChat is busy, which passes by itself"}],
    ),
]


class Numbers(msgspec.Struct):
    """`refreshed`: new values of credentials, without the same value again, and attempts that failed. Messages to
    people: `accepted` by WeChat, `delivered` by its receipt, attempts that failed and are repeated, and `dead` ones,
    expired included. Calls to business systems likewise. Reminders that `fired`, and that were `missed`. `pushed`: what WeChat pushed to us."""

    refreshed: int
    refresh_failed: int
    accepted: int
    delivered: int
    send_failed: int
    dead: int
    called_back: int
    callback_failed: int
    callback_dead: int
    fired: int
    missed: int
    pushed: int


class PeriodResult(Numbers):
    """The hour or the day that begins `at`. The last one is not over."""

    at: datetime
    errors: Errors


class StatisticsResult(msgspec.Struct):
    """`periods` are the oldest first, without gaps; `total` and `errors` are of all of them."""

    span: StatisticsSpan
    periods: list[PeriodResult]
    total: Numbers
    errors: Errors
    advice: Advice


async def shown(request: web.Request) -> web.Response:
    services, (span, number) = request.app[SERVICES], _wanted(request)
    counts = await services.statistics.find(span, number, appids=_accounts(request))
    periods = periods_of(counts, span, number, services.clock.now())
    numbers, errors = total_of(periods)
    result = StatisticsResult(
        span=span,
        periods=[_period(period) for period in periods],
        total=Numbers(**_named(numbers)),
        errors=_sorted(errors),
        advice=dict(_advised(errors, services.advice_on)),
    )
    return envelope.success(result)


def _advised(errcodes: Iterable[str], advice_on: Callable[[int], str]) -> Iterator[tuple[str, str]]:
    for errcode in errcodes:
        is_number = ERRCODE.fullmatch(errcode)
        if is_number and (advice := advice_on(int(errcode))):
            yield errcode, advice


def _wanted(request: web.Request) -> tuple[StatisticsSpan, int]:
    asked = [span for span in StatisticsSpan if request.query.get(f"{span}s")]
    match asked:
        case []:
            return StatisticsSpan.HOUR, HOURS
        case [span]:
            return span, _number(request, span)
        case _:
            raise InvalidRequestError("cannot come with hours: give one of the two", field="days")


def _number(request: web.Request, span: StatisticsSpan) -> int:
    text, most = request.query[f"{span}s"], span.most
    if not (text.isdecimal() and text.isascii() and len(text) <= len(str(most))) or not (
        1 <= int(text) <= most
    ):
        raise InvalidRequestError(f"must be a number from 1 to {most}", field=f"{span}s")
    return int(text)


def _accounts(request: web.Request) -> Collection[str] | None:
    """Those that the caller asks for, or may see; None for all together."""
    key, appid = request[CALLER], request.query.get("appid", "")
    if appid:
        require_reach(key, appid, field="appid")
        return (appid,)
    return key.appids or None


def _period(period: StatisticsPeriod) -> PeriodResult:
    return PeriodResult(at=period.at, errors=_sorted(period.errors), **_named(period.numbers))


def _named(numbers: Mapping[Counted, int]) -> dict[str, int]:
    return {what.value: numbers.get(what, 0) for what in Counted if what is not Counted.ERROR}


def _sorted(errors: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(errors.items(), key=lambda error: (-error[1], error[0])))


ROUTES = (
    NativeRoute(
        "GET", "/v1/statistics", shown, Scope.READ,
        "Counts what happened in the last hours or days: refreshes, messages, reminders, pushes and errors.",
        result=StatisticsResult,
        takes=(
            query(
                "hours", "The last hours, this one included.",
                {"type": "integer", "minimum": 1, "maximum": MOST_HOURS, "default": HOURS},
            ),
            query(
                "days", "The last days in Shanghai, today included, in place of hours.",
                {"type": "integer", "minimum": 1, "maximum": MOST_DAYS},
            ),
            query("appid", "Only of this account."),
        ),
        errors=(403,),
    ),
)  # fmt: skip
