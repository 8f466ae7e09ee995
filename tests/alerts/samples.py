"""Conditions and alerts for tests."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from wechat_scheduler.alerts.deciding import AlertTerms, decide
from wechat_scheduler.alerts.model import (
    Alert,
    AlertKey,
    Condition,
    Decision,
    NewsKind,
    Severity,
)
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.engine.records import replace

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TICKET = AlertKey(AlertRule.TICKET_MISSING, "wx1")


def condition(key: AlertKey = TICKET, **wish: Any) -> Condition:
    values = {
        "key": key,
        "appid": "wx1",
        "severity": Severity.WARNING,
        "text": "no ticket came",
        "advice": "let WeChat push one",
    }
    return Condition(**values | wish)


def alert(key: AlertKey = TICKET, **wish: Any) -> Alert:
    values = {
        "id": 1,
        **key._asdict(),
        "appid": "wx1",
        "severity": Severity.WARNING,
        "text": "no ticket came",
        "advice": "let WeChat push one",
        "since": NOW,
        "version": 1,
    }
    return Alert(**values | wish)


class Course:
    """What becomes of conditions, check after check, and what is told of it."""

    def __init__(self, *, tells: bool = True) -> None:
        ids = count(1)
        self.terms = AlertTerms(pause=DAY, tells=tells, new_id=lambda: next(ids))
        self.now = NOW
        self.alerts: dict[int, Alert] = {}

    def check(self, *wrong: Condition, after: timedelta = timedelta(0)) -> list[NewsKind]:
        self.now += after
        known = [each for each in self.alerts.values() if each.cleared_at is None]
        ended = {each.key: each for each in self.alerts.values() if each.cleared_at is not None}
        decision = decide(wrong, known, ended, terms=self.terms, now=self.now)
        self._keep(decision)
        return [news.kind for news in decision.news]

    def every_minute(self, number: int, *wrong: Condition) -> list[NewsKind]:
        return [kind for _ in range(number) for kind in self.check(*wrong, after=MINUTE)]

    def one(self) -> Alert:
        (found,) = self.alerts.values()
        return found

    def _keep(self, decision: Decision) -> None:
        for each in decision.changed:
            self.alerts[each.id] = replace(each, version=each.version + 1)
        for each in decision.dropped:
            del self.alerts[each.id]
