"""Shows for an alert what to do now and where, or when it is over since its cause is gone."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from wechat_scheduler.access.model import Scope
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.web.console.alerts.places import place_of
from wechat_scheduler.web.console.alerts.wording import severity
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import advice, said_at, state
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
CHANGED = W("It has said so since {at}.", "内容更新：{at}。")


class ConsoleWay(NamedTuple):
    """What to do in the console, and the page where it is done. Without `words` it is the advice of the alert."""

    words: Words | None
    label: Words
    scope: Scope = Scope.READ


WAYS: Final[Mapping[str, ConsoleWay]] = {
    AlertRule.CREDENTIAL_EXPIRES: ConsoleWay(None, W("The account and its credentials", "这个账号和它的凭据")),
    AlertRule.CREDENTIAL_CONTESTED: ConsoleWay(None, W("The credential", "这个凭据")),
    AlertRule.DEAD_LETTERS: ConsoleWay(
        W(
            "Find out why they failed. Once the cause is gone, send them all again from their list.",
            "请查明失败的原因；原因消除后，在列表里全部重新发送。",
        ),
        W("The failed messages", "失败的消息"),
        Scope.PUSH,
    ),
    AlertRule.TICKET_MISSING: ConsoleWay(
        W(
            "WeChat pushes one every ten minutes, and each is valid for twelve hours. Check that the platform's "
            "授权事件接收URL in WeChat's console is the one that the page Pushes shows.",
            "微信每十分钟推送一个，每个的有效期是十二小时。请检查微信后台里平台的授权事件接收URL与“推送”页显示的一致。",
        ),
        W("The pushes of the platform", "平台的推送"),
    ),
    AlertRule.QUOTA_NEARLY_SPENT: ConsoleWay(
        W(
            "Find out what calls so often: a failure that repeats, or a system that calls through this daemon. Slow it down.",
            "请查明是什么调用这么多：反复的失败，或经由这里调用的系统。让它放慢。",
        ),
        W("The account and its credentials", "这个账号和它的凭据"),
    ),
    AlertRule.SENDS_REFUSED: ConsoleWay(None, W("The messages that wait", "等待中的消息")),
    AlertRule.PUSHES_REFUSED: ConsoleWay(None, W("The pushes of the account", "这个账号的推送")),
    AlertRule.STORE_SLOW: ConsoleWay(None, W("The daemon", "守护进程的状态")),
}  # fmt: skip


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


def mutes_of(visit: Visit, alerts: Iterable[AlertResult]) -> Html:
    """The same in a line of its own, for alerts that are shown as one; nothing if one of them is not muted."""
    muted = [mute_of(visit, alert) for alert in alerts]
    first = fill('<p class="faint">{muted}</p>', muted=muted[:1])
    return when(muted and all(muted), first)


def what_now(visit: Visit, alert: AlertResult, *, place: str = "") -> Html:
    """What to do and where, while the cause lasts. `place` is another page than that of the alert."""
    if alert.gone_at is None:
        return _way(visit, alert, place)
    if alert.clears_at is None:
        return fill('<p class="advice">{words}</p>', words=visit.say(SOON_OVER))
    before, _, after = visit.say(CLEARS).partition("{at}")
    at = visit.time(max(alert.clears_at, visit.now))
    return fill('<p class="advice">{before}{at}{after}</p>', before=before, at=at, after=after)


def changed(visit: Visit, alert: AlertResult) -> Html:
    """Since when the alert says what it says, if it said something else before."""
    if alert.changed_at is None:
        return Html()
    return fill('<p class="faint">{said}</p>', said=said_at(visit, CHANGED, alert.changed_at))


def _way(visit: Visit, alert: AlertResult, place: str) -> Html:
    """The page for a key that may see it; who may not reads the advice alone."""
    way = WAYS.get(alert.rule)
    if way is None or not visit.sees(way.scope):
        return advice(visit, alert.advice)
    url = place or place_of(alert.rule, subject=alert.subject, appid=alert.appid)
    said = advice(visit, visit.say(way.words) if way.words else alert.advice)
    return fill("{said}<p>{link}</p>", said=said, link=link(url, visit.say(way.label)))
