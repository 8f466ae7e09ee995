"""Numbers of the last hours or days with a small plot each, and the errors by errcode."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from wechat_scheduler.access.model import Scope
from wechat_scheduler.statistics.model import NO_ERRCODE, OTHER_ERRCODES
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.parts import (
    Cell,
    Kind,
    bar,
    code,
    joined,
    link,
    section,
    state,
    table,
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
ERRORS = W("Errors by errcode", "按 errcode 的错误")
NO_ERRORS = W("No errors in this time.", "这段时间没有错误。")
TIMES, SHARE, MEANING = W("Times", "次数"), W("Share", "占比"), W("What to do", "怎么办")
NONE, OTHERS = W("no errcode", "没有 errcode"), W("others", "其他")
OF_NONE = W(
    "WeChat gave no answer, or was not asked: the reason stands with the credential or the message.",
    "微信没有回答，或者没有去问：原因写在该凭据或消息处。",
)
OF_OTHERS = W("Each of them is rare.", "每一个都很少见。")
FAILURES = W("failures", "次失败")


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
            _Figure(W("refreshed", "成功"), "good", lambda it: it.refreshed),
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
        '{choice}<div class="figures">{cards}{errors}</div>',
        choice=_choice(visit, are_days=times.are_days),
        cards=cards,
        errors=_errors_card(visit, times, found),
    )
    return section(visit, LAST, body, id="numbers", live=True)


def errors(visit: Visit, found: StatisticsResult) -> Html:
    """The errors by errcode, the most first, each with what to do."""
    total = sum(found.errors.values())
    rows = [_error(visit, name, number, total, found) for name, number in found.errors.items()]
    body = table(visit, ERRORS, (terms.ERRCODE, TIMES, SHARE, MEANING), rows, empty=NO_ERRORS)
    return section(visit, ERRORS, body, id="errors", live=True)


def _error(
    visit: Visit, name: str, number: int, total: int, found: StatisticsResult
) -> Sequence[Cell]:
    share = number / total
    return (
        _errcode(visit, name),
        shown(number),
        bar(visit, share, f"{share:.0%}"),
        _what_to_do(visit, name, found.advice),
    )


def _what_to_do(visit: Visit, name: str, advice: Mapping[str, str]) -> str:
    words = {NO_ERRCODE: OF_NONE, OTHER_ERRCODES: OF_OTHERS}.get(name)
    return visit.say(words) if words else visit.sentence(advice.get(name, "")) or "–"


def _errcode(visit: Visit, name: str) -> Cell:
    """It leads to the messages that it struck, for a key that may see them."""
    words = {NO_ERRCODE: NONE, OTHER_ERRCODES: OTHERS}.get(name)
    if words is not None:
        return visit.say(words)
    if not visit.may(Scope.PUSH):
        return code(name)
    return link(f"/console/messages?errcode={quote(name)}", code(name))


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
        words=visit.say(FAILURES),
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
