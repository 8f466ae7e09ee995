"""Most routes are loaded with the first request for one of them."""

import errno
from pathlib import Path
from threading import current_thread, main_thread

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from tests.clock import FakeClock
from tests.house import daemon, in_memory, wechat
from wechat_scheduler.config.settings import Config
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web import routes as web_routes
from wechat_scheduler.web.app import FIRST
from wechat_scheduler.web.compat.catalogue import APIS
from wechat_scheduler.web.kit.late_routes import LateRoutes
from wechat_scheduler.web.native.route import NativeRoute


async def test_routes_that_cannot_be_loaded_are_loaded_for_the_next_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()

    def fail(app: web.Application, config: Config) -> web.UrlDispatcher:
        raise OSError(errno.EMFILE, "too many open files")

    async with (
        wechat(clock) as weixin,
        daemon(tmp_path, weixin.url, clock=clock, opener=in_memory) as keeper,
    ):
        with monkeypatch.context() as patch:
            patch.setattr(web_routes, "open_rooms", fail)
            failed = await keeper.call("GET", "/openapi.json")
            alive = await keeper.call("GET", "/healthz")
        again = await keeper.call("GET", "/openapi.json")

    assert (failed.status, failed.json["reason"]) == (500, Reason.DAEMON_FAILED)
    assert (alive.status, again.status) == (200, 200)


@pytest.mark.parametrize("made", [False, True])
async def test_only_routes_that_have_to_be_made_take_a_thread(made: bool) -> None:
    threads = []

    def load() -> web.UrlDispatcher:
        threads.append(current_thread())
        return web.UrlDispatcher()

    await LateRoutes(load, are_made=lambda: made).resolve(make_mocked_request("GET", "/late"))

    assert [thread is main_thread() for thread in threads] == [made]


@pytest.mark.parametrize("route", FIRST, ids=lambda route: f"{route.method} {route.path}")
async def test_a_route_that_is_there_from_the_start_leads_where_it_leads_later(
    route: NativeRoute,
) -> None:
    request = make_mocked_request(route.method, route.path.replace("{", "").replace("}", ""))

    found = await web_routes.router_of(APIS, console=True).resolve(request)

    assert found.route.resource is not None
    assert (found.route.method, found.route.resource.canonical) == (route.method, route.path)
