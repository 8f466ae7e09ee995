"""The services that handlers call, and what a request carries to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from wechat_scheduler.access.audit import Auditor
from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.links import Links
from wechat_scheduler.access.model import Key
from wechat_scheduler.access.once import Idempotency
from wechat_scheduler.access.origins import PageOrigins
from wechat_scheduler.access.outcomes import Outcomes
from wechat_scheduler.access.sessions import Session, SessionDesk
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.kit.auth import Authenticator, Visitor
from wechat_scheduler.web.kit.chinese import Chinese
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.kit.memo import Memo
from wechat_scheduler.web.kit.waiting_requests import WaitingRequests

# A command that asks the daemon imports handlers for the types of their answers, and needs no core.
if TYPE_CHECKING:
    from wechat_scheduler.alerts.desk import AlertDesk
    from wechat_scheduler.alerts.trials import AlertTrials
    from wechat_scheduler.audience.desk import AudienceDesk
    from wechat_scheduler.audience.directory import Directory
    from wechat_scheduler.audience.openids import Openids
    from wechat_scheduler.audience.ports import AccountTemplates
    from wechat_scheduler.audience.qrcodes import QrCodeDesk
    from wechat_scheduler.config.changes import RunningConfig
    from wechat_scheduler.credentials.account_tokens import AccountTokens
    from wechat_scheduler.credentials.census import Health
    from wechat_scheduler.credentials.job_lists import JobDesk
    from wechat_scheduler.credentials.manager import Manager
    from wechat_scheduler.credentials.registration_checks import RegistrationChecks
    from wechat_scheduler.delivery.administration import DeliveryDesk
    from wechat_scheduler.delivery.interceptions import InterceptionDesk
    from wechat_scheduler.delivery.orders import Sending
    from wechat_scheduler.delivery.preview_desk import PreviewDesk
    from wechat_scheduler.engine.clock import Clock
    from wechat_scheduler.engine.nodes import NodeView
    from wechat_scheduler.gateway.bearers import KnownTokens
    from wechat_scheduler.gateway.callers import CallerDesk
    from wechat_scheduler.gateway.consumers import ConsumerDesk
    from wechat_scheduler.gateway.healing import Healing
    from wechat_scheduler.gateway.passage import Passage
    from wechat_scheduler.gateway.quotas import QuotaDesk
    from wechat_scheduler.gateway.rids import Rids
    from wechat_scheduler.gateway.stand_ins import StandInTokens
    from wechat_scheduler.gateway.usage import UsageMeter
    from wechat_scheduler.gateway.users import UserDesk
    from wechat_scheduler.pushes.endpoints import EndpointDesk
    from wechat_scheduler.pushes.intake import Intake
    from wechat_scheduler.reminders.agenda import AgendaDesk
    from wechat_scheduler.reminders.desk import ReminderDesk
    from wechat_scheduler.reminders.owner_desk import OwnerDesk
    from wechat_scheduler.statistics.meter import StatisticsMeter
    from wechat_scheduler.statistics.overview import OverviewDesk
    from wechat_scheduler.web.kit.event_streams import EventStreams


class RequestCounter(Protocol):
    """Counts what happens. Must neither block nor raise."""

    def count(self, name: str, *labels: str) -> None:
        """Count an event of the metric of that name in `metrics/families.py`."""

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count a response. `route` is a pattern, such as `/task/{appid}/{type}`."""


class MetricsText(Protocol):
    """The metrics in the format of a monitoring system."""

    content_type: str

    async def render(self) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The daemon makes them, and the application holds them under `SERVICES`.

    `accounts` are access tokens, `tickets` those of pages. `kinds` are the credential types. `check_url`
    raises ValueError for an address that must not be called. `nodes` are the processes that share the
    store. `turning` says for each loop, by name, whether it is on time. `advice_on` says what to do about an errcode of
    WeChat's, empty for an unknown one. `chinese` translates advice, reasons and errors.
    """

    manager: Manager
    job_lists: JobDesk
    registration_checks: RegistrationChecks
    accounts: AccountTokens
    tickets: AccountTokens
    kinds: KindTable
    check_url: Callable[[str], None]
    authenticator: Authenticator
    intake: Intake
    endpoints: EndpointDesk
    keyring: Keyring
    consumers: ConsumerDesk
    origins: PageOrigins
    sessions: SessionDesk
    stand_ins: StandInTokens
    callers: CallerDesk
    auditor: Auditor
    memo: Memo
    waiting: WaitingRequests
    events: EventStreams
    health: Health
    nodes: Callable[[], Awaitable[Sequence[NodeView]]]
    turning: Callable[[], Mapping[str, bool]]
    tally: RequestCounter
    page: MetricsText
    clock: Clock
    running: RunningConfig
    directory: Directory
    audience: AudienceDesk
    codes: QrCodeDesk
    account_templates: AccountTemplates
    openids: Openids
    sending: Sending
    deliveries: DeliveryDesk
    interceptions: InterceptionDesk
    previews: PreviewDesk
    idempotency: Idempotency
    outcomes: Outcomes
    links: Links
    reminders: ReminderDesk
    owners: OwnerDesk
    agenda: AgendaDesk
    passage: Passage
    tokens: KnownTokens
    healing: Healing
    usage: UsageMeter
    statistics: StatisticsMeter
    overview: OverviewDesk
    advice_on: Callable[[int], str]
    chinese: Callable[[], Chinese]
    quotas: QuotaDesk
    rids: Rids
    users: UserDesk
    alerts: AlertDesk
    alert_trials: AlertTrials


SERVICES = web.AppKey("SERVICES", Services)
CALLER = web.RequestKey("CALLER", Key)
# Of a request that came through the console.
SESSION = web.RequestKey("SESSION", Session)
# Of a request with a key: the key, and the address for the audit.
VISITOR = web.RequestKey("VISITOR", Visitor)
