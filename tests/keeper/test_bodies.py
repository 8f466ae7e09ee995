"""Bodies that are none: whoever sends one is told so, and the log is not filled with it."""

import asyncio
from urllib.parse import urlsplit

from structlog.testing import capture_logs

from tests.house import Caller


async def test_whoever_hangs_up_in_the_middle_leaves_no_error_behind(keeper: Caller) -> None:
    place = urlsplit(keeper.daemon.url)
    key = keeper.daemon.admin_key
    for path in ("/register", "/wechat/callback/wx1"):
        head = f"POST {path} HTTP/1.1\r\nHost: a\r\nX-API-Key: {key}\r\nContent-Length: 9\r\n"

        with capture_logs() as events:
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            writer.write(f"{head}\r\n<".encode())
            writer.write_eof()
            answer = await reader.read()
            writer.close()
            await keeper.call("GET", "/healthz")

        assert b" 500 " not in answer, path
        assert {event["log_level"] for event in events} <= {"debug"}, path
