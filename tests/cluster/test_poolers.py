"""Daemons behind pgbouncer in transaction mode, which forwards no signals."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.cluster.conftest import Cluster
from tests.cluster.test_lost_database import handed_out
from tests.house import APPID
from tests.pgbouncer import bounced
from wechat_scheduler.storage.postgres import change_listener

PATH = f"{APPID}/0"


@pytest.fixture
def pooled_url(database_url: str) -> Iterator[str]:
    with bounced(database_url, "transaction", size=2) as url:
        yield url


async def rotate_here_and_read_there(node: Cluster, url: str, listen: str) -> None:
    settings = {"wechat__access_token_endpoint": "token", "state__listen_database": listen}
    async with (
        node("near", database=url, **settings) as near,
        node("far", database=url, **settings) as far,
    ):
        await near.register({"type": 0})
        await near.settle()
        old = await far.value(PATH)

        await near.call("POST", f"/task/{PATH}/refresh")
        await near.settle()
        new = await near.value(PATH)

        assert new != old
        await handed_out(far, new)


async def test_a_rotation_is_heard_at_an_address_of_its_own(
    node: Cluster, database_url: str, pooled_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_listener, "LOOK_EVERY", timedelta(hours=1))
    own = urlsplit(database_url)._replace(path="").geturl()

    await rotate_here_and_read_there(node, pooled_url, own)


async def test_a_rotation_is_found_where_none_is_heard(
    node: Cluster, pooled_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("HEARD_WITHIN", "LOOK_EVERY"):
        monkeypatch.setattr(change_listener, limit, timedelta(milliseconds=50))

    await rotate_here_and_read_there(node, pooled_url, "")
