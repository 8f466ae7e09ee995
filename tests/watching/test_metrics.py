"""`/metrics`: what Prometheus reads."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from tests.business import Business, status
from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat
from tests.watching.reading import metrics
from wechat_scheduler import __version__
from wechat_scheduler.credentials.census import Census
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.delivery.model import TargetKind
from wechat_scheduler.errors import StorageError
from wechat_scheduler.metrics.counters import BUCKETS, Counters
from wechat_scheduler.metrics.families import FAMILIES, Vitals, counted, of_process, of_store
from wechat_scheduler.metrics.page import MetricsPage

DOCUMENT = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text("utf-8")


async def test_jobs_are_counted_by_kind_and_state_and_never_named(
    keeper: Caller, clock: FakeClock
) -> None:
    await keeper.register({"type": 0}, {"type": 1})
    await keeper.register({"type": 0}, appid="wx4444444444444444")
    await keeper.settle()
    clock.advance(timedelta(minutes=1))

    page = await metrics(keeper)

    assert page.value("jobs", kind="access_token", state="fresh") == 2
    assert page.value("jobs", kind="jsapi_ticket", state="fresh") == 1
    assert page.value("jobs", kind="jsapi_ticket", state="expired") == 0
    assert page.value("first_expiry_seconds", kind="access_token") == 7200 - 60
    assert page.value("oldest_credential_seconds", kind="access_token") == 60
    assert APPID not in page.page


async def test_what_expired_and_why_nothing_newer_came_is_shown(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    weixin.sandbox.script("/cgi-bin/stable_token", errcode=40164, times=None)
    clock.advance(timedelta(hours=3))
    await keeper.settle()

    page = await metrics(keeper)

    assert page.value("jobs", kind="access_token", state="expired") == 1
    assert page.value("first_expiry_seconds", kind="access_token") == -3600
    cause = {"kind": "access_token", "endpoint": "/cgi-bin/stable_token", "errcode": "40164"}
    assert page.value("failing_jobs", reaction="operator", **cause) == 1
    assert page.value("refreshes_total", outcome="failed", **cause) == 1
    assert page.value("refreshes_total", kind="access_token", outcome="rotated") == 1


async def test_calls_of_today_stand_beside_their_limit(keeper: Caller, clock: FakeClock) -> None:
    await keeper.register({"type": 0})
    await keeper.register({"type": 0}, appid="wx4444444444444444")
    await keeper.settle()
    await keeper.call("POST", f"/task/{APPID}/0/refresh")
    await keeper.settle()

    page = await metrics(keeper)
    clock.advance(timedelta(days=1))
    tomorrow = await metrics(keeper)

    assert page.value("calls_today", kind="access_token") == 3
    assert page.value("busiest_job_calls_today", kind="access_token") == 2
    assert page.value("daily_calls_limit", kind="access_token") == 1000
    assert tomorrow.value("calls_today", kind="access_token") == 0


async def test_notifications_that_wait_are_counted_with_how_long(
    keeper: Caller, clock: FakeClock
) -> None:
    async with Business() as business:
        business.script(status(500), times=9)
        await keeper.register({"type": 0, "notify": business.url("/n")})
        await keeper.settle()
        clock.advance(timedelta(minutes=10))

        page = await metrics(keeper)

    queue = {"queue": "delivery/credential"}
    assert page.value("queue_waiting", **queue) == page.value("queue_due", **queue) == 1
    assert page.value("queue_oldest_seconds", **queue) == 600
    assert 590 < page.value("queue_late_seconds", **queue) < 600
    assert page.value("deliveries_total", channel="credential", way="", outcome="deferred") == 1
    assert page.value("queue_due", queue="job") == 0


async def test_a_platform_without_tickets_is_seen(keeper: Caller, clock: FakeClock) -> None:
    platform = "wx2222222222222222"
    secrets = {
        "token": "atoken",
        "encoding_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    }
    assert (await keeper.call("PUT", f"/callbacks/{platform}", body=secrets)).result
    assert (await keeper.register({"type": 3}, appid=platform)).result
    clock.advance(timedelta(minutes=31))

    page = await metrics(keeper)

    assert page.value("ticket_age_seconds", appid=platform) == 31 * 60


async def test_requests_are_counted_by_route_and_a_stranger_makes_up_none(
    keeper: Caller,
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    await keeper.fetch(f"{APPID}/0")
    for path in ("/made-up-1", "/made-up-2", "/task/a/b/c/d"):
        await keeper.call("GET", path, key="")
    await keeper.call("PATCH", "/tasks", key="")
    await keeper.call("GET", f"/task/{APPID}/0", key="wrong")

    page = await metrics(keeper)

    fetch = "/task/{appid}/{type}"
    assert page.value("http_requests_total", route=fetch, status="200") == 1
    assert page.value("http_requests_total", route=fetch, status="401") == 1
    assert page.value("http_requests_total", method="none", route="none", status="404") == 3
    assert page.value("http_requests_total", method="none", route="none", status="405") == 1
    assert page.value("http_request_seconds_count", route=fetch) == 2
    assert len(page.values("http_request_seconds_bucket", route=fetch)) == len(BUCKETS) + 1


async def test_fetches_from_the_memo_are_counted_too(keeper: Caller) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    # The memo serves connections that never carried anything but such requests.
    async with aiohttp.ClientSession(headers={"X-API-Key": keeper.daemon.admin_key}) as poller:
        for _ in range(5):
            async with poller.get(f"{keeper.daemon.url}/task/{APPID}/0") as response:
                await response.read()

    page = await metrics(keeper)

    fetch = "/task/{appid}/{type}"
    answered = page.value("http_requests_total", route=fetch, status="200")
    assert page.value("memo_hits_total") == 5 - answered > 0
    assert page.value("memo_entries") == 1


async def test_what_runs_is_named(keeper: Caller) -> None:
    page = await metrics(keeper)

    assert page.value("build_info", version=__version__) == 1
    assert page.types["process_resident_memory_bytes"] == "gauge"
    assert not [name for name in page.types if name.endswith("_created")]


class SilentStore:
    """A `CensusTaker` that does not answer."""

    async def census(self, *, now: datetime) -> Census:
        raise StorageError("gone")

    async def not_fresh(self, *, now: datetime, limit: int) -> list[tuple[JobKey, Freshness]]:
        raise StorageError("gone")

    async def answers(self) -> bool:
        return False


async def test_a_further_metric_is_one_row(clock: FakeClock) -> None:
    counters = Counters()
    counters.count("kettles_boiled", "green")
    vitals = Vitals(turning={}, daily_limits={}, memo_hits=3, memo_entries=2, memo_bytes=1)
    rows = (
        *FAMILIES,
        counted("kettles_boiled", "Kettles that were boiled.", "tea"),
        of_process("kettles", "Kettles.", read=lambda vitals: [((), vitals.memo_entries)]),
        of_store("leaves", "Leaves.", read=lambda census, now: [((), len(census.kinds))]),
    )

    page = MetricsPage(counters, SilentStore(), lambda: vitals, clock=clock, families=rows)
    text = (await page.render()).decode()

    assert 'wechat_scheduler_kettles_boiled_total{tea="green"} 1.0' in text
    assert "wechat_scheduler_kettles 2.0" in text
    assert "wechat_scheduler_store_up 0.0" in text
    assert "leaves" not in text


async def test_metrics_want_a_key_that_reads_everything(keeper: Caller) -> None:
    limited = await keeper.call(
        "POST", "/v1/keys", body={"name": "shop", "scopes": ["read"], "appids": [APPID]}
    )

    stranger = await keeper.call("GET", "/metrics", key="")
    shop = await keeper.call("GET", "/metrics", key=limited.result["key"])

    assert (stranger.status, shop.status) == (401, 403)


async def test_every_metric_is_documented_with_its_labels(keeper: Caller) -> None:
    await keeper.register({"type": 0, "notify": "http://127.0.0.1:9/n"})
    await keeper.settle()
    await keeper.fetch(f"{APPID}/0")
    page = await metrics(keeper)

    rows = re.findall(r"^\| (`wechat_scheduler_.*?) \| (.*?) ?\|", DOCUMENT, re.MULTILINE)

    documented = {name for names, _ in rows for name in re.findall(r"`(\w+)`", names)}
    assert documented == {name for name in page.types if name.startswith("wechat_scheduler_")}
    for names, labels in rows:
        shown = {label for name in re.findall(r"`(\w+)`", names) for label in page.labels(name)}
        assert shown <= set(re.findall(r"`(\w+)`", labels)), names


async def test_the_document_lists_the_loops_and_queues_that_are_watched(keeper: Caller) -> None:
    (loops,) = re.findall(r"`wechat_scheduler_loop_turning` \| `loop` \| (.*) \|", DOCUMENT)
    (queues,) = re.findall(r"`wechat_scheduler_queue_waiting` \| `queue` \| (.*) \|", DOCUMENT)
    await keeper.register({"type": 0})

    page = await metrics(keeper)

    turning = [labels["loop"] for name, labels, _ in page.samples if name.endswith("loop_turning")]
    named = re.findall(r"`([\w/]+)`", queues)
    channels = {name.removeprefix("delivery/") for name in named if name.startswith("delivery/")}
    waiting = {
        labels["queue"] for name, labels, _ in page.samples if name.endswith("queue_waiting")
    }
    assert re.findall(r"`(\w+)`", loops) == turning
    assert channels == set(TargetKind)
    assert waiting <= set(named)
