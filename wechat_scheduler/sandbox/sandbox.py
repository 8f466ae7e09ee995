"""The sandbox as its users see it: the verbs of tests and developers."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import ConfigError, InvalidRequestError
from wechat_scheduler.sandbox.counts import CallCount, CallCounts
from wechat_scheduler.sandbox.crowd import Crowd
from wechat_scheduler.sandbox.endpoints import ENDPOINTS
from wechat_scheduler.sandbox.faults import Faults, choose_fault
from wechat_scheduler.sandbox.grants import AuthorizerGrant, UserGrant
from wechat_scheduler.sandbox.limits import Limit
from wechat_scheduler.sandbox.options import AccountReceiver, PlatformReceiver, SandboxOptions
from wechat_scheduler.sandbox.periods import WeChatTime
from wechat_scheduler.sandbox.phones import Watcher
from wechat_scheduler.sandbox.pushes.accounts import AccountSender
from wechat_scheduler.sandbox.pushes.platforms import PlatformSender
from wechat_scheduler.sandbox.qrcodes import QRCode
from wechat_scheduler.sandbox.switchboard import Switchboard
from wechat_scheduler.sandbox.tokens import IssuedKind, IssuedToken, TokenOwner
from wechat_scheduler.sandbox.world import create_world

_LIMITS = {endpoint.path: endpoint.limit for endpoint in ENDPOINTS}


class Sandbox:
    """One WeChat. Nothing here waits but `run`, `push_once` and `register_account`.

    `people` has what people do and what is on their phones. The verbs raise InvalidRequestError, which names the argument and says what to do.
    """

    def __init__(self, options: SandboxOptions, *, clock: Clock, rng: random.Random) -> None:
        self.clock = clock
        self.stopped = asyncio.Event()
        self._time = WeChatTime(clock)
        self._world = create_world(options, _limits(options.quotas), self._time.now(), rng)
        self._faults = Faults()
        self._counts = CallCounts()
        self._platform_sender = PlatformSender(
            self._world.platform_pushes, options.push_timeout, self._time, clock, rng
        )
        self._account_sender = AccountSender(
            self._world.account_pushes, self._world.people, options.push_timeout, self._time, rng
        )
        self.people = Crowd(self._world, self.now)
        self.switchboard = Switchboard(self._world, self._faults, self._counts)
        for push in options.platform_receivers:
            self.register_platform(push)
        for callback in options.account_receivers:
            self._world.account_pushes.register(callback)

    def now(self) -> datetime:
        """WeChat's time: the clock's when the sandbox began, and going on evenly from there."""
        return self._time.now()

    def script(
        self,
        endpoint: str,
        *,
        errcode: int | None = None,
        status: int | None = None,
        garbage: bool = False,
        hang: bool = False,
        drop: bool = False,
        lose: bool = False,
        times: int | None = 1,
        appid: str | None = None,
        errmsg: str | None = None,
    ) -> None:
        """Play one kind of failure the next `times` times (None: until cleared) a path is called.

        The kinds are those of FaultKind. `appid` confines the script to calls that name this
        account, platform or authorizer; `errmsg` replaces the documented words of `errcode`.
        """
        if endpoint not in _LIMITS:
            raise InvalidRequestError("is not a path that the sandbox answers", field="endpoint")
        if times is not None and times < 1:
            raise InvalidRequestError("must be at least 1, or null", field="times")
        fault = choose_fault(
            errcode=errcode,
            status=status,
            garbage=garbage,
            hang=hang,
            drop=drop,
            lose=lose,
            errmsg=errmsg,
        )
        self._faults.add(endpoint, fault, appid=appid, times=times)

    def clear_scripts(self) -> int:
        """Fail no more, and return how many scripts there were."""
        return self._faults.clear()

    def grant_user(
        self, appid: str, openid: str | None = None, *, component_appid: str = ""
    ) -> UserGrant:
        """A user agrees to OAuth2, with the account or with the platform that acts for it."""
        self._require("appid", appid)
        owner = TokenOwner(appid, component_appid, openid or self._world.oauth_users.new_openid())
        return self._world.oauth_users.grant(owner, self.now())

    def revoke_user(self, appid: str, openid: str, *, component_appid: str = "") -> None:
        """The user takes it back: refreshing is answered with 42007."""
        self._world.oauth_users.revoke(TokenOwner(appid, component_appid, openid), self.now())

    def grant_authorizer(self, component_appid: str, authorizer_appid: str) -> AuthorizerGrant:
        """An account authorises a platform, or does so anew; the platform is told by a push."""
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
        """The account takes it back: refreshing is answered with 61003; the platform is told."""
        owner = TokenOwner(authorizer_appid, component_appid)
        self._world.authorizers.revoke(owner, self.now())
        self._world.platform_pushes.add_unauthorized(owner, self.now())

    def kill(self, value: str) -> bool:
        """Make a token invalid, as if another program had fetched one. False if it is unknown."""
        token = self._world.tokens.find(value, self.now(), *IssuedKind)
        if token is not None:
            self._world.tokens.end(token, self.now())
        return token is not None

    def ticket(self, component_appid: str) -> IssuedToken:
        """The platform's newest verify ticket; one is issued if there is none."""
        self._require("component_appid", component_appid)
        return self._world.platform_pushes.ticket(component_appid, self.now())

    def calls(self, endpoint: str | None = None, appid: str | None = None) -> int:
        """How many calls there were: to one endpoint, by one account, if these are given."""
        return self._counts.total(endpoint, appid)

    def call_counts(self) -> list[CallCount]:
        return self._counts.all()

    def register_platform(self, push: PlatformReceiver) -> None:
        """A verify ticket is due to the platform at once, and then every ten minutes (scaled)."""
        self._require("component_appid", push.component_appid)
        self._world.platform_pushes.register(push, self.now())

    async def register_account(self, callback: AccountReceiver) -> None:
        """Messages and events of the account are posted there, once it repeated an `echostr`."""
        self._require("appid", callback.appid)
        await self._account_sender.verify(callback)
        self._world.account_pushes.register(callback)

    def script_receipts(self, appid: str, status: str, *, times: int = 1) -> None:
        """Let the account's next template messages end with this status, one of STATUSES.

        Those that do not succeed are not shown.
        """
        self._require("appid", appid)
        self._world.templates.script_receipts(appid, status, times)

    def qrcode(self, ticket: str) -> QRCode | None:
        """The code with this ticket; None if it is unknown or has expired."""
        return self._world.qrcodes.find(ticket, self.now())

    def watch(self) -> AbstractContextManager[Watcher]:
        """Learn which phones change, for as long as the context lasts."""
        return self._world.people.phones.watched()

    async def push_once(self) -> int:
        """Push what is due to platforms and accounts; return how many pushes were accepted."""
        return await self._platform_sender.send_once() + await self._account_sender.send_once()

    async def run(self) -> None:
        """Push for as long as the sandbox lives: an essential service, ended by `stop`."""
        async with Supervisor() as supervisor:
            supervisor.essential("sandbox pushes", self._platform_sender.run(self.stopped))
            supervisor.essential("sandbox callbacks", self._account_sender.run(self.stopped))

    def stop(self) -> None:
        """End `run`, every call that hangs and every stream. May be called again."""
        self.stopped.set()
        self._world.platform_pushes.changed.set()
        self._world.account_pushes.wake()
        self._world.people.phones.ring()

    def _require(self, field: str, appid: str) -> None:
        if not self._world.exists(appid):
            hint = "must be wx and up to 30 letters, digits, - or _, or one of the accounts"
            raise InvalidRequestError(hint, field=field)


def _limits(quotas: Mapping[str, int]) -> Mapping[str, Limit]:
    for path in quotas:
        if path not in _LIMITS:
            raise ConfigError(f"quotas: {path} is not a path that the sandbox answers")
    return _LIMITS | {path: _LIMITS[path]._replace(day=day) for path, day in quotas.items()}
