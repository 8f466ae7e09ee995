"""Random walks through what businesses, accounts and WeChat do, after which each URL serves the living token."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import pytest

from tests.business import Business
from tests.clock import FakeClock
from tests.house import AUTHORIZER, COMPONENT
from tests.platform.listening import Platform
from tests.platform.test_one_job import OVERLAP, UNNAMED, Erp

OTHER = "wx4444444444444444"
ACCOUNTS: Final = (AUTHORIZER, OTHER)
BUSINESSES: Final = ("a", "b")
STEPS: Final = 30


@dataclass(slots=True)
class Walk:
    """The present refresh token of each account that authorises the platform, and the account that each business
    means by the URL without a name."""

    platform: Platform
    erp: Erp
    clock: FakeClock
    rng: random.Random
    granted: dict[str, str] = field(default_factory=dict)
    means: dict[str, str] = field(default_factory=dict)

    async def step(self) -> None:
        await self.rng.choice(self.moves())()

    def moves(self) -> list[Callable[[], Awaitable[object]]]:
        return [
            *([self.grant] * 2),
            self.revoke,
            *([self.register] * 3),
            self.register_by_name,
            self.remove,
            self.pass_time,
            self.platform.pushed,
            self.platform.keeper.settle,
        ]

    async def grant(self) -> None:
        account = self.rng.choice(ACCOUNTS)
        sandbox = self.platform.weixin.sandbox
        token = sandbox.grant_authorizer(COMPONENT, account).authorizer_refresh_token
        self.granted[account] = token

    async def revoke(self) -> None:
        account = self.rng.choice(ACCOUNTS)
        if self.granted.pop(account, None):
            self.platform.weixin.sandbox.revoke_authorizer(COMPONENT, account)

    async def register(self) -> None:
        """With the refresh token of the last consent, which may have rotated since."""
        account, business = self.rng.choice(ACCOUNTS), self.rng.choice(BUSINESSES)
        path = f"/{business}/{account}"
        self.erp.leads(path, account, self.granted.get(account, "none"))
        await self.erp.registers(path, key=business)
        self.means[business] = account

    async def register_by_name(self) -> None:
        account, business = self.rng.choice(ACCOUNTS), self.rng.choice(BUSINESSES)
        path = f"/{business}/{account}"
        self.erp.leads(path, account, self.granted.get(account, "none"))
        await self.erp.registers(path, key=business, authorizer_appid=account)

    async def remove(self) -> None:
        business = self.rng.choice(BUSINESSES)
        if self.means.pop(business, None):
            key = await self.erp.key(business)
            await self.platform.keeper.call("DELETE", f"/task/{UNNAMED}", key=key)

    async def pass_time(self) -> None:
        self.clock.advance(timedelta(minutes=self.rng.choice((1, 7, 70))))

    async def settle(self) -> None:
        """Every account has authorised the platform, and WeChat's events have come."""
        for account in ACCOUNTS:
            if account not in self.granted:
                self.platform.weixin.sandbox.grant_authorizer(COMPONENT, account)
        for _ in range(3):
            await self.platform.pushed()
            self.clock.advance(timedelta(minutes=11))
        await self.platform.pushed()


@pytest.mark.parametrize("seed", [0, 3, 6])
async def test_every_url_serves_the_living_token_and_each_token_has_one_job(
    platform: Platform, business: Business, clock: FakeClock, seed: int
) -> None:
    await platform.register()
    await platform.pushed()
    walk = Walk(platform, Erp(platform, business), clock, random.Random(seed))
    for _ in range(STEPS):
        await walk.step()

    await walk.settle()

    subjects = [job["subject"] for job in await platform.keeper.jobs("?type=4")]
    assert subjects == sorted(ACCOUNTS)
    served = {account: await platform.value(account) for account in ACCOUNTS}
    for name, account in walk.means.items():
        assert await walk.erp.reads(key=name) == served[account]
    clock.advance(OVERLAP)
    for value in served.values():
        assert await platform.works(value)
