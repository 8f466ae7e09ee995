"""A further compatible API is one module and one line: here its functions, and `APIS` with its record."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from tests.house import in_memory
from tests.sending.town import Town, town
from wechat_scheduler.audience.model import TokenKind
from wechat_scheduler.config.settings import Config
from wechat_scheduler.delivery.model import Content
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.compat import catalogue
from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.compat.tokens import bearer, holder_of
from wechat_scheduler.web.kit.rates import Rate
from wechat_scheduler.web.kit.room_states import STATES, RoomStates
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES

LIMIT = web.AppKey("pager", Rate)


async def beep(request: web.Request) -> web.StreamResponse:
    services = request.app[SERVICES]
    app = (await holder_of(request, bearer(request), TokenKind.APP)).app
    request.app[STATES][LIMIT].count(str(app.id))
    names = [request.match_info["name"]]
    order = await services.sending.prepare(app, Content(text="beep"), names=names)
    await services.sending.put(order)
    return web.Response(text="BEEPED")


def refused(request: web.Request, error: RequestError) -> web.Response:
    return web.Response(text=f"NO {error.status}: {error}")


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response:
    return web.Response(text=f"NO WAY {error.status}")


def setup(states: RoomStates, config: Config, clock: Clock) -> None:
    states[LIMIT] = Rate(clock, most=2, period=timedelta(minutes=1))


BEEP = Route("POST", "/pager/{name}", beep, Proof.TOKEN)
PAGER = Api(
    prefixes=("/pager",),
    routes=(BEEP,),
    spellings=(replace(BEEP, path="/pager/{name}/"),),
    refused=refused,
    unrouted=unrouted,
    setup=setup,
)


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(catalogue, "APIS", (*catalogue.APIS, PAGER))
    async with town(tmp_path, opener=in_memory) as settled:
        yield settled


async def said(place: Town, method: str, path: str, *, key: str | None = None) -> str:
    answer = await place.call(method, path, key=place.token if key is None else key)
    assert answer.status == 200
    assert isinstance(answer.json, str)
    return answer.json


async def test_it_is_served(place: Town) -> None:
    for end in ("", "/"):
        uid = await place.follow()

        answer = await said(place, "POST", f"/pager/{uid}{end}")

        await place.settle()
        assert answer == "BEEPED", end
        assert [shown.text for shown in await place.arrived(uid)] == ["beep"], end


async def test_its_errors_have_its_form(place: Town) -> None:
    assert await said(place, "POST", "/pager/amy", key="") == "NO 401: the token is missing"
    assert (
        await said(place, "POST", "/pager/a%00", key="")
        == "NO 400: the address has a NUL (%00), which cannot be stored or found"
    )


async def test_it_answers_where_no_route_fits(place: Town) -> None:
    assert await said(place, "GET", "/pager/amy") == "NO WAY 405"
    assert await said(place, "GET", "/pager") == "NO WAY 404"


async def test_its_limit_lies_under_its_own_key(place: Town) -> None:
    answers = [await said(place, "POST", "/pager/nemo") for _ in range(3)]

    assert answers == ["BEEPED", "BEEPED", "NO 429: too many requests in a short time"]
    assert (await place.call("POST", "/message/v2/notices", {}, key=place.token)).status == 400
