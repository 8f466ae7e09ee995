"""Words a message about alerts: one for all news of a check, in the forms of people and of programs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from wechat_scheduler.alerts import message_sentences as lines
from wechat_scheduler.alerts.model import Alert, News, NewsKind, Severity
from wechat_scheduler.alerts.sentences import IS_TEST, NOTHING_TO_DO
from wechat_scheduler.config.alert_targets import AlertLanguage
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.delivery.model import Content, Priority, Way
from wechat_scheduler.engine.clock import EPOCH, millis
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.engine.sentences import Sentence, fill_chinese

# An alert that is told a day late is told again anyway.
LIFE: Final = timedelta(hours=24)
# Bytes of the text: 企业微信 takes 2,048.
LONGEST_TEXT: Final = 1800
# Alerts in the body for programs; the others are at GET /v1/alerts.
MOST_LISTED: Final = 100
# Robots of 钉钉 and 飞书 can demand a word that each message has to contain.
PRODUCT: Final = "wechat-scheduler"

_LINES: Final = {
    NewsKind.FIRES: lines.FIRES,
    NewsKind.WORSENS: lines.WORSENS,
    NewsKind.REMINDS: lines.REMINDS,
    NewsKind.CLEARS: lines.CLEARS,
    NewsKind.TEST: lines.TESTS,
}
_SEVERITIES: Final = {
    Severity.WARNING: lines.WARNING,
    Severity.CRITICAL: lines.CRITICAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWords:
    """How messages are worded. `chinese` gives the Chinese of a sentence, `page_about` the address of the page where a
    person mends what an alert is about, empty if it is not known. `all_alerts` is the page with all of them, `names` what
    people call accounts, by appid."""

    language: AlertLanguage
    chinese: Callable[[str], str]
    page_about: Callable[[Alert], str]
    all_alerts: str
    names: Mapping[str, str] = field(default_factory=dict)

    def told(self, text: str) -> str:
        """A sentence of ours in the language."""
        return self.chinese(text) if self.language is AlertLanguage.ZH else text

    def say(self, sentence: Sentence, **values: object) -> str:
        if self.language is AlertLanguage.ZH:
            return fill_chinese(sentence.zh, **values)
        return sentence.fill(**values)

    def page(self, alert: Alert) -> str:
        """Empty for a test too, which is about nothing."""
        return self.page_about(alert) if alert.id else ""


def content_of(news: Sequence[News], words: AlertWords) -> Content:
    """The message about these; there is one at least. `body` is the JSON for a webhook."""
    return Content(
        way=Way.WEBHOOK,
        title=words.say(lines.TITLE, what=_title(news, words)),
        text=_text(news, words),
        body=_body(news, words),
    )


def for_people(content: Content) -> Content:
    """The same, as a message in WeChat, which shows about 20 characters of the title."""
    return Content(title=content.title.removeprefix(PRODUCT).lstrip(":： "), text=content.text)


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


def _title(news: Sequence[News], words: AlertWords) -> str:
    if news[0].kind is NewsKind.TEST:
        return words.say(lines.A_TEST)
    over = sum(each.kind is NewsKind.CLEARS for each in news)
    counts = {lines.ALERTS: len(news) - over, lines.ALL_CLEARS: over}
    parts = [
        words.say(one if count == 1 else many, count=count)
        for (one, many), count in counts.items()
        if count
    ]
    return words.say(lines.COMMA).join(parts)


def _text(news: Sequence[News], words: AlertWords) -> str:
    """As many as there is room for; the first one is cut if it must be."""
    told: list[str] = []
    room = LONGEST_TEXT
    for number, each in enumerate(news):
        line = _line(each, words)
        size = len(line.encode()) + 1
        if size > room and number:
            told.append(words.say(lines.MORE, count=len(news) - number, place=words.all_alerts))
            break
        told.append(line.encode()[:room].decode(errors="ignore"))
        room -= size
    return "\n".join(told)


def _line(news: News, words: AlertWords) -> str:
    """Whose account it is about, what is wrong, what to do, and where."""
    kind, alert = news
    severity = words.say(_SEVERITIES[alert.severity])
    said, advice = words.told(alert.text), words.told(alert.advice)
    if name := words.names.get(alert.appid):
        said = f"{name}{words.say(lines.COLON)}{said}"
    line = words.say(_LINES[kind], severity=severity, wrong=said, advice=advice)
    page = words.page(alert)
    return f"{line} {page}" if page else line


def _body(news: Sequence[News], words: AlertWords) -> str:
    alerts = [
        {
            "event": each.kind.value,
            "id": str(each.alert.id),
            "rule": each.alert.rule.value if each.alert.id else "test",
            "subject": each.alert.subject,
            "node": each.alert.node,
            "appid": each.alert.appid,
            "name": words.names.get(each.alert.appid, ""),
            "severity": each.alert.severity.value,
            "since": millis(each.alert.since),
            "text": words.told(each.alert.text),
            "advice": words.told(each.alert.advice),
            "url": words.page(each.alert),
        }
        for each in news[:MOST_LISTED]
    ]
    data = {"alerts": alerts, "more": max(0, len(news) - MOST_LISTED)}
    return msgspec.json.encode({"action": "alerts", "data": data}).decode()
