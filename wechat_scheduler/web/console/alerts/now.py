"""Shows for an alert what to do now: where it leads, or when it is over since its cause is gone."""

from typing import Final

from wechat_scheduler.access.model import Scope
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.web.console.alerts.wording import severity
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import advice, joined, said_at, state
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

CAUSE_GONE = W("Cause is gone", "原因已消失")
CLEARS = W(
    "The cause is gone. Unless it comes back, the alert is over {at}.",
    "原因已消失。如果不再出现，告警结束的时间：{at}。",
)
SOON_OVER = W(
    "The cause is gone. Unless it comes back, the alert is over soon.",
    "原因已消失。如果不再出现，告警很快结束。",
)
MUTED = W("Muted until {at}", "静音到 {at}")
FAILED = W("The failed messages", "失败的消息")
SUBJECT: Final = "app/"


def urgency(alert: AlertResult) -> tuple[bool, bool]:
    """Orders alerts: those whose cause lasts come first, and of these the critical ones."""
    return alert.gone_at is not None, alert.severity != "critical"


def standing(visit: Visit, alert: AlertResult) -> Html:
    """The severity, while the cause lasts."""
    if alert.gone_at is not None:
        return state(visit, "idle", CAUSE_GONE)
    return severity(visit, alert.severity)


def mute_of(visit: Visit, alert: AlertResult) -> Html:
    """Until when no message about it is sent; nothing if it is not muted."""
    if alert.muted_until is None or alert.muted_until <= visit.now:
        return Html()
    return said_at(visit, MUTED, alert.muted_until)


def what_now(visit: Visit, alert: AlertResult) -> Html:
    """The advice with its link, while the cause lasts."""
    if alert.gone_at is None:
        return joined([advice(visit, alert.advice), _failed(visit, alert)])
    if alert.clears_at is None:
        return fill('<p class="advice">{words}</p>', words=visit.say(SOON_OVER))
    before, _, after = visit.say(CLEARS).partition("{at}")
    at = visit.time(max(alert.clears_at, visit.now))
    return fill('<p class="advice">{before}{at}{after}</p>', before=before, at=at, after=after)


def _failed(visit: Visit, alert: AlertResult) -> Html:
    """A link to the messages that an alert is about, for a key that may see them."""
    app = alert.subject.removeprefix(SUBJECT)
    of_app = f"&app={app}" if app.isdecimal() and app != "0" else ""
    url = f"/console/messages?state=dead{of_app}"
    return when(
        alert.rule == AlertRule.DEAD_LETTERS and visit.may(Scope.PUSH),
        fill("<p>{link}</p>", link=link(url, visit.say(FAILED))),
    )
