"""What the HTTP side works with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from wechat_scheduler.access.auditor import Auditor
from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.access.links import Links
from wechat_scheduler.access.model import Key
from wechat_scheduler.access.once import Idempotency
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.openids import Openids
from wechat_scheduler.audience.qrcodes import Codes
from wechat_scheduler.audience.registry import Audience
from wechat_scheduler.credentials.census import Health
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.delivery.desk import DeliveryDesk
from wechat_scheduler.delivery.sending import Sending
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.pushes.endpoints import EndpointDesk
from wechat_scheduler.pushes.intake import Intake
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.web.kit.auth import Doorkeeper
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.kit.memo import Memo


class Tally(Protocol):
    """Counts requests. Must neither block nor raise."""

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered. `route` is a pattern, such as `/task/{appid}/{type}`."""
        ...


class Page(Protocol):
    """The page that a monitoring system reads."""

    content_type: str

    async def render(self) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What handlers work with; the daemon makes it.

    `kinds` are the credential types. `check_url` raises ValueError for an address that must not be
    called. `turning` tells for each loop, by name, whether it keeps its time.
    """

    manager: Manager
    kinds: KindTable
    check_url: Callable[[str], None]
    doorkeeper: Doorkeeper
    intake: Intake
    endpoints: EndpointDesk
    keyring: Keyring
    auditor: Auditor
    memo: Memo
    health: Health
    turning: Callable[[], Mapping[str, bool]]
    tally: Tally
    page: Page
    clock: Clock
    directory: Directory
    audience: Audience
    codes: Codes
    openids: Openids
    sending: Sending
    deliveries: DeliveryDesk
    idempotency: Idempotency
    links: Links
    reminders: ReminderDesk


SERVICES = web.AppKey("SERVICES", Services)
CALLER = web.RequestKey("CALLER", Key)
# Where the caller is, as text for the audit; empty if nobody can tell.
ADDRESS = web.RequestKey("ADDRESS", str)
