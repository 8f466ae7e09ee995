"""The state of one WeChat. No HTTP here, and no waiting."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wechat_scheduler.sandbox.call_log import RefusedCalls
from wechat_scheduler.sandbox.grants import Authorizers, OAuthUsers
from wechat_scheduler.sandbox.limits import Limit, Meter
from wechat_scheduler.sandbox.options import SECRET, SandboxOptions
from wechat_scheduler.sandbox.people import People
from wechat_scheduler.sandbox.periods import Periods
from wechat_scheduler.sandbox.pushes.accounts import AccountPushes
from wechat_scheduler.sandbox.pushes.platforms import PlatformPushes
from wechat_scheduler.sandbox.qrcodes import QRCodes
from wechat_scheduler.sandbox.templates import Templates
from wechat_scheduler.sandbox.tokens import IssuedTokens

# Real appids are wx and 16 hexadecimal digits. Shorter ones make tests readable.
_APPID = re.compile(r"wx[0-9A-Za-z_-]{1,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Passed to every endpoint."""

    periods: Periods
    rng: random.Random = field(repr=False)
    secrets: Mapping[str, str] = field(repr=False)
    tokens: IssuedTokens
    meter: Meter
    oauth_users: OAuthUsers
    authorizers: Authorizers
    platform_pushes: PlatformPushes
    refused_calls: RefusedCalls
    people: People
    qrcodes: QRCodes
    templates: Templates
    account_pushes: AccountPushes

    def exists(self, appid: str) -> bool:
        return appid in self.secrets or _APPID.fullmatch(appid) is not None

    def secret_of(self, appid: str) -> str:
        return self.secrets.get(appid, SECRET)


def create_world(
    options: SandboxOptions, limits: Mapping[str, Limit], now: datetime, rng: random.Random
) -> World:
    periods = Periods.scaled(options.token_lifetime)
    tokens = IssuedTokens(periods, rng)
    return World(
        periods=periods,
        rng=rng,
        secrets=options.accounts,
        tokens=tokens,
        meter=Meter(limits, periods),
        oauth_users=OAuthUsers(tokens, periods, rng),
        authorizers=Authorizers(tokens, periods),
        platform_pushes=PlatformPushes(tokens, periods),
        refused_calls=RefusedCalls(rng),
        people=People(options, periods, now),
        qrcodes=QRCodes(periods, rng),
        templates=Templates(options.templates, periods, rng),
        account_pushes=AccountPushes(),
    )
