"""`If-Match`: a change of what another has changed since it was read is refused, and changes nothing."""

from collections.abc import Awaitable, Callable

import pytest

from tests.house import APPID, Answer, Caller
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import made_app

__all__ = ["clock", "keeper", "weixin"]


async def _app(keeper: Caller) -> str:
    return f"/v1/apps/{(await made_app(keeper))['id']}"


async def _consumer(keeper: Caller) -> str:
    await keeper.call("POST", "/v1/consumers", body={"name": "crm", "appids": [APPID]})
    return "/v1/consumers/crm"


@pytest.mark.parametrize("made", [_app, _consumer])
async def test_a_change_meant_for_an_earlier_state_is_refused(
    keeper: Caller, made: Callable[[Caller], Awaitable[str]]
) -> None:
    path = await made(keeper)

    async def change(tag: str, *networks: str) -> Answer:
        body, headers = {"networks": networks}, {"If-Match": tag} if tag else {}
        return await keeper.call("PATCH", path, body=body, headers=headers)

    read = (await keeper.call("GET", path)).headers["ETag"]
    first = await change(read, "10.0.0.0/8")
    late = await change(read, "10.1.0.0/16")
    same = await change(read, "10.0.0.0/8")
    weak = await change(f"W/{first.headers['ETag']}", "10.1.0.0/16")
    kept = (await keeper.call("GET", path)).result["networks"]
    one_of = await change(f'"x", {first.headers["ETag"]}', "10.2.0.0/16")
    any_of = await change("*", "10.3.0.0/16")
    without = await change("", "10.4.0.0/16")
    last = (await keeper.call("GET", path)).headers["ETag"]

    assert [one.status for one in (first, late, same, weak)] == [200, 412, 412, 412]
    assert late.json["reason"] == "request.outdated"
    assert kept == ["10.0.0.0/8"]
    assert [one.status for one in (one_of, any_of, without)] == [200, 200, 200]
    assert len({read, first.headers["ETag"], without.headers["ETag"]}) == 3
    assert last == without.headers["ETag"]


async def test_the_use_of_a_consumer_is_no_change_of_it(keeper: Caller) -> None:
    path = await _consumer(keeper)
    before = await keeper.call("GET", path)
    keeper.daemon.cores.auditor.seen("consumer/crm")

    after = await keeper.call("GET", path)

    assert (before.result["last_used_at"], before.headers["ETag"]) == (None, after.headers["ETag"])
    assert after.result["last_used_at"]
