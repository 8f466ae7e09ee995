"""The sandbox as tests and its controls use it."""

import asyncio
import random
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Unpack

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import ConfigError, InvalidRequestError
from wechat_scheduler.sandbox.call_log import CallCount, CallCounts
from wechat_scheduler.sandbox.calls import CallHandler
from wechat_scheduler.sandbox.endpoints import ENDPOINTS
from wechat_scheduler.sandbox.faults import FaultChoice, Faults, choose_fault
from wechat_scheduler.sandbox.grants import AuthorizerGrant, UserGrant
from wechat_scheduler.sandbox.limits import Limit
from wechat_scheduler.sandbox.options import AccountReceiver, PlatformReceiver, SandboxOptions
from wechat_scheduler.sandbox.page_signatures import ConfiguredPage, config_errmsg
from wechat_scheduler.sandbox.periods import WeChatTime
from wechat_scheduler.sandbox.phones import Watcher
from wechat_scheduler.sandbox.pushes.accounts import AccountSender
from wechat_scheduler.sandbox.pushes.platforms import PlatformSender
from wechat_scheduler.sandbox.qrcodes import QRCode
from wechat_scheduler.sandbox.templates import SandboxTemplate
from wechat_scheduler.sandbox.tokens import IssuedKind, IssuedToken, TokenOwner
from wechat_scheduler.sandbox.user_actions import UserActions
from wechat_scheduler.sandbox.world import World

_LIMITS = {endpoint.path: endpoint.limit for endpoint in ENDPOINTS}


