"""An account for each failure, all kept by one daemon, so that a day of every one costs one day."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web

from tests.clock import NAP, FakeClock, flowing
from tests.house import Caller, WeChat, daemon, served, wechat
from tests.wechat import test_errcodes as table

TOKEN, STABLE, TICKET = table.TOKEN, table.STABLE, table.TICKET
REFRESH, COMPONENT, AUTHORIZER = table.REFRESH, table.COMPONENT, table.AUTHORIZER

AUTHORISED = "wx9000000000000000"

TYPES = {TOKEN: 0, STABLE: 0, TICKET: 1, REFRESH: 2, COMPONENT: 3, AUTHORIZER: 4}


class Play(NamedTuple):
    """What the sandbox answers at an endpoint: an errcode, or another of its faults."""

    endpoint: str
    errcode: int = 0
    fault: str = ""
    account: int = 0

    @property
    def appid(self) -> str:
        place, what = table.ISSUING.index(self.endpoint), self.fault or self.errcode
        return f"wx{self.account}x{place}x{what}"


def documented() -> Iterator[tuple[Play, str]]:
    """Each documented code of each endpoint that keeps a credential, and the reaction to it."""
    simple = {"transient": table.TRANSIENT, "operator": table.OPERATOR}
    named = {"needs_input": table.NEEDS_INPUT, "parent_invalid": table.PARENT_INVALID}
    for reaction, codes_at in simple.items():
        for endpoint in table.ISSUING:
            yield from ((Play(endpoint, code), reaction) for code in codes_at.get(endpoint, ()))
    for reaction, codes_of in named.items():
        for (_, endpoint), codes in codes_of.items():
            if endpoint in table.ISSUING:
                yield from ((Play(endpoint, code), reaction) for code in codes)
    for endpoint in table.ISSUING:
        yield from ((Play(endpoint, code), "wait_until") for code in table.WAIT_UNTIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A daemon and a WeChat that fails. Time stands still but for `live`."""

    clock: FakeClock
    weixin: WeChat
    keeper: Caller
    params: str
    refresh_tokens: dict[str, str] = field(default_factory=dict)

    async def play(self, play: Play, *, times: int | None = None) -> None:
        """Register what the endpoint is asked for; it fails until `times`, or the script's end."""
        if play.errcode or play.fault:
            failure: dict[str, Any] = (
                {play.fault: 503 if play.fault == "status" else True}
                if play.fault
                else {"errcode": play.errcode}
            )
            self.weixin.sandbox.script(play.endpoint, appid=play.appid, times=times, **failure)
        tasks, fields = self._registration(play)
        answer = await self.keeper.register(*tasks, appid=play.appid, **fields)
        assert answer.result == "success"

    def _registration(self, play: Play) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        params = f"{self.params}/{play.appid}"
        sandbox = self.weixin.sandbox
        match TYPES[play.endpoint]:
            case 0:
                endpoint = "token" if play.endpoint == TOKEN else "stable_token"
                return [{"type": 0}], {"access_token_endpoint": endpoint}
            case 1:
                return [{"type": 0}, {"type": 1}], {}
            case 2:
                self.refresh_tokens[play.appid] = sandbox.grant_user(play.appid).refresh_token
                return [{"type": 2, "params": params}], {}
            case 3:
                return [{"type": 3, "params": params}], {}
        grant = sandbox.grant_authorizer(play.appid, AUTHORISED)
        self.refresh_tokens[play.appid] = grant.authorizer_refresh_token
        authorizer = {"type": 4, "authorizer_appid": AUTHORISED, "params": params}
        return [{"type": 3, "params": params}, authorizer], {}

    async def job(self, play: Play) -> dict[str, Any]:
        """The job that the failure is about."""
        return await self.keeper.job(f"appid={play.appid}&type={TYPES[play.endpoint]}")

    async def jobs(self, plays: Iterable[Play]) -> dict[Play, dict[str, Any]]:
        """`job` for each of these."""
        listed = await self.keeper.jobs("?limit=1000")
        found = {(one["appid"], one["type"]): one for one in listed}
        return {play: found[play.appid, TYPES[play.endpoint]] for play in plays}

    def calls(self, play: Play) -> int:
        return self.weixin.sandbox.calls(play.endpoint, play.appid)

    async def turn(self) -> None:
        """Until nothing is due, with a moment passing whenever an attempt waits for one."""
        async with flowing(self.clock):
            await self.keeper.settle()

    async def live(self, until: datetime, *, step: timedelta = NAP) -> None:
        """From one due time to the next; those that lie less than `step` apart in one go."""
        refresher = self.keeper.daemon.cores.credentials.refresher
        await self.turn()
        while (due := await refresher.next_due()) is not None and due <= until:
            self.clock.advance_to(max(due, self.clock.now() + step))
            await self.turn()
        self.clock.advance_to(until)


@asynccontextmanager
async def staged(
    state: Path, clock: FakeClock, *, quotas: Mapping[str, int] | None = None, **settings: Any
) -> AsyncIterator[Stage]:
    refresh_tokens: dict[str, str] = {}

    async def answer(request: web.Request) -> web.Response:
        appid = request.match_info["appid"]
        token = refresh_tokens.get(appid, "")
        inputs = {
            "component_verify_ticket": weixin.sandbox.ticket(appid).value,
            "refresh_token": token,
            "authorizer_refresh_token": token,
        }
        return web.json_response(inputs)

    business = web.Application()
    business.router.add_get("/{appid}", answer)
    async with (
        wechat(clock, **({"quotas": quotas} if quotas else {})) as weixin,
        served(business) as params,
        daemon(state, weixin.url, clock=clock, **settings) as keeper,
    ):
        yield Stage(
            clock=clock,
            weixin=weixin,
            keeper=keeper,
            params=params,
            refresh_tokens=refresh_tokens,
        )
