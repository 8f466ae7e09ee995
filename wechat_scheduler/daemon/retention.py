"""Wires the housekeeping: every kind of stored rows that ends, and how long each is kept after that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from wechat_scheduler.access import once
from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.housekeeping import Housekeeping, Retention
from wechat_scheduler.storage import (
    conversations,
    deliveries,
    events,
    handled_events,
    retention,
    scenes,
)
from wechat_scheduler.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionParts:
    """`messages` and `reminders` are kept as long as the settings say."""

    housekeeping: Housekeeping
    messages: tuple[Retention, ...]
    reminders: Retention

    def adjust(self, config: Config) -> None:
        for kept in self.messages:
            kept.lasts = config.delivery.retention
        self.reminders.lasts = config.reminders.retention


def wire_retention(config: Config, database: Database, clock: Clock) -> RetentionParts:
    messages = (
        _kept(database, retention.NOTIFICATIONS, config.delivery.retention),
        Retention(
            lasts=config.delivery.retention,
            forget=retention.OldMessages(database).forget,
        ),
    )
    reminders = Retention(
        lasts=config.reminders.retention, forget=retention.EndedReminders(database).forget
    )
    others = _others(config, database)
    return RetentionParts(
        housekeeping=Housekeeping(*messages, reminders, *others, clock=clock),
        messages=messages,
        reminders=reminders,
    )


def _others(config: Config, database: Database) -> Iterator[Retention]:
    yield _kept(database, retention.AUDIT, config.state.audit_retention)
    yield _kept(database, retention.RESPONSES, once.KEPT)
    yield _kept(database, retention.RECEIPTS, deliveries.RECEIPT_KEPT)
    yield _kept(database, retention.EVENTS, events.KEPT)
    yield _kept(database, retention.HANDLED, handled_events.KEPT)
    yield _kept(database, retention.SCENES, scenes.KEPT)
    yield _kept(database, retention.CONVERSATIONS, conversations.KEPT)


def _kept(database: Database, rows: retention.EndedRows, keeps: timedelta) -> Retention:
    return Retention(lasts=keeps, forget=retention.forgetting(database, rows))
