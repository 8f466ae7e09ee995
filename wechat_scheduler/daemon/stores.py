"""The stores, on one database, with the vault that encrypts their secrets."""

from collections.abc import Mapping

from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials.ports import Issuer, uses_secret
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import SealingError
from wechat_scheduler.storage.access.audit import AuditedDatabase, SqlAudit
from wechat_scheduler.storage.access.consumers import SqlConsumers
from wechat_scheduler.storage.access.gateway_uses import SqlUsage
from wechat_scheduler.storage.access.keys import SqlKeys
from wechat_scheduler.storage.access.origins import SqlPageOrigins
from wechat_scheduler.storage.access.sessions import SqlSessions
from wechat_scheduler.storage.alerts.alerts import SqlAlerts
from wechat_scheduler.storage.alerts.facts import SqlAlertFacts
from wechat_scheduler.storage.audience.aliases import SqlAliases
from wechat_scheduler.storage.audience.apps import SqlApps
from wechat_scheduler.storage.audience.handled_events import SqlHandledEvents
from wechat_scheduler.storage.audience.names import SqlNames
from wechat_scheduler.storage.audience.scenes import SqlScenes
from wechat_scheduler.storage.audience.subscribers import SqlSubscribers
from wechat_scheduler.storage.audience.subscriptions import SqlSubscriptions
from wechat_scheduler.storage.audience.topics import SqlTopics
from wechat_scheduler.storage.audience.use_counts import SqlUseCounts
from wechat_scheduler.storage.credentials.account_secrets import SqlAccountSecrets
from wechat_scheduler.storage.credentials.census import SqlCensus
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.credentials.job_lists import SqlListedJobs
from wechat_scheduler.storage.credentials.refresh_digests import SqlKeptUsers
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.deliveries import SqlDeliveries
from wechat_scheduler.storage.delivery.messages import SqlMessages
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.storage.overview import SqlOverview
from wechat_scheduler.storage.pushes.events import SqlEvents
from wechat_scheduler.storage.pushes.history import SqlPushHistory
from wechat_scheduler.storage.pushes.pushes import SqlPushes
from wechat_scheduler.storage.reminders.conversations import SqlConversations
from wechat_scheduler.storage.reminders.due_reminders import SqlDueReminders
from wechat_scheduler.storage.reminders.reminder_lists import SqlReminderLists
from wechat_scheduler.storage.reminders.reminders import SqlReminders
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealing import is_sealed, verify_sealing
from wechat_scheduler.storage.sealing_keys import load_or_create_keys
from wechat_scheduler.storage.statistics import SqlEgress, SqlStatistics
from wechat_scheduler.storage.stored_responses import SqlStoredResponses
from wechat_scheduler.storage.upkeep.pulses import SqlPulse


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """One store for each kind of row."""

    credentials: SqlCredentials
    feed: SqlFeed
    outbox: SqlOutbox
    keys: SqlKeys
    consumers: SqlConsumers
    origins: SqlPageOrigins
    sessions: SqlSessions
    secrets: SqlAccountSecrets
    users: SqlKeptUsers
    usage: SqlUsage
    statistics: SqlStatistics
    egress: SqlEgress
    overview: SqlOverview
    audit: SqlAudit
    census: SqlCensus
    job_lists: SqlListedJobs
    pushes: SqlPushes
    events: SqlEvents
    history: SqlPushHistory
    apps: SqlApps
    aliases: SqlAliases
    names: SqlNames
    handled: SqlHandledEvents
    scenes: SqlScenes
    subscribers: SqlSubscribers
    subscriptions: SqlSubscriptions
    topics: SqlTopics
    uses: SqlUseCounts
    messages: SqlMessages
    deliveries: SqlDeliveries
    responses: SqlStoredResponses
    pulse: SqlPulse
    reminders: SqlReminders
    reminder_lists: SqlReminderLists
    due: SqlDueReminders
    conversations: SqlConversations
    alerts: SqlAlerts
    alert_facts: SqlAlertFacts
    vault: Vault


async def open_vault(config: Config, database: Database) -> Vault:
    """The vault; the sealing key is created together with the database. Raises SealingError."""
    path, sealed = config.state.sealing_key_file, await is_sealed(database)
    if sealed and not path.exists():
        raise SealingError(
            f"the sealing key is missing: this database is sealed, and its key is not in {path}; put the file back, or copy "
            "sealing.key from the machine of the first daemon on this database, or start with another --state"
        )
    sealer = load_or_create_keys(path, create=not sealed)
    await verify_sealing(database, sealer)
    return Vault(sealer)


def stores_on(
    database: Database, vault: Vault, issuers: Mapping[str, Issuer], *, worker: str
) -> Stores:
    """`worker` names this process, and begins the names of its claims."""
    with_secret = frozenset(kind for kind, issuer in issuers.items() if uses_secret(issuer))
    audited = AuditedDatabase(database)
    feed = SqlFeed(database)
    credentials = SqlCredentials(audited, vault, worker=worker, secret_kinds=with_secret, feed=feed)
    return Stores(
        credentials=credentials,
        feed=feed,
        outbox=SqlOutbox(database, vault, worker=worker, feed=feed),
        keys=SqlKeys(audited, vault),
        consumers=SqlConsumers(audited, vault),
        origins=SqlPageOrigins(audited),
        sessions=SqlSessions(audited),
        secrets=SqlAccountSecrets(database, vault),
        users=SqlKeptUsers(database, vault),
        usage=SqlUsage(database),
        statistics=SqlStatistics(database),
        egress=SqlEgress(database),
        overview=SqlOverview(database),
        audit=SqlAudit(database),
        census=SqlCensus(database),
        job_lists=SqlListedJobs(audited, vault),
        pushes=SqlPushes(audited, vault, tell=credentials.tell),
        history=SqlPushHistory(database),
        events=SqlEvents(database, vault, worker=worker, tell=credentials.tell),
        apps=SqlApps(audited, vault),
        aliases=SqlAliases(database),
        names=SqlNames(database),
        handled=SqlHandledEvents(database, feed=feed),
        scenes=SqlScenes(database, vault),
        subscribers=SqlSubscribers(database),
        subscriptions=SqlSubscriptions(database),
        topics=SqlTopics(database, vault),
        uses=SqlUseCounts(database),
        messages=SqlMessages(database, vault),
        deliveries=SqlDeliveries(database, feed=feed),
        responses=SqlStoredResponses(database, vault),
        pulse=SqlPulse(database),
        reminders=SqlReminders(database, vault),
        reminder_lists=SqlReminderLists(database),
        due=SqlDueReminders(database, worker=worker, feed=feed),
        conversations=SqlConversations(database),
        alerts=SqlAlerts(audited, feed=feed),
        alert_facts=SqlAlertFacts(database),
        vault=vault,
    )
