"""What the HTTP side works with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from wechat_scheduler.access import Key
from wechat_scheduler.api.auth import Doorkeeper
from wechat_scheduler.api.compat.limits import WxPusherLimits
from wechat_scheduler.api.compat.wecron.office import WeCron
from wechat_scheduler.api.memo import Memo
from wechat_scheduler.api.meter import Page, Tally
from wechat_scheduler.api.registration import RegistrationReader
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.openids import Openids
from wechat_scheduler.audience.ports import People
from wechat_scheduler.audience.qrcodes import Codes
from wechat_scheduler.audience.registry import Audience
from wechat_scheduler.auditor import Auditor
from wechat_scheduler.census import CensusTaker
from wechat_scheduler.clock import Clock
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.delivery.ports import Messages
from wechat_scheduler.delivery.sending import Sending
from wechat_scheduler.keyring import Keyring
from wechat_scheduler.links import Links
from wechat_scheduler.once import Answers
from wechat_scheduler.pushes.intake import Intake
from wechat_scheduler.pushes.ports import Callbacks
from wechat_scheduler.reminders.desk import ReminderDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Made by the daemon, used by the handlers. `kinds` are the credential types there are;
    `turning` says for each loop whether it comes round in time;
    `forbidden_words` must not stand in what foreign apps report."""

    manager: Manager
    reader: RegistrationReader
    doorkeeper: Doorkeeper
    intake: Intake
    callbacks: Callbacks
    keyring: Keyring
    auditor: Auditor
    memo: Memo
    census: CensusTaker
    turning: Callable[[], Mapping[str, bool]]
    tally: Tally
    page: Page
    clock: Clock
    kinds: frozenset[str]
    directory: Directory
    audience: Audience
    people: People
    codes: Codes
    openids: Openids
    sending: Sending
    messages: Messages
    answers: Answers
    links: Links
    wxpusher: WxPusherLimits
    reminders: ReminderDesk
    forbidden_words: Sequence[str]
    wecron: WeCron


SERVICES = web.AppKey("SERVICES", Services)
CALLER = web.RequestKey("CALLER", Key)
# Where the caller is, as text for the audit; empty if nobody can tell.
ADDRESS = web.RequestKey("ADDRESS", str)
