"""Looks once a minute whether anything is wrong, and stores what follows, with the messages about it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

import structlog

from wechat_scheduler.alerts.addressing import Addressed, Addresses
from wechat_scheduler.alerts.deciding import BACK_WITHIN, AlertTerms, decide
from wechat_scheduler.alerts.facts import Facts, Findings
from wechat_scheduler.alerts.model import Alert, Decision, NewsKind
from wechat_scheduler.alerts.ports import AlertStore
from wechat_scheduler.audience.ids import new_id
from wechat_scheduler.config.alerts import AlertSettings
from wechat_scheduler.engine.clock import Clock

log = structlog.get_logger(__name__)

LOGGED: Final = {NewsKind.FIRES: "alert.fires", NewsKind.CLEARS: "alert.clears"}


class AlertWatch:
    """`wake` tells the loop that messages are due. `hosts` names the machines whose daemons live; `node` is this
    one. `settings` may be changed at any time."""

    def __init__(
        self,
        store: AlertStore,
        facts: Facts,
        *,
        addresses: Addresses,
        wake: Callable[[], None],
        settings: AlertSettings,
        node: str,
        hosts: Callable[[], Awaitable[frozenset[str]]],
        clock: Clock,
    ) -> None:
        self._store = store
        self._facts = facts
        self._addresses = addresses
        self._wake = wake
        self.settings = settings
        self._node = node
        self._hosts = hosts
        self._clock = clock

    async def check(self) -> None:
        """One check. Raises StorageError."""
        now = self._clock.now()
        known = await self._judged(await self._store.open_alerts())
        keys = frozenset(alert.key for alert in known)
        firing = frozenset(alert.key for alert in known if alert.fired_at is not None)
        found = await self._facts.conditions(self.settings, known=keys, firing=firing, now=now)
        wrong, known = found.conditions, _seen(known, found)
        if not wrong and not known:
            return
        is_new = any(condition.key not in keys for condition in wrong)
        ended = await self._store.ended(since=now - BACK_WITHIN) if is_new else {}
        decision = decide(wrong, known, ended, terms=self._terms(), now=now)
        if decision.changed or decision.dropped:
            await self._put(decision, now)

    async def _put(self, decision: Decision, now: datetime) -> None:
        """Store what changes together with the messages about it: each alert is told once. If another daemon was
        quicker, the next check goes on from there."""
        messages: Sequence[Addressed] = ()
        if decision.news:
            targets = self.settings.targets
            messages = await self._addresses.messages(decision.news, targets, now=now)
        if not await self._store.store(decision.changed, decision.dropped, messages, now=now):
            return
        if messages:
            self._wake()
        for news in decision.news:
            if name := LOGGED.get(news.kind):
                alert = news.alert
                log.info(name, rule=alert.rule.value, subject=alert.subject, text=alert.text)

    async def _judged(self, alerts: Sequence[Alert]) -> Sequence[Alert]:
        """Those that this daemon can judge: all but what a living daemon on another machine sees."""
        if all(alert.node in ("", self._node) for alert in alerts):
            return alerts
        others = await self._hosts() - {self._node}
        return [alert for alert in alerts if alert.node not in others]

    def _terms(self) -> AlertTerms:
        return AlertTerms(
            pause=self.settings.pause, tells=bool(self.settings.targets), new_id=new_id
        )


def _seen(known: Sequence[Alert], found: Findings) -> Sequence[Alert]:
    """Those of which the check tells whether they are still wrong."""
    wrong = {condition.key for condition in found.conditions}
    return [alert for alert in known if alert.rule not in found.cut or alert.key in wrong]
