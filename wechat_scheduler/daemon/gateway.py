"""Wires the gateway: the tokens that it knows, the calls that pass, and their way to WeChat."""

from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials.known_values import KnownValues
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.gateway.bearers import KnownTokens
from wechat_scheduler.gateway.consumers import ConsumerDesk
from wechat_scheduler.gateway.healing import Healing
from wechat_scheduler.gateway.passage import Passage
from wechat_scheduler.gateway.paths import PathRules
from wechat_scheduler.gateway.stand_ins import StandInTokens
from wechat_scheduler.gateway.turnstile import Turnstile


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayParts:
    passage: Passage
    turnstile: Turnstile

    def adjust(self, config: Config) -> None:
        settings = config.gateway
        self.passage.rules = PathRules(settings.allow, settings.deny)
        self.passage.user_tokens = settings.user_tokens
        self.turnstile.most = settings.account_connections
        self.turnstile.per_minute = settings.account_calls


def wire_gateway(ground: Ground, manager: Manager, consumers: ConsumerDesk) -> GatewayParts:
    settings, clock, store = ground.config.gateway, ground.clock, ground.stores.credentials
    known = KnownValues(store.values, clock=clock)
    if settings.enabled:
        manager.on_value(known.hold)
        store.on_change(lambda key: ground.supervisor.contained("values", known.look_again(key)))
    turnstile = Turnstile(
        most=settings.account_connections, per_minute=settings.account_calls, clock=clock
    )
    passage = Passage(
        ground.relay,
        KnownTokens(known, StandInTokens(ground.secret, consumers), clock=clock),
        Healing(manager, clock=clock),
        turnstile,
        rules=PathRules(settings.allow, settings.deny),
        user_tokens=settings.user_tokens,
    )
    return GatewayParts(passage=passage, turnstile=turnstile)
