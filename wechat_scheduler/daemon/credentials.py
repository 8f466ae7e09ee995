"""Wires the credentials: the desk, the refresher, and its loop."""

from collections.abc import Callable, Mapping
from functools import partial

from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.account_tokens import AccountTokens
from wechat_scheduler.credentials.attempt import Asker
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import Account, ClaimedJob, Outcome
from wechat_scheduler.credentials.ports import Issuer, RefreshObserver
from wechat_scheduler.credentials.refresher import Refresher, RefreshLimits
from wechat_scheduler.credentials.registration_checks import RegistrationChecks
from wechat_scheduler.credentials.requirements import Requirements
from wechat_scheduler.credentials.stopgap import Stopgap
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.webhooks.params import ParamsClient
from wechat_scheduler.wechat.secret_checks import WeChatSecretCheck

# Of the two endpoints of an access_token, the one that allows fewer calls: its limit holds for every account.
NARROW = Account(appid="", secret="", endpoint="token")


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialParts:
    """`issuers` are the credential types by kind; `tokens` are the access tokens of accounts, for calls of our own
    to WeChat."""

    issuers: Mapping[str, Issuer]
    manager: Manager
    checks: RegistrationChecks
    tokens: AccountTokens
    refresher: Refresher
    clockwork: Clockwork[ClaimedJob, Outcome]

    def adjust(self, config: Config) -> None:
        self.manager.deadline = config.server.fetch_deadline
        self.refresher.limits = _limits(config)
        self.clockwork.slots = config.refresh.slots

    def daily_limit(self, kind: str, account: Account) -> int:
        """The calls that a credential of that kind may make in a day. The account needs no secret."""
        limits, issuer = self.refresher.limits, self.issuers.get(kind)
        return policy.daily_limit(
            most=limits.daily_calls,
            documented=issuer.daily_calls(account) if issuer else None,
            share=limits.quota_share,
        )

    def least_limit(self) -> int:
        """That of the kind, and of the endpoint, with the fewest calls."""
        return min(self.daily_limit(kind, NARROW) for kind in self.issuers)


def wire_credentials(
    ground: Ground, observer: RefreshObserver, heard_address: Callable[[str], None]
) -> CredentialParts:
    stores, clock, settings = ground.stores, ground.clock, ground.config.refresh
    requirements = Requirements(stores.credentials, ground.issuers)
    deadline = ground.config.server.fetch_deadline
    manager = Manager(
        stores.credentials,
        requirements,
        clock=clock,
        deadline=deadline,
        background=ground.supervisor.contained,
    )
    params = ParamsClient(ground.guarded.params, type_of=ground.kinds.type_of)
    asker = Asker(stores.credentials, ground.issuers, manager, params, clock=clock)
    refresher = Refresher(
        stores.credentials,
        asker,
        publish=manager.publish,
        observer=observer,
        clock=clock,
        rng=ground.rng,
        limits=_limits(ground.config),
    )
    stopgap = Stopgap(
        refresher,
        stores.credentials,
        rotates=asker.rotates,
        publish=partial(manager.publish, is_stored=False),
        reload=manager.reload,
        clock=clock,
    )
    stores.credentials.on_change(
        lambda key: ground.supervisor.contained("reload", manager.heard(key))
    )
    return CredentialParts(
        issuers=ground.issuers,
        manager=manager,
        checks=RegistrationChecks(
            requirements,
            WeChatSecretCheck(ground.wechat, clock=clock),
            heard=heard_address,
            clock=clock,
        ),
        tokens=AccountTokens(manager),
        refresher=refresher,
        clockwork=Clockwork(stopgap, clock=clock, slots=settings.slots, looks=ground.looks),
    )


def _limits(config: Config) -> RefreshLimits:
    settings = config.refresh
    return RefreshLimits(
        lease=settings.lease,
        call=config.wechat.timeout,
        daily_calls=settings.daily_calls,
        quota_share=settings.quota_share,
        retry_cap=settings.retry_cap,
    )
