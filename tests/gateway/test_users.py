"""`/sns/oauth2/refresh_token`: users that are kept here, and others."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from tests.business import Business
from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat, daemon, in_memory
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.gateway.users import DIGEST_KEPT

PATH = "/sns/oauth2/refresh_token"
ALICE = f"{APPID}/2/o_alice"
KEY = JobKey(APPID, "oauth2_access_token", "o_alice")


@pytest.fixture
async def gate(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    async with daemon(
        tmp_path / "state", weixin.url, clock=clock, opener=in_memory, gateway__enabled=True
    ) as running:
        yield running


async def kept(gate: Caller, weixin: WeChat, business: Business) -> None:
    """Alice's token is kept."""
    granted = weixin.sandbox.grant_user(APPID, openid="o_alice")
    business.params = {"refresh_token": granted.refresh_token}
    await gate.register({"type": 2, "openid": "o_alice", "params": business.url("/p")})
    await gate.settle()


async def refresh_token_of(gate: Caller) -> str:
    """The one that is kept for her."""
    user = await gate.daemon.ground.stores.users.user(KEY)
    assert user is not None
    return user.refresh_token


async def asked(gate: Caller, refresh_token: str, **wish: str) -> Any:
    fields = {"appid": APPID, "grant_type": "refresh_token", "refresh_token": refresh_token} | wish
    answer = await gate.call("GET", f"{PATH}?{urlencode(fields)}", key="")
    assert answer.status == 200
    return answer.json if isinstance(answer.json, dict) else msgspec.json.decode(answer.json)


async def test_a_kept_user_is_answered_from_what_is_kept(
    gate: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    await kept(gate, weixin, business)
    clock.advance(timedelta(seconds=100))
    shown = await refresh_token_of(gate)

    answers = [await asked(gate, shown) for _ in range(3)]

    assert (
        answers
        == [
            {
                "access_token": await gate.value(ALICE),
                "expires_in": 7100,
                "refresh_token": shown,
                "openid": "o_alice",
                "scope": "snsapi_userinfo",
            }
        ]
        * 3
    )
    assert weixin.sandbox.calls(PATH) == 1


async def test_a_refresh_token_that_was_replaced_here_still_proves_its_user(
    gate: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    await kept(gate, weixin, business)
    first = await refresh_token_of(gate)
    clock.advance(timedelta(hours=2))
    await gate.settle()

    answer = await asked(gate, first)

    assert answer["refresh_token"] == await refresh_token_of(gate) != first
    assert answer["access_token"] == await gate.value(ALICE)


async def test_the_user_of_another_system_is_asked_of_wechat(gate: Caller, weixin: WeChat) -> None:
    bob = weixin.sandbox.grant_user(APPID, openid="o_bob")

    answer = await asked(gate, bob.refresh_token)

    assert answer["openid"] == "o_bob"
    assert weixin.sandbox.calls(PATH) == 1


async def test_bad_input_is_named(gate: Caller, weixin: WeChat, business: Business) -> None:
    await kept(gate, weixin, business)
    shown = await refresh_token_of(gate)
    wishes = (
        {"appid": ""},
        {"grant_type": "authorization_code"},
        {"refresh_token": ""},
        {"refresh_token": "unknown"},
        {"appid": "wx2222222222222222"},
    )

    answers = [await asked(gate, **{"refresh_token": shown, **wish}) for wish in wishes]

    assert [answer["errcode"] for answer in answers] == [41002, 40002, 41003, 40030, 40030]


async def test_it_is_closed_with_the_other_calls_of_users(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    settings: dict[str, Any] = {"gateway__enabled": True, "gateway__user_tokens": False}
    async with daemon(tmp_path, weixin.url, clock=clock, opener=in_memory, **settings) as gate:
        answer = await asked(gate, "any")

    assert answer["errcode"] == 48001


async def test_it_can_be_denied(
    tmp_path: Path, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    settings: dict[str, Any] = {"gateway__enabled": True, "gateway__deny": "/sns/oauth2/*"}
    async with daemon(tmp_path, weixin.url, clock=clock, opener=in_memory, **settings) as gate:
        await kept(gate, weixin, business)
        answer = await asked(gate, await refresh_token_of(gate))

    assert answer["errcode"] == 48001


async def test_strangers_use_up_no_calls_of_the_account_that_they_name(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    settings: dict[str, Any] = {"gateway__enabled": True, "gateway__account_calls": 1}
    async with daemon(tmp_path, weixin.url, clock=clock, opener=in_memory, **settings) as gate:
        await gate.register({"type": 0})
        await gate.settle()
        strange = await asked(gate, "unknown")
        token = await gate.value(f"{APPID}/0")
        own = await gate.call("GET", f"/cgi-bin/getcallbackip?access_token={token}", key="")

    assert strange["errcode"] == 40030
    assert "ip_list" in own.json


async def test_of_a_refresh_token_only_a_hash_is_stored_and_not_for_ever(
    gate: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    await kept(gate, weixin, business)
    shown, database = await refresh_token_of(gate), gate.daemon.ground.database
    rows = [tuple(row) for row in await database.read("SELECT * FROM refresh_digests")]
    await gate.call("DELETE", f"/task/{ALICE}")

    clock.advance(DIGEST_KEPT + timedelta(days=1))
    await gate.daemon.cores.pulse.run_once()
    await gate.daemon.cores.rounds.run_once()

    assert rows
    assert shown not in str(rows)
    assert await database.read("SELECT * FROM refresh_digests") == []
