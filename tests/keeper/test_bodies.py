"""Bodies that are none: whoever sends one is told so, and the log is not filled with it."""

import asyncio
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from tests.house import Caller

DEEP = b'{"appid": "wx1", "appsecret": "s", "more": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"


async def test_a_body_that_is_nested_too_deeply_is_refused(keeper: Caller) -> None:
    answer = await keeper.call("POST", "/register", data=DEEP)

    assert answer.status == 400
    assert answer.json["message"] == "the body is nested too deeply"


@pytest.mark.parametrize("path", ["/register", "/wechat/callback/wx1"])
async def test_whoever_hangs_up_in_the_middle_leaves_no_error_behind(
    keeper: Caller, path: str
) -> None:
    place = urlsplit(keeper.daemon.url)
    key = keeper.daemon.admin_key
    request = f"POST {path} HTTP/1.1\r\nHost: a\r\nX-API-Key: {key}\r\nContent-Length: 9\r\n\r\n<"

    with capture_logs() as events:
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(request.encode())
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        await keeper.call("GET", "/healthz")

    assert b" 500 " not in answer
    assert {event["log_level"] for event in events} <= {"debug"}
