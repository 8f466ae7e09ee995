"""Decides what to tell: pure functions of what is wrong now, what is known of it, and the time.

An alert fires once its condition has lasted for a while. It is over once the condition was not seen for HOLD. If the
condition is back soon after that, the next alert is over after twice that time: what comes and goes is told more and
more rarely.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.alerts.model import (
    Alert,
    AlertKey,
    Condition,
    Decision,
    News,
    NewsKind,
    Severity,
)
from wechat_scheduler.engine.records import dataclass, replace

# An alert is over when its condition was not seen for this long; twice that for each time that the condition came back.
HOLD: Final = timedelta(minutes=10)
LONGEST_HOLD: Final = timedelta(hours=6)
# A condition that is back within this time after the end of its alert has come back.
BACK_WITHIN: Final = timedelta(hours=24)
# Alerts that are open at once. Further conditions wait: no person reads more.
MOST_OPEN: Final = 1000

_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTerms:
    """`pause` is the time between two messages about an alert that lasts. `tells` is False if no person is
    to be told. `new_id` makes the id of a new alert."""

    pause: timedelta
    tells: bool
    new_id: Callable[[], int]


def decide(
    conditions: Sequence[Condition],
    known: Sequence[Alert],
    ended: Mapping[AlertKey, Alert],
    *,
    terms: AlertTerms,
    now: datetime,
) -> Decision:
    """`known` are the open alerts that this daemon can judge, `ended` those that ended within BACK_WITHIN."""
    wrong = {condition.key: condition for condition in conditions}
    changed: list[Alert] = []
    dropped: list[Alert] = []
    news: list[News] = []
    for alert, condition in _each(wrong, known, ended, terms, now):
        if condition is None and alert.fired_at is None:
            dropped.append(alert)
            continue
        moved = _over(alert, now) if condition is None else _seen(alert, condition, now)
        kind = _to_tell(moved, terms, now) if terms.tells else None
        if kind is not None:
            moved = replace(moved, told_at=now, told_severity=moved.severity.value)
            news.append(News(kind, moved))
        if moved != alert or moved.version == 0:
            changed.append(moved)
    return Decision(changed=tuple(changed), dropped=tuple(dropped), news=tuple(news))


def _each(
    wrong: Mapping[AlertKey, Condition],
    known: Sequence[Alert],
    ended: Mapping[AlertKey, Alert],
    terms: AlertTerms,
    now: datetime,
) -> Iterator[tuple[Alert, Condition | None]]:
    """Each open alert with its condition, and one for each new condition, the worst first."""
    for alert in known:
        yield alert, wrong.get(alert.key)
    open_ones = {alert.key for alert in known}
    new = [condition for key, condition in wrong.items() if key not in open_ones]
    new.sort(key=lambda condition: -_RANK[condition.severity])
    for condition in new[: max(0, MOST_OPEN - len(known))]:
        yield _begun(condition, ended.get(condition.key), terms, now), condition


def _begun(condition: Condition, before: Alert | None, terms: AlertTerms, now: datetime) -> Alert:
    return Alert(
        id=terms.new_id(),
        **condition.key._asdict(),
        appid=condition.appid,
        kind=condition.kind,
        severity=condition.severity,
        text=condition.text,
        advice=condition.advice,
        since=now,
        times=before.times + 1 if before else 1,
    )


def _seen(alert: Alert, condition: Condition, now: datetime) -> Alert:
    fires = alert.fired_at is None and now - alert.since >= condition.lasts
    changes = alert.fired_at is not None and alert.text != condition.text
    return replace(
        alert,
        severity=condition.severity,
        text=condition.text,
        advice=condition.advice,
        fired_at=now if fires else alert.fired_at,
        changed_at=now if changes else alert.changed_at,
        gone_at=None,
    )


def _over(alert: Alert, now: datetime) -> Alert:
    if alert.gone_at is None:
        return replace(alert, gone_at=now)
    return replace(alert, cleared_at=now) if now - alert.gone_at >= hold(alert.times) else alert


def clears_at(alert: Alert) -> datetime | None:
    """When an alert whose cause is gone is over; None while its cause lasts, and after its end."""
    if alert.gone_at is None or alert.cleared_at is not None:
        return None
    return alert.gone_at + hold(alert.times)


def hold(times: int) -> timedelta:
    """How long the condition of an alert with these `times` has to be gone."""
    return min(LONGEST_HOLD, HOLD * (1 << min(times - 1, 16)))


def _to_tell(alert: Alert, terms: AlertTerms, now: datetime) -> NewsKind | None:
    if alert.cleared_at is not None:
        return NewsKind.CLEARS if alert.told_at is not None else None
    if alert.fired_at is None or alert.gone_at is not None:
        return None
    if alert.muted_until is not None and alert.muted_until > now:
        return None
    if alert.told_at is None:
        return NewsKind.FIRES
    if alert.told_severity and _RANK[alert.severity] > _RANK[Severity(alert.told_severity)]:
        return NewsKind.WORSENS
    return NewsKind.REMINDS if now - alert.told_at >= terms.pause else None
