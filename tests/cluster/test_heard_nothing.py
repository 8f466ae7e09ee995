"""What one daemon has made is good at another at once, also where that has not heard of it yet."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NamedTuple

import pytest

from tests.cluster.conftest import Cluster
from tests.house import APPID, Caller
from tests.wire import wired
from wechat_scheduler.engine import read_through


class Pair(NamedTuple):
    near: Caller
    far: Caller


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still for a second is busy, and its store is not silent."""
    monkeypatch.setattr(read_through, "PATIENCE", timedelta(minutes=1))


@pytest.fixture
async def pair(node: Cluster, database_url: str) -> AsyncIterator[Pair]:
    """Two daemons; `far` hears nothing of what `near` makes."""
    async with (
        wired(database_url) as wire,
        node("near") as near,
        node("far", state__listen_database=wire.url) as far,
    ):
        wire.hold()
        yield Pair(near, far)


async def test_what_a_daemon_made_is_good_at_one_that_has_not_heard_of_it(pair: Pair) -> None:
    near, far = pair
    app = (await near.call("POST", "/v1/apps", body={"name": "shop", "appid": APPID})).result
    key = (await near.call("POST", "/v1/keys", body={"name": "k", "scopes": ["read"]})).result
    body = {"name": "shop", "appids": [APPID]}
    consumer = (await near.call("POST", "/v1/consumers", body=body)).result

    shop = "https://shop.example.com"
    path = f"/v1/jssdk/{APPID}/origins"
    assert (await near.call("PUT", path, body={"origins": [shop]})).status == 200

    people = [{"external_id": "e1", "openid": "o1"}]
    bound = await far.call("POST", f"/v1/apps/{app['id']}/subscribers", body=people)
    topic = await far.call("POST", f"/v1/apps/{app['id']}/topics", body={"name": "t"})
    listed = await far.call("GET", "/tasks", key=key["key"])
    found = await far.daemon.cores.consumers.find(consumer["secret"])

    assert [answer.status for answer in (bound, topic, listed)] == [200] * 3
    assert found is not None
    assert await far.daemon.cores.origins.allows(APPID, shop)
    back = await near.call("GET", f"/v1/apps/{app['id']}/topics")
    assert [one["name"] for one in back.result] == ["t"]
