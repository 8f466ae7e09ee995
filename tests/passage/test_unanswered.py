"""Calls that WeChat does not answer, and accounts that WeChat refuses: SDKs show no more than `errmsg`."""

import socket
from pathlib import Path
from typing import Any

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


async def test_a_call_that_wechat_has_not_seen_may_be_sent_again(tmp_path: Path) -> None:
    async with gate(tmp_path / "state", gateway__hosts=nowhere()) as place:
        for path, caller in ((MENU, "token"), (LOGIN, "appsecret")):
            with capture_logs() as logs:
                answer = await place.said("GET", path)

            assert answer["errcode"] == -1
            assert "cannot connect" in answer["errmsg"]
            assert "send the call again" in answer["errmsg"]
            assert "is tried again" not in str(answer)
            (told,) = [entry for entry in logs if entry["log_level"] == "warning"]
            assert told["event"] == "gateway.failed"
            assert (told["appid"], told["caller"]) == (APPID, f"{caller}/{APPID}")


async def test_a_call_that_wechat_took_and_lost_is_to_be_looked_at(tmp_path: Path) -> None:
    async with (
        upstream(answer=b"") as host,
        gate(tmp_path / "state", gateway__hosts=host.url) as place,
    ):
        answers = [await place.said("POST", path, json={}) for path in (CREATE, LOGIN)]

    assert [answer["errcode"] for answer in answers] == [-1, -1]
    assert all("WeChat may have acted on the call" in one["errmsg"] for one in answers)


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
    body = {"name": f"shop-{appid}", "appids": [appid], "stand_in": True}
    made: Any = (await place.keeper.call("POST", "/v1/consumers", body=body)).result
    query = f"grant_type=client_credential&appid={appid}&secret={made['secret']}"
    token: str = (await place.said("GET", f"/cgi-bin/token?{query}", token=""))["access_token"]
    return token


async def test_an_account_that_wechat_refuses_is_refused_with_the_cause(place: Gate) -> None:
    for appid, errcode, read in (
        ("wx7777777777777771", 40125, 40125),
        ("wx7777777777777772", 50004, 50004),
        ("wx7777777777777773", 40001, -1),
    ):
        place.weixin.sandbox.script(STABLE, appid=appid, errcode=errcode, times=None)
        await place.keeper.register({"type": 0}, appid=appid)
        await place.keeper.settle()

        answer = await place.said("GET", MENU, token=await stand_in(place, appid))

        assert answer["errcode"] == read
        assert str(errcode) in answer["errmsg"]
