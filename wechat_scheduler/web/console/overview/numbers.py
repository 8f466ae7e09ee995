"""Numbers of the last hours or days with a small plot each."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.overview.errors import ERRORS
from wechat_scheduler.web.console.parts import (
    Kind,
    joined,
    section,
    spaced,
    state,
)
from wechat_scheduler.web.console.plots import PlotTimes, PlotValues, Tone, plot, shown
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.statistics import Numbers, PeriodResult, StatisticsResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

LAST = W("What happened", "近况")
HOURS, DAYS = W("Last 24 hours", "最近 24 小时"), W("Last 30 days", "最近 30 天")
PERIOD = W("Period", "时间段")
COUNTED = W(
    "A failure stays counted, also of a message that was sent again later and arrived.",
    "失败一经计数就保留，即使消息之后重新发送并送达。",
)
NEW_VALUES = W(
    "Renewed are credentials for which WeChat gave a new value; the page of each shows all calls that were made for it.",
    "微信给出新值才算已更新；为凭据向微信请求的全部次数见该凭据的页面。",
)
ALL_TYPES = W("The numbers are of all types of credentials.", "这些数字包括所有类型的凭据。")
STILL_FAILED = W("Messages that are failed now", "现在仍失败的")
FAILURES = W("failures", "次失败")
NO_RECEIPTS = W(
    "WeChat sends no receipt for texts: they stay accepted.",
    "微信对客服消息不发送达回执：它们一直是“已接收”。",
)
WHOSE = W("of refreshes and messages", "次（刷新和消息）")


class _Figure(NamedTuple):
    """A part of a card: a number of each period, and how it is called."""

    words: Words
    tone: Tone
    of: Callable[[PeriodResult | Numbers], int]


class _Card(NamedTuple):
    """A plot: the first figure is the large number, the others stand below it."""

    id: str
    name: Words
    figures: tuple[_Figure, ...]
    beside: tuple[_Figure, ...] = ()


CARDS: Final = (
    _Card(
        "refreshes",
        W("Refreshes", "刷新"),
        (
            _Figure(W("renewed", "已更新"), "good", lambda it: it.refreshed),
            _Figure(terms.FAILED, "bad", lambda it: it.refresh_failed),
        ),
    ),
    _Card(
        "messages",
        W("Messages to people", "发给用户的消息"),
        (
            _Figure(W("accepted", "已接收"), "good", lambda it: it.accepted),
            _Figure(W("retried", "重试"), "warn", lambda it: it.send_failed),
            _Figure(terms.FAILED, "bad", lambda it: it.dead),
        ),
        (_Figure(W("delivered", "已送达"), "good", lambda it: it.delivered),),
    ),
    _Card(
        "callbacks",
        W("Calls to your systems", "对业务系统的调用"),
        (
            _Figure(W("answered", "已应答"), "good", lambda it: it.called_back),
            _Figure(W("retried", "重试"), "warn", lambda it: it.callback_failed),
            _Figure(terms.FAILED, "bad", lambda it: it.callback_dead),
        ),
    ),
    _Card(
        "reminders",
        terms.REMINDERS,
        (
            _Figure(W("fired", "已触发"), "good", lambda it: it.fired),
            _Figure(W("missed", "已错过"), "bad", lambda it: it.missed),
        ),
    ),
    _Card(
        "pushes",
        W("Pushes from WeChat", "微信推送"),
        (_Figure(W("received", "已收到"), "good", lambda it: it.pushed),),
    ),
)
_CARD: Final = """<article class="figure"><h3>{name}</h3>
<p class="large">{number} <small>{words}</small></p><p class="notes">{notes}</p>{plot}</article>"""
_BADGES: Final[dict[Tone, Kind]] = {"good": "good", "warn": "warn", "bad": "bad"}


def numbers(visit: Visit, found: StatisticsResult) -> Html:
    """The section of all cards."""
    times = PlotTimes([period.at for period in found.periods], are_days=found.span == "day")
    cards = [_card(visit, card, times, found) for card in CARDS]
    body = fill(
        '{choice}<div class="figures">{cards}{errors}</div><p class="faint">{counted}</p>{failed}',
        counted=spaced(
            visit.say(NEW_VALUES),
            visit.say(COUNTED),
            visit.say(NO_RECEIPTS),
            visit.say(ALL_TYPES) if visit.session.key.kinds else "",
        ),
        failed=when(
            visit.sees(Scope.PUSH),
            fill(
                "<p>{link}</p>", link=link("/console/messages?state=dead", visit.say(STILL_FAILED))
            ),
        ),
        choice=_choice(visit, are_days=times.are_days),
        cards=cards,
        errors=_errors_card(visit, times, found),
    )
    return section(visit, LAST, body, id="numbers", live=True)


def _card(visit: Visit, card: _Card, times: PlotTimes, found: StatisticsResult) -> Html:
    series = [
        PlotValues(figure.words, figure.tone, [figure.of(period) for period in found.periods])
        for figure in card.figures
    ]
    first = card.figures[0]
    return fill(
        _CARD,
        name=visit.say(card.name),
        number=shown(first.of(found.total)),
        words=visit.say(first.words),
        notes=list(_notes(visit, card, found.total)),
        plot=plot(visit, card.name, times, series),
    )


def _notes(visit: Visit, card: _Card, total: Numbers) -> Iterator[Html]:
    for figure in card.beside:
        yield fill(
            "<span>{number} {words}</span> ",
            number=shown(figure.of(total)),
            words=visit.say(figure.words),
        )
    for figure in card.figures[1:]:
        if number := figure.of(total):
            words = W(*(f"{shown(number)} {text}" for text in figure.words))
            yield joined([state(visit, _BADGES[figure.tone], words), " "])


def _errors_card(visit: Visit, times: PlotTimes, found: StatisticsResult) -> Html:
    values = [sum(period.errors.values()) for period in found.periods]
    return fill(
        _CARD,
        name=visit.say(W("Errors", "错误")),
        number=shown(sum(values)),
        words=visit.say(WHOSE),
        notes=when(found.errors, fill('<a href="#errors">{words}</a>', words=visit.say(ERRORS))),
        plot=plot(visit, W("Errors", "错误"), times, [PlotValues(FAILURES, "bad", values)]),
    )


def _choice(visit: Visit, *, are_days: bool) -> Html:
    now = fill(' aria-current="true"')
    return fill(
        '<nav class="choices" aria-label="{name}"><a href="/"{hours_now}>{hours}</a> <a href="/?days=30"{days_now}>{days}</a></nav>',
        name=visit.say(PERIOD),
        hours_now=when(not are_days, now),
        hours=visit.say(HOURS),
        days_now=when(are_days, now),
        days=visit.say(DAYS),
    )
