"""Machines whose clocks are wrong share a database: the database's clock decides."""

from asyncio import to_thread
from datetime import timedelta
from pathlib import Path
from random import Random

from structlog.testing import capture_logs

from tests.cli.commands import invoke
from tests.clock import FakeClock
from tests.cluster.conftest import Cluster
from tests.house import APPID, WeChat, daemon_config
from wechat_scheduler.doctor.examine import examine
from wechat_scheduler.doctor.finding import Level
from wechat_scheduler.doctor.nodes import nodes
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.engine.nodes import Node, NodeView

LEASE = timedelta(minutes=1)
FIVE_MINUTES = timedelta(minutes=5)


def tens(seconds: float) -> int:
    """A machine that stands still while it asks for the time is wrong by half of that time."""
    return round(seconds / 10) * 10


async def test_a_node_whose_clock_is_ahead_takes_no_claim_that_another_holds(
    node: Cluster, weixin: WeChat
) -> None:
    async with node("right") as right, node("wrong", FIVE_MINUTES) as wrong:
        await right.register({"type": 0})
        ground = right.daemon.ground
        held = await ground.stores.credentials.claim(now=ground.clock.now(), limit=5, lease=LEASE)

        await wrong.settle()

        assert len(held) == 1
        assert weixin.sandbox.calls() == 0


async def test_what_a_node_with_a_wrong_clock_stored_is_fresh_for_all_for_its_whole_life(
    node: Cluster,
) -> None:
    async with node("right") as right, node("wrong", -FIVE_MINUTES) as wrong:
        await wrong.register({"type": 0})
        await wrong.settle()

        value, job = await right.value(f"{APPID}/0"), await right.job()

        assert value == await wrong.value(f"{APPID}/0")
        assert job["state"] == "fresh"
        assert abs(job["expires_in"] - 7200) < 60


async def test_the_nodes_the_probe_and_the_log_say_whose_clock_is_wrong(node: Cluster) -> None:
    with capture_logs() as log:
        async with node("right") as right, node("wrong", FIVE_MINUTES) as wrong:
            listed = (await right.call("GET", "/v1/nodes")).result
            ready = (await wrong.call("GET", "/readyz")).result

    assert sorted(tens(it["clock_ahead_seconds"]) for it in listed) == [0, 300]
    assert {it["state"] for it in listed} == {"alive"}
    assert tens(ready["clock_ahead_seconds"]) == 300
    said = [it for it in log if it["event"] == "own_clock.wrong"]
    assert [(tens(it["seconds"]), it["it_is"]) for it in said] == [(300, "ahead of the database's")]


async def test_the_doctor_names_the_machine_whose_clock_is_wrong_and_the_node_that_died(
    node: Cluster, tmp_path: Path, weixin: WeChat, database_url: str
) -> None:
    long_ago = FakeClock(SystemClock().now() - FIVE_MINUTES)
    config = daemon_config(
        tmp_path / "right",
        weixin.url,
        state__database=database_url,
        state__sealing_key_file=str(tmp_path / "sealing.key"),
    )
    async with node("right"), node("wrong", FIVE_MINUTES), node("dead", clock=long_ago):
        found = [
            finding
            async for finding in examine(config, probe=False, clock=SystemClock(), rng=Random(3))
            if finding.check == "nodes"
        ]

    assert [finding.level for finding in found] == [Level.WARN, Level.WARN, Level.OK]
    assert "sent its last heartbeat" in found[0].says
    seconds, after, _ = found[1].says.partition(" s ahead of the database's, which is used instead")
    assert after
    assert tens(int(seconds.rpartition(" ")[2])) == 300
    assert found[2].says == "2 daemons share the database"


async def test_a_node_that_ends_in_order_is_listed_no_more(node: Cluster) -> None:
    async with node("right") as right:
        async with node("other"):
            both = (await right.call("GET", "/v1/nodes")).result
        left = (await right.call("GET", "/v1/nodes")).result

    assert (len(both), len(left)) == (2, 1)


async def test_the_command_lists_the_nodes_with_their_clocks(node: Cluster) -> None:
    async with node("right") as right, node("wrong", FIVE_MINUTES):
        daemon = right.daemon
        ended = await to_thread(invoke, "nodes", "--url", daemon.url, "--key", daemon.admin_key)

    heading, *lines = [line.split() for line in ended.out.splitlines()]
    assert heading == [
        "NODE",
        "HOST",
        "VERSION",
        "SCHEMA",
        "STATE",
        "STARTED",
        "SEEN",
        "CLOCK",
        "DB",
        "HOLDS",
    ]
    assert {line[4] for line in lines} == {"alive"}
    assert sorted(tens(float(line[7].rstrip("s"))) for line in lines) == [0, 300]
    assert {line[9] for line in lines} == {"nothing"}


def test_the_doctor_warns_of_daemons_of_different_versions() -> None:
    now = SystemClock().now()
    views = [
        NodeView(
            node=Node(name=name, host=name, version=version, started_at=now, seen_at=now), holds={}
        )
        for name, version in (("a", "1.0"), ("b", "1.1"))
    ]

    says = [finding.says for finding in nodes(views, now)]

    assert says[0] == "the daemons that share the database are of the versions 1.0, 1.1"
