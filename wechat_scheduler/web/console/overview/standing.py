"""Shows what is kept and what waits, in numbers."""

from typing import Final

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.credentials.phrases import CONTESTED, STATES
from wechat_scheduler.web.console.key_limits import of_credentials
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import Kind, joined, section, spaced, state
from wechat_scheduler.web.console.plots import shown
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.native.overview import OverviewResult, RowCountResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

STANDING = W("Right now", "当前")
WAITING = W("Deliveries waiting", "等待投递")
DEAD = W("Failed in 24 hours, not sent since", "24 小时内失败、未重发")
DUE = W("Reminders in the next 24 hours", "24 小时内的提醒")
FAILING = W("The last attempt failed", "上次尝试失败")
ALL_FRESH, OF_THESE = W("all fresh", "全部有效"), W("Of these:", "其中：")
NONE_YET, FIRST = (
    W("No credentials yet.", "还没有凭据。"),
    W("Register the first account", "登记第一个账号"),
)
SILENT = W("does not answer", "无响应")
_COUNT: Final = """<div class="count"><dt>{name}</dt>
<dd>{number}{notes}</dd></div>"""


def standing(visit: Visit, found: OverviewResult) -> Html:
    """What is kept, and what waits."""
    if found.credentials is None or found.work is None:
        body = fill("<p>{state}</p>", state=state(visit, "bad", SILENT))
        return section(visit, STANDING, body, id="standing", live=True)
    work = found.work
    counts = [
        _count(
            visit.say(terms.CREDENTIALS),
            _large(shown(found.credentials.all), "/console/credentials"),
            _states(visit, found.credentials),
        ),
        *(
            _count(visit.say(words), _large(_rows(number), url if visit.sees(Scope.PUSH) else ""))
            for words, number, url in (
                (WAITING, work.waiting, "/console/messages?state=pending"),
                (DEAD, work.dead, "/console/messages?state=dead"),
                (DUE, work.reminders, "/console/reminders/agenda?span=hours"),
            )
        ),
    ]
    body = fill('<dl class="counts">{counts}</dl>', counts=counts)
    return section(visit, STANDING, body, id="standing", live=True)


def _count(name: str, number: Html, notes: Html | None = None) -> Html:
    return fill(_COUNT, name=name, number=number, notes=notes or Html())


def _large(number: str, url: str) -> Html:
    """The number, which leads to what it counts if there is an address."""
    if not url:
        return fill('<span class="large">{number}</span>', number=number)
    return fill('<a class="large" href="{url}">{number}</a>', url=url, number=number)


def _rows(count: RowCountResult) -> str:
    return f"{shown(count.number)}{'+' if count.more else ''}"


def _states(visit: Visit, counts: JobCountsResult) -> Html:
    """The states that there are, each with its number and a link to its credentials."""
    states = [
        _badge(visit, f"state={name}", number, STATES[name].kind, STATES[name].words)
        for name, number in counts.states.items()
        if number
    ]
    of_these = []
    if failing := sum(counts.errors.values()):
        of_these.append(_badge(visit, "error=any", failing, "warn", FAILING))
    if counts.contested:
        of_these.append(
            _badge(visit, "contested=true", counts.contested, CONTESTED.kind, CONTESTED.words)
        )
    if not counts.all:
        first = link("/console/credentials/register", visit.say(FIRST))
        return fill(
            '<p class="notes">{none}</p>',
            none=spaced(
                visit.say(of_credentials(visit, NONE_YET)),
                when(visit.may(Scope.REGISTER), first),
            ),
        )
    if counts.states[Freshness.FRESH] == counts.all:
        states = [state(visit, "good", ALL_FRESH)]
    return fill(
        '<p class="notes">{states}</p>{failing}',
        states=states,
        failing=when(
            of_these,
            fill(
                '<p class="notes">{badges}</p>',
                badges=spaced(visit.say(OF_THESE), joined(of_these)),
            ),
        ),
    )


def _badge(visit: Visit, query: str, number: int, kind: Kind, words: Words) -> Html:
    text = W(*(f"{shown(number)} {one}" for one in words))
    return fill(
        '<a class="bare" href="/console/credentials?{query}">{state}</a> ',
        query=query,
        state=state(visit, kind, text),
    )
