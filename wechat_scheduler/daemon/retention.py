"""Wires the housekeeping: every kind of stored rows that ends, and how long each is kept after that."""

from datetime import timedelta
from functools import partial

from wechat_scheduler.access import once
from wechat_scheduler.alerts import model as alerts
from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.housekeeping import Housekeeping, Retention
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.feed import model as feed_model
from wechat_scheduler.gateway import usage, users
from wechat_scheduler.reminders import owner_desk
from wechat_scheduler.statistics import egress
from wechat_scheduler.statistics.model import StatisticsSpan
from wechat_scheduler.storage import feed
from wechat_scheduler.storage.audience import adopting, handled_events, joined, removals, scenes
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery import deliveries
from wechat_scheduler.storage.pushes import events, history
from wechat_scheduler.storage.reminders import conversations
from wechat_scheduler.storage.upkeep import retention, unclaimable


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
    ended, forgetting = partial(retention.ended, database), partial(retention.forgetting, database)
    messages = (
        Retention(config.delivery.retention, ended(retention.NOTIFICATIONS)),
        Retention(config.delivery.retention, retention.OldMessages(database).forget),
    )
    reminders = Retention(config.reminders.retention, forgetting(retention.ended_reminders))
    housekeeping = Housekeeping(
        *messages,
        reminders,
        Retention(owner_desk.KEPT, forgetting(joined.of_removed)),
        Retention(removals.UNDER_WAY, forgetting(removals.next_part)),
        Retention(config.state.audit_retention, ended(retention.AUDIT)),
        Retention(once.KEPT, ended(retention.RESPONSES)),
        Retention(deliveries.RECEIPT_KEPT, ended(retention.RECEIPTS)),
        Retention(events.KEPT, ended(retention.EVENTS)),
        Retention(handled_events.KEPT, ended(retention.HANDLED)),
        Retention(history.KEPT, ended(retention.REFUSED_PUSHES)),
        Retention(scenes.KEPT, ended(retention.SCENES)),
        Retention(timedelta(0), ended(retention.SESSIONS)),
        Retention(users.DIGEST_KEPT, ended(retention.REFRESH_DIGESTS)),
        Retention(usage.KEPT, ended(retention.GATEWAY_USES)),
        Retention(_shown(StatisticsSpan.HOUR), ended(retention.STATISTICS_OF_HOURS)),
        Retention(_shown(StatisticsSpan.DAY), ended(retention.STATISTICS_OF_DAYS)),
        Retention(egress.KEPT, ended(retention.EGRESS)),
        Retention(feed_model.KEPT, forgetting(feed.forget)),
        Retention(alerts.KEPT, ended(retention.ALERTS)),
        Retention(conversations.KEPT, ended(retention.CONVERSATIONS)),
        Retention(timedelta(0), partial(unclaimable.set_aside, database)),
        Retention(timedelta(0), partial(adopting.adopt, database)),
        clock=clock,
    )
    return RetentionParts(housekeeping=housekeeping, messages=messages, reminders=reminders)


def _shown(span: StatisticsSpan) -> timedelta:
    """How long a period of this length can be shown."""
    return span.most * span.lasts
