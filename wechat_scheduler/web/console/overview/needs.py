"""The alerts that fire, each with its advice: they need a person now."""

from typing import Final
from urllib.parse import quote

from wechat_scheduler.web.console.alerts.wording import rule_words, severity
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import advice, link, section, state
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

# A person does not act on more at once; the page of the alerts has all.
MOST: Final = 8

NEEDS = W("Needs you now", "现在需要处理")
NOTHING = W("Nothing needs a person now.", "现在没有需要人处理的事。")
ALL = W("All alerts ({number})", "全部告警（{number}）")
_NEED: Final = """<li class="need">
<h3 class="head">{severity} {rule} {subject} <span class="faint">{since}</span></h3>
<p class="text">{text}</p>{advice}</li>"""


def needs(visit: Visit, alerts: Rows[AlertResult]) -> Html:
    """The section of the alerts that fire, the worst first, and of these the newest."""
    worst = sorted(alerts.rows, key=lambda alert: alert.severity != "critical")
    if worst:
        number = f"{len(worst)}{'+' if alerts.after else ''}"
        body = fill(
            '<ul class="needs">{needs}</ul><p>{all}</p>',
            needs=[_need(visit, alert) for alert in worst[:MOST]],
            all=link("/console/alerts", visit.say(ALL, number=number)),
        )
    else:
        body = fill("<p>{nothing}</p>", nothing=state(visit, "good", NOTHING))
    return section(visit, NEEDS, body, id="needs", live=True)


def _need(visit: Visit, alert: AlertResult) -> Html:
    return fill(
        _NEED,
        severity=severity(visit, alert.severity),
        rule=rule_words(visit, alert.rule),
        subject=_subject(alert),
        since=visit.time(alert.since),
        text=visit.sentence(alert.text),
        advice=advice(visit, alert.advice),
    )


def _subject(alert: AlertResult) -> Html:
    """A link to the account, if it is about one."""
    if not alert.appid:
        return fill("<code>{subject}</code>", subject=alert.subject)
    return fill(
        '<a href="/console/credentials/{path}"><code>{appid}</code></a>',
        path=quote(alert.appid, safe=""),
        appid=alert.appid,
    )
