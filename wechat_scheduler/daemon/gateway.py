"""Wires the gateway: the tokens that it knows, the calls that pass, and their way to WeChat."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials.account_tokens import AccountTokens
from wechat_scheduler.credentials.known_values import KnownValues
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.engine.windows import Windows
from wechat_scheduler.gateway.bearers import KnownTokens
from wechat_scheduler.gateway.callers import CallerDesk
from wechat_scheduler.gateway.consumers import ConsumerDesk
from wechat_scheduler.gateway.healing import Healing
from wechat_scheduler.gateway.limiter import MINUTE, CallLimiter
from wechat_scheduler.gateway.passage import Passage
from wechat_scheduler.gateway.paths import PathRules
from wechat_scheduler.gateway.quotas import QuotaDesk
from wechat_scheduler.gateway.stand_ins import StandInTokens
from wechat_scheduler.gateway.usage import UsageMeter
from wechat_scheduler.web.tunnels import Tunnels
from wechat_scheduler.wechat.quotas import WeChatQuotas


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayParts:
    is_on: bool
    callers: CallerDesk
    stand_ins: StandInTokens
    tokens: KnownTokens
    healing: Healing
    usage: UsageMeter
    quotas: QuotaDesk
    passage: Passage
    limiter: CallLimiter

    async def settle(self) -> None:
        """As `UsageMeter.settle`. While the gateway is off here, no calls pass and none are counted."""
        if self.is_on:
            await self.usage.settle()

    def adjust(self, config: Config) -> None:
        settings = config.gateway
        self.passage.rules = PathRules(settings.allow, settings.deny)
        self.passage.user_tokens = settings.user_tokens
        self.limiter.most = settings.account_connections
        self.limiter.per_minute = settings.account_calls


@asynccontextmanager
async def tunnels(
    ground: Ground, parts: GatewayParts, consumers: ConsumerDesk
) -> AsyncIterator[None]:
    """Take CONNECT on a port of its own until the end of the block, if the settings name one. Raises
    StartError."""
    settings = ground.config.gateway
    if not settings.connect_port:
        yield
        return
    served = Tunnels(
        consumers,
        parts.callers,
        most=settings.connections,
        background=ground.supervisor.contained,
        clock=ground.clock,
    )
    async with served.served(ground.config.server.host, settings.connect_port):
        yield


def wire_gateway(
    ground: Ground, manager: Manager, accounts: AccountTokens, consumers: ConsumerDesk
) -> GatewayParts:
    settings, clock, store = ground.config.gateway, ground.clock, ground.stores.credentials
    known = KnownValues(store.values, clock=clock)
    if settings.enabled:
        manager.on_value(known.hold)
        store.on_change(lambda key: ground.supervisor.contained("values", known.look_again(key)))
    limiter = CallLimiter(
        altogether=settings.connections,
        most=settings.account_connections,
        per_minute=settings.account_calls,
        clock=clock,
    )
    callers = CallerDesk(
        consumers,
        ground.stores.secrets,
        Windows(clock, MINUTE),
        real_secrets=settings.real_secrets,
    )
    stand_ins = StandInTokens(ground.secret, consumers)
    usage = UsageMeter(ground.stores.usage, clock=clock, tally=ground.counters.count)
    tokens, healing = KnownTokens(known, stand_ins, clock=clock), Healing(manager, clock=clock)
    passage = Passage(
        ground.relay,
        tokens,
        healing,
        callers,
        usage,
        limiter,
        rules=PathRules(settings.allow, settings.deny),
        user_tokens=settings.user_tokens,
    )
    return GatewayParts(
        is_on=settings.enabled,
        callers=callers,
        stand_ins=stand_ins,
        tokens=tokens,
        healing=healing,
        usage=usage,
        quotas=QuotaDesk(WeChatQuotas(ground.wechat, accounts), clock=clock),
        passage=passage,
        limiter=limiter,
    )