class Sandbox:
    """One WeChat. `people` acts as its users and reads their phones.

    All methods raise InvalidRequestError, which names the argument and says what to do.
    """

    def __init__(self, options: SandboxOptions, *, clock: Clock, rng: random.Random) -> None:
        self.clock = clock
        self.stopped = asyncio.Event()
        self._time = WeChatTime(clock)
        self._world = World(options, _limits(options.quotas), self._time.now(), rng)
        self._faults = Faults()
        self._counts = CallCounts()
        self._platform_sender = PlatformSender(
            self._world.platform_pushes, options.push_timeout, self._time, clock, rng
        )
        self._account_sender = AccountSender(
            self._world.account_pushes, self._world.people, options.push_timeout, self._time, rng
        )
        self.people = UserActions(self._world, self.now)
        self.call_handler = CallHandler(self._world, self._faults, self._counts)
        for platform in options.platform_receivers:
            self.register_platform(platform)
        for account in options.account_receivers:
            self._world.account_pushes.register(account)

    def now(self) -> datetime:
        """WeChat's time: that of the clock at the start, plus the time since."""
        return self._time.now()

    def script(
        self,
        endpoint: str,
        *,
        times: int | None = 1,
        appid: str | None = None,
        **fault: Unpack[FaultChoice],
    ) -> None:
        """Fails the next `times` calls of a path (None: until cleared), in one of the ways of
        FaultKind.

        With `appid`, only calls that name this account, platform or authorizer fail. `errmsg`
        replaces the documented words of `errcode`.
        """
        if endpoint not in _LIMITS:
            raise InvalidRequestError("is not a path that the sandbox answers", field="endpoint")
        if times is not None and times < 1:
            raise InvalidRequestError("must be at least 1, or null", field="times")
        self._faults.add(endpoint, choose_fault(**fault), appid=appid, times=times)

    def clear_scripts(self) -> int:
        """Removes all scripts, and returns how many there were."""
        return self._faults.clear()

    def grant_user(
        self, appid: str, openid: str | None = None, *, component_appid: str = ""
    ) -> UserGrant:
        """A user agrees to OAuth2 with the account, or with the platform that acts for it."""
        self._require("appid", appid)
        owner = TokenOwner(appid, component_appid, openid or self._world.oauth_users.new_openid())
        return self._world.oauth_users.grant(owner, self.now())

    def revoke_user(self, appid: str, openid: str, *, component_appid: str = "") -> None:
        """The user withdraws consent: a refresh is refused with 42007."""
        self._world.oauth_users.revoke(TokenOwner(appid, component_appid, openid), self.now())

    def grant_authorizer(self, component_appid: str, authorizer_appid: str) -> AuthorizerGrant:
        """An account authorises a platform, which gets a push."""
        self._require("component_appid", component_appid)
        self._require("authorizer_appid", authorizer_appid)
        owner = TokenOwner(authorizer_appid, component_appid)
        info_type = "updateauthorized" if self._world.authorizers.granted(owner) else "authorized"
        grant = self._world.authorizers.grant(owner, self.now())
        self._world.platform_pushes.add_authorized(
            info_type, owner, grant.authorization_code, self.now()
        )
        return grant

    def revoke_authorizer(self, component_appid: str, authorizer_appid: str) -> None:
        """The account withdraws: a refresh is refused with 61003, and the platform gets a push."""
        owner = TokenOwner(authorizer_appid, component_appid)
        self._world.authorizers.revoke(owner, self.now())
        self._world.platform_pushes.add_unauthorized(owner, self.now())

    def kill(self, value: str) -> bool:
        """Ends a token, as if another program had fetched one. Returns False if it is unknown."""
        token = self._world.tokens.find(value, self.now(), *IssuedKind)
        if token is not None:
            self._world.tokens.end(token, self.now())
        return token is not None

    def kill_share(self, share: float) -> int:
        """Invalidate this share of the used tokens from now on, at random; 0 invalidates none. Tokens younger than
        30 seconds, which shrink, are spared. Returns how many were ended so before."""
        if not 0 <= share <= 1:
            raise InvalidRequestError("must be 0 to 1", field="share")
        self._world.token_deaths.share = share
        return self._world.token_deaths.count

    def whitelist(self, appid: str, addresses: Collection[str] | None) -> None:
        """Refuses calls of the account from other addresses with 40164; None takes them from everywhere."""
        self._require("appid", appid)
        self._world.whitelists.set(appid, addresses)

    def ticket(self, component_appid: str) -> IssuedToken:
        """The platform's newest verify ticket; issues one if there is none."""
        self._require("component_appid", component_appid)
        return self._world.platform_pushes.ticket(component_appid, self.now())

    def config_errmsg(self, page: ConfiguredPage) -> str:
        """What WeChat's app tells the page of its `wx.config`."""
        owner = TokenOwner(page.app_id)
        ticket = self._world.tokens.newest(IssuedKind.JSAPI_TICKET, owner, self.now())
        return config_errmsg(page, ticket.value if ticket else "")

    def calls(self, endpoint: str | None = None, appid: str | None = None) -> int:
        """The number of calls, to one endpoint and by one account if these are given."""
        return self._counts.total(endpoint, appid)

    def call_counts(self) -> list[CallCount]:
        return self._counts.all()

    def register_platform(self, receiver: PlatformReceiver) -> None:
        """Pushes a verify ticket to the platform at once and every ten minutes, and its events."""
        self._require("component_appid", receiver.component_appid)
        self._world.platform_pushes.register(receiver, self.now())

    async def register_account(self, receiver: AccountReceiver) -> None:
        """Pushes messages and events of the account, after its receiver returned an `echostr`."""
        self._require("appid", receiver.appid)
        await self._account_sender.verify(receiver)
        self._world.account_pushes.register(receiver)

    def script_receipts(self, appid: str, status: str, *, times: int = 1) -> None:
        """Sets the status of the account's next template messages, one of STATUSES. A phone shows
        only those that succeed."""
        self._require("appid", appid)
        self._world.templates.script_receipts(appid, status, times)

    def put_template(self, template: SandboxTemplate) -> None:
        """Adds a template to every account, or replaces the one with its id."""
        self._world.templates.put(template)

    def qrcode(self, ticket: str) -> QRCode | None:
        """None if the ticket is unknown or has expired."""
        return self._world.qrcodes.find(ticket, self.now())

    def watch(self) -> AbstractContextManager[Watcher]:
        """Tells which phones change, until the context ends."""
        return self._world.people.phones.watched()

    async def push_once(self) -> int:
        """Sends all pushes that are due, and returns how many were accepted."""
        return await self._platform_sender.send_once() + await self._account_sender.send_once()

    async def run(self) -> None:
        """Sends pushes until `stop` is called."""
        async with Supervisor() as supervisor:
            supervisor.essential("sandbox platform pushes", self._platform_sender.run(self.stopped))
            supervisor.essential("sandbox account pushes", self._account_sender.run(self.stopped))

    def stop(self) -> None:
        """Ends `run`, all calls that hang, and all streams. Idempotent."""
        self.stopped.set()
        self._world.platform_pushes.changed.set()
        self._world.account_pushes.wake()
        self._world.people.phones.wake()

    def _require(self, field: str, appid: str) -> None:
        if not self._world.exists(appid):
            hint = "must be wx and up to 30 letters, digits, - or _, or one of the accounts"
            raise InvalidRequestError(hint, field=field)


def _limits(quotas: Mapping[str, int]) -> Mapping[str, Limit]:
    for path in quotas:
        if path not in _LIMITS:
            raise ConfigError(f"quotas: {path} is not a path that the sandbox answers")
    return _LIMITS | {path: _LIMITS[path]._replace(day=day) for path, day in quotas.items()}
