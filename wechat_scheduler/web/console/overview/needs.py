"""The alerts that fire, each with its advice: they need a person now."""

from typing import Final
from urllib.parse import quote

from wechat_scheduler.web.console.mistakes import sentence
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import Kind, advice, link, section, state
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

# A person does not act on more at once; the page of the alerts has all.
MOST: Final = 8

NEEDS = W("Needs you now", "现在需要处理")
NOTHING = W("Nothing needs a person now.", "现在没有需要人处理的事。")
ALL = W("All alerts", "全部告警")
SEVERITIES: Final[dict[str, tuple[Kind, Words]]] = {
    "critical": ("bad", W("Critical", "严重")),
    "warning": ("warn", W("Warning", "警告")),
}
RULES: Final = {
    "credential_expires": W("A credential will expire", "凭据将过期"),
    "dead_letters": W("Messages failed", "消息失败"),
    "ticket_missing": W("Tickets do not come", "没有收到 ticket"),
    "credential_contested": W("Another program fetches this token", "另有程序获取此凭据"),
    "quota_nearly_spent": W("A quota is nearly spent", "额度将用完"),
    "store_slow": W("The database is slow", "数据库缓慢"),
}
_NEED: Final = """<li class="need">
<h3 class="head">{severity} {rule} {subject} <span class="faint">{since}</span></h3>
<p class="text">{text}</p>{advice}</li>"""


def needs(visit: Visit, alerts: Rows[AlertResult]) -> Html:
    """The section of the alerts that fire, the newest first."""
    if alerts.rows:
        body = fill(
            '<ul class="needs">{needs}</ul><p>{all}</p>',
            needs=[_need(visit, alert) for alert in alerts.rows[:MOST]],
            all=link("/console/alerts", visit.say(ALL)),
        )
    else:
        body = fill("<p>{nothing}</p>", nothing=state(visit, "good", NOTHING))
    return section(visit, NEEDS, body, id="needs", live=True)


def _need(visit: Visit, alert: AlertResult) -> Html:
    kind, severity = SEVERITIES.get(alert.severity, ("warn", W(alert.severity, alert.severity)))
    rule = RULES.get(alert.rule, W(alert.rule, alert.rule))
    return fill(
        _NEED,
        severity=state(visit, kind, severity),
        rule=visit.say(rule),
        subject=_subject(alert),
        since=visit.time(alert.since),
        text=sentence(alert.text),
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
