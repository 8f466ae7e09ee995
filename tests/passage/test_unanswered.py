"""Calls that WeChat does not answer, and accounts that WeChat refuses: SDKs show no more than `errmsg`."""

import socket
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.house import APPID, SECRET
from tests.passage.conftest import CREATE, MENU, Gate, gate
from tests.passage.upstream import upstream

STABLE = "/cgi-bin/stable_token"
LOGIN = f"/sns/jscode2session?appid={APPID}&secret={SECRET}&js_code=1"


def nowhere() -> str:
    """An address at which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{found.getsockname()[1]}"


@pytest.mark.parametrize("path", [MENU, LOGIN])
async def test_a_call_that_wechat_has_not_seen_may_be_sent_again(tmp_path: Path, path: str) -> None:
    async with gate(tmp_path / "state", gateway__hosts=nowhere()) as place:
        with capture_logs() as logs:
            answer = await place.said("GET", path)

    assert answer["errcode"] == -1
    assert "cannot connect" in answer["errmsg"]
    assert "send the call again" in answer["errmsg"]
    assert "is tried again" not in str(answer)
    (told,) = [entry for entry in logs if entry["log_level"] == "warning"]
    caller = "appsecret" if path == LOGIN else "token"
    assert told["event"] == "gateway.failed"
    assert (told["appid"], told["caller"]) == (APPID, f"{caller}/{APPID}")


@pytest.mark.parametrize("path", [CREATE, LOGIN])
async def test_a_call_that_wechat_took_and_lost_is_to_be_looked_at(
    tmp_path: Path, path: str
) -> None:
    async with (
        upstream(answer=b"") as host,
        gate(tmp_path / "state", gateway__hosts=host.url) as place,
    ):
        answer = await place.said("POST", path, json={})

    assert answer["errcode"] == -1
    assert "WeChat may have acted on the call" in answer["errmsg"]


async def test_an_answer_that_switches_protocols_is_none(tmp_path: Path) -> None:
    switch = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello"
    asked = {"Connection": "Upgrade", "Upgrade": "websocket"}
    async with (
        upstream(answer=switch) as host,
        gate(tmp_path / "state", gateway__hosts=host.url) as place,
    ):
        answers = [await place.said("GET", MENU, headers=headers) for headers in ({}, asked)]

    assert [answer["errcode"] for answer in answers] == [-1, -1]
    assert "the answer switches protocols" in answers[0]["errmsg"]
    assert [one.headers.get("upgrade") for one in host.came] == [None, None]


async def stand_in(place: Gate, appid: str) -> str:
    body = {"name": "shop", "appids": [appid], "stand_in": True}
    made: Any = (await place.keeper.call("POST", "/v1/consumers", body=body)).result
    query = f"grant_type=client_credential&appid={appid}&secret={made['secret']}"
    token: str = (await place.said("GET", f"/cgi-bin/token?{query}", token=""))["access_token"]
    return token


@pytest.mark.parametrize(("errcode", "read"), [(40125, 40125), (50004, 50004), (40001, -1)])
async def test_an_account_that_wechat_refuses_is_refused_with_the_cause(
    place: Gate, errcode: int, read: int
) -> None:
    place.weixin.sandbox.script(STABLE, errcode=errcode, times=None)
    await place.keeper.register({"type": 0}, appid="wx7777777777777777")
    await place.keeper.settle()

    answer = await place.said("GET", MENU, token=await stand_in(place, "wx7777777777777777"))

    assert answer["errcode"] == read
    assert str(errcode) in answer["errmsg"]
