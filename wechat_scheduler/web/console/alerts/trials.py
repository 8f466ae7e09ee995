"""Sends a test to those who are told of alerts, and shows what each answered."""

from typing import Final

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.alerts.chosen import FORM, NO_TARGETS, PATH, form_words
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.outcomes import outcome_of, shown_at
from wechat_scheduler.web.console.parts import joined, section, state, table
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.alerts import AlertTestResult
from wechat_scheduler.web.pages.markup import Html, fill
from wechat_scheduler.web.pages.responses import redirected

W = Words

TESTED, ANSWER = W("What each answered", "各个目标的回答"), W("Answer", "应答")
ACCEPTED, REFUSED = W("Accepted", "已接收"), W("Not accepted", "未接收")
BACK, DELIVERY = W("Back to the alerts", "返回告警"), W("its delivery", "这条投递")
TRIAL: Final = f"{PATH}/test"


class TrialOutcome(msgspec.Struct, kw_only=True):
    """What each of those who are told answered."""

    answers: list[AlertTestResult]


async def test(visit: Visit) -> web.Response:
    body = {"target": visit.form.get("target", "")}
    answers = await visit.api.post("/v1/alerts/test", list[AlertTestResult], body)
    outcome = TrialOutcome(answers=answers)
    return await shown_at(visit, TRIAL, outcome) or _page(visit, outcome)


async def tested(visit: Visit) -> web.Response:
    """The page after a test; the alerts for those who sent none."""
    outcome = await outcome_of(visit, TrialOutcome)
    return _page(visit, outcome) if outcome else redirected(PATH)


def _page(visit: Visit, outcome: TrialOutcome) -> web.Response:
    rows = [
        [each.target, form_words(visit, each.kind), _accepted(visit, each), _answer(visit, each)]
        for each in outcome.answers
    ]
    shown = table(visit, TESTED, [terms.NAME, FORM, terms.STATE, ANSWER], rows, empty=NO_TARGETS)
    back = fill("<p>{link}</p>", link=link(PATH, visit.say(BACK)))
    return layout(visit, TESTED, section(visit, TESTED, joined([shown, back])))


def _accepted(visit: Visit, one: AlertTestResult) -> Html:
    return state(visit, "good", ACCEPTED) if one.accepted else state(visit, "bad", REFUSED)


def _answer(visit: Visit, one: AlertTestResult) -> Html:
    if not one.delivery:
        return fill("{answer}", answer=visit.told(one.answer))
    url = f"/console/deliveries/{one.delivery}"
    return fill(
        "{answer} {link}", answer=visit.told(one.answer), link=link(url, visit.say(DELIVERY))
    )


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, TRIAL, tested, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, TRIAL, test, Scope.ADMIN),
)
