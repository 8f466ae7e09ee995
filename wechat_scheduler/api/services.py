"""What the HTTP side works with."""

from dataclasses import dataclass

from aiohttp import web

from wechat_scheduler.access import Key
from wechat_scheduler.api.auth import Doorkeeper
from wechat_scheduler.api.memo import Memo
from wechat_scheduler.api.registration import RegistrationReader
from wechat_scheduler.clock import Clock
from wechat_scheduler.credentials.manager import Manager


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Made by the daemon, used by the handlers. `kinds` are the credential types there are."""

    manager: Manager
    reader: RegistrationReader
    doorkeeper: Doorkeeper
    memo: Memo
    clock: Clock
    kinds: frozenset[str]


SERVICES = web.AppKey("SERVICES", Services)
CALLER = web.RequestKey("CALLER", Key)
