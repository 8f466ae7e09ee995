"""What one daemon does is told by the others."""

from tests.cluster.conftest import Cluster
from tests.house import APPID
from tests.keeper.streams import following


async def test_a_rotation_at_one_daemon_is_told_with_its_value_at_another(node: Cluster) -> None:
    async with node("near") as near, node("far") as far:
        async with following(far) as stream:
            await stream.next()
            await near.register({"type": 0}, access_token_endpoint="token")
            await near.settle()
            first = await stream.next()
            await near.call("POST", f"/task/{APPID}/0/refresh")
            await near.settle()
            second = await stream.next()
        newest = await near.value(f"{APPID}/0")
        async with following(near, after=first.id) as stream:
            again = await stream.next()

    assert [event.data["version"] for event in (first, second)] == [1, 2]
    assert second.data["value"] == newest
    assert again == second
