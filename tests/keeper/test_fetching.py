"""What a fetch is answered with, in every state of the credential."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.business import Business
from tests.clock import FakeClock
from tests.house import APPID, SECRET, Caller, WeChat, daemon, in_memory

TASK = {"type": 0}


async def test_a_value_comes_with_its_version_and_its_expiry(
    keeper: Caller, clock: FakeClock
) -> None:
    await keeper.register(TASK)
    await keeper.settle()

    answer = await keeper.fetch(f"{APPID}/0")

    assert answer.json.keys() == {"code", "message", "result"}
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Cache-Control"] == "private, max-age=60"
    assert answer.headers["X-Credential-Expires"] == "2026-11-18T04:30:00Z"

    # Who has that version is told so.
    known = ('"1"', 'W/"1"', "*", '"0", W/"1"', '"1" , "7"')
    same = [
        await keeper.fetch(f"{APPID}/0", **{"If-None-Match": tags}) for tags in known for _ in "abc"
    ]
    other = [
        await keeper.fetch(f"{APPID}/0", **{"If-None-Match": tags})
        for tags in ('"0"', 'W/"0"', '"*"', 'W/"*"', "1", "W/1", "")
        for _ in "abc"
    ]

    assert {(answer.status, answer.json) for answer in same} == {(304, "")}
    assert {answer.status for answer in other} == {200}

    due = (await keeper.job())["next_attempt_at"]
    clock.advance_to(clock.now().fromisoformat(due) - timedelta(seconds=10.5))
    answer = await keeper.fetch(f"{APPID}/0")

    assert answer.headers["Cache-Control"] == "private, max-age=10"


async def test_a_first_fetch_waits_for_the_refresh_in_flight(
    tmp_path: Path, weixin: WeChat
) -> None:
    async with daemon(tmp_path, weixin.url) as keeper:
        await keeper.register(TASK)

        async with asyncio.TaskGroup() as group:
            fetches = [group.create_task(keeper.value(f"{APPID}/0")) for _ in range(20)]

        assert len({fetch.result() for fetch in fetches}) == 1
    assert weixin.sandbox.calls("/cgi-bin/stable_token") == 1


async def test_a_credential_that_was_never_fetched_is_a_503_with_the_reason(
    keeper: Caller, weixin: WeChat
) -> None:
    await keeper.register(TASK, appsecret="0f0f0f-mistyped")
    await keeper.settle()

    answer = await keeper.fetch(f"{APPID}/0")

    assert answer.status == answer.json["code"] == 503
    assert "4012" in answer.json["message"] or "secret" in answer.json["message"].lower()
    assert int(answer.headers["Retry-After"]) > 60
    assert "0f0f0f" not in answer.json["message"]


async def test_an_old_value_is_served_until_its_own_expiry_and_no_longer(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await keeper.register(TASK)
    await keeper.settle()
    value = await keeper.value(f"{APPID}/0")
    weixin.sandbox.script("/cgi-bin/stable_token", status=502, times=None)

    clock.advance(timedelta(hours=1, minutes=59, seconds=59))
    await keeper.daemon.cores.credentials.clockwork.run_once()
    last = await keeper.value(f"{APPID}/0")
    clock.advance(timedelta(seconds=1))
    await keeper.daemon.cores.credentials.clockwork.run_once()
    async with asyncio.TaskGroup() as group:
        fetching = group.create_task(keeper.fetch(f"{APPID}/0"))
        await clock.asleep()
        clock.advance(timedelta(seconds=10))
    after = fetching.result()

    assert last == value
    assert after.status == 503
    assert (await keeper.job())["state"] == "expired"


async def test_a_clock_set_back_does_not_revive_a_dead_token(
    keeper: Caller, clock: FakeClock
) -> None:
    await keeper.register(TASK)
    await keeper.settle()
    value = await keeper.value(f"{APPID}/0")

    clock.advance(timedelta(hours=1, minutes=59))
    clock.jump(-timedelta(hours=1))
    await keeper.fetch(f"{APPID}/0")
    await keeper.settle()

    assert await keeper.value(f"{APPID}/0") != value


ROUTES = [
    ("GET", "/tasks"),
    ("GET", f"/task/{APPID}/0"),
    ("POST", "/registe"),
    ("DELETE", f"/task/{APPID}/0"),
    ("POST", f"/task/{APPID}/0/refresh"),
]


async def test_nobody_gets_in_without_a_key(keeper: Caller) -> None:
    """And with one in whatever form a caller has it."""
    await keeper.register(TASK)
    await keeper.settle()
    key = keeper.daemon.admin_key
    basic = base64.b64encode(f"x:{key}".encode()).decode()
    for name, value in [
        ("Authorization", f"Bearer {key}"),
        ("authorization", f"bearer {key}"),
        ("X-API-Key", key),
        ("Authorization", f"Basic {basic}"),
    ]:
        answer = await keeper.call("GET", f"/task/{APPID}/0", key="", headers={name: value})

        assert answer.status == 200, (name, value)

    for wrong in ("", "wsk_wrong", "x" * 5000):
        for method, path in ROUTES:
            answer = await keeper.call(method, path, key=wrong)

            assert answer.status == answer.json["code"] == 401, (method, path, wrong[:10])
    assert (await keeper.call("GET", "/healthz", key="")).status == 200


@pytest.fixture
async def open_keeper(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    settings = {"server__insecure_no_auth": True}
    folder = tmp_path / "open"
    async with daemon(folder, weixin.url, clock=clock, opener=in_memory, **settings) as running:
        yield running


async def test_without_authentication_only_this_machine_gets_in(open_keeper: Caller) -> None:
    alone = await open_keeper.call("GET", "/tasks", key="")
    proxied = await open_keeper.call(
        "GET", "/tasks", key="", headers={"X-Forwarded-For": "1.2.3.4"}
    )
    forwarded = await open_keeper.call(
        "GET", "/tasks", key="", headers={"Forwarded": "for=1.2.3.4"}
    )
    rebound = await open_keeper.call("GET", "/tasks", key="", headers={"Host": "evil.example"})

    assert alone.status == 200
    assert [proxied.status, forwarded.status, rebound.status] == [403] * 3


async def test_nothing_that_is_said_names_a_secret(
    keeper: Caller, weixin: WeChat, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    secret = "planted0secret0planted"
    weixin.sandbox.script("/cgi-bin/ticket/getticket", errcode=40001, times=3)
    await keeper.register(TASK, {"type": 1}, appsecret=secret)
    await keeper.register(TASK, {"type": 1}, appid="wxother")
    await keeper.settle()
    value = await keeper.value("wxother/0")

    said = str(await keeper.jobs()) + "".join(capfd.readouterr())
    stored = b"".join(
        path.read_bytes()
        for path in (tmp_path / "state").iterdir()
        if path.name not in ("admin.key", "sealing.key")
    )

    for planted in (secret, SECRET, value, keeper.daemon.admin_key):
        assert planted not in said
        assert planted.encode() not in stored


async def test_a_polled_name_that_becomes_ambiguous_is_no_longer_answered(
    keeper: Caller, weixin: WeChat, business: Business
) -> None:
    for _ in range(2):
        user = weixin.sandbox.grant_user(APPID)
        business.params = {"refresh_token": user.refresh_token}
        await keeper.register({"type": 2, "openid": user.openid, "params": business.url("/p")})
        await keeper.settle()

        polled = [(await keeper.fetch(f"{APPID}/2")).status for _ in range(3)]

    assert polled == [409] * 3
