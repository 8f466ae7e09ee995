"""Words a message about alerts: one for all news of a check, in the forms of people and of programs."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec

from wechat_scheduler.alerts.model import Alert, News, NewsKind, Severity
from wechat_scheduler.alerts.sentences import IS_TEST, NOTHING_TO_DO
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.delivery.model import Content, Priority, Way
from wechat_scheduler.engine.clock import EPOCH, millis

# An alert that is told a day late is told again anyway.
LIFE: Final = timedelta(hours=24)
# Bytes of the text: 企业微信 takes 2,048.
LONGEST_TEXT: Final = 1800
# Alerts in the body for programs; the others are at GET /v1/alerts.
MOST_LISTED: Final = 100
# Robots of 钉钉 and 飞书 can demand a word that each message has to contain.
PRODUCT: Final = "wechat-scheduler"

_WORDS: Final = {
    NewsKind.FIRES: "",
    NewsKind.WORSENS: "worse, ",
    NewsKind.REMINDS: "still, ",
    NewsKind.CLEARS: "over",
    NewsKind.TEST: "test",
}


def content_of(news: Sequence[News]) -> Content:
    """The message about these; there is one at least. `body` is the JSON for a webhook."""
    return Content(way=Way.WEBHOOK, title=_title(news), text=_text(news), body=_body(news))


def for_people(content: Content) -> Content:
    """The same, as a message in WeChat, which shows about 20 characters of the title."""
    return Content(title=content.title.removeprefix(f"{PRODUCT}: "), text=content.text)


def priority_of(news: Sequence[News]) -> Priority:
    """What is critical ignores quiet hours."""
    urgent = any(
        each.alert.severity is Severity.CRITICAL and each.kind is not NewsKind.CLEARS
        for each in news
    )
    return Priority.URGENT if urgent else Priority.NORMAL


def trial_news() -> News:
    """What a test sends."""
    alert = Alert(
        id=0,
        rule=AlertRule.STORE_SLOW,
        subject="test",
        severity=Severity.WARNING,
        text=IS_TEST.en,
        advice=NOTHING_TO_DO.en,
        since=EPOCH,
    )
    return News(NewsKind.TEST, alert)


def _title(news: Sequence[News]) -> str:
    over = sum(each.kind is NewsKind.CLEARS for each in news)
    fires = len(news) - over
    if news[0].kind is NewsKind.TEST:
        return f"{PRODUCT}: test"
    parts = [
        f"{fires} alert{'s' if fires > 1 else ''}" if fires else "",
        f"{over} all-clear{'s' if over > 1 else ''}" if over else "",
    ]
    return f"{PRODUCT}: {', '.join(filter(None, parts))}"


def _text(news: Sequence[News]) -> str:
    """As many as there is room for; the first one is cut if it must be."""
    lines: list[str] = []
    room = LONGEST_TEXT
    for number, each in enumerate(news):
        line = _line(each)
        size = len(line.encode()) + 1
        if size > room and number:
            lines.append(f"… and {len(news) - number} more: GET /v1/alerts, or /console/alerts")
            break
        lines.append(line.encode()[:room].decode(errors="ignore"))
        room -= size
    return "\n".join(lines)


def _line(news: News) -> str:
    kind, alert = news
    if kind in (NewsKind.CLEARS, NewsKind.TEST):
        return f"[{_WORDS[kind]}] {alert.text}"
    return f"[{_WORDS[kind]}{alert.severity}] {alert.text}. To do: {alert.advice}"


def _body(news: Sequence[News]) -> str:
    alerts = [
        {
            "event": each.kind.value,
            "id": str(each.alert.id),
            "rule": each.alert.rule.value if each.alert.id else "test",
            "subject": each.alert.subject,
            "node": each.alert.node,
            "appid": each.alert.appid,
            "severity": each.alert.severity.value,
            "since": millis(each.alert.since),
            "text": each.alert.text,
            "advice": each.alert.advice,
        }
        for each in news[:MOST_LISTED]
    ]
    data = {"alerts": alerts, "more": max(0, len(news) - MOST_LISTED)}
    return msgspec.json.encode({"action": "alerts", "data": data}).decode()
