"""The stream that an open page holds: how it notices that its connection is lost, though nothing says so."""

import re
from datetime import timedelta

from tests.clock import FakeClock
from tests.console.visitor import Browser
from tests.documents import PACKAGE
from tests.house import Caller
from wechat_scheduler.web.native.events import HEARTBEAT_EVERY

SCRIPT = PACKAGE / "web" / "console" / "assets" / "console.js"


async def test_a_page_gets_heartbeats_that_its_script_sees(
    admin: Browser, keeper: Caller, clock: FakeClock
) -> None:
    async with admin.session.get(f"{keeper.daemon.url}/console/live") as stream:
        begun = [await stream.content.readuntil(b"\n\n") for _ in range(2)]
        clock.advance(HEARTBEAT_EVERY)
        beat = await stream.content.readuntil(b"\n\n")

    assert b"event: hello" in begun[1]
    assert beat == b"event: heartbeat\ndata: {}\n\n"


def test_the_script_waits_for_a_late_heartbeat_and_for_half_a_minute_at_most() -> None:
    (milliseconds,) = re.findall(r"SILENCE = (\d+)", SCRIPT.read_text("utf-8"))

    silence = timedelta(milliseconds=int(milliseconds))

    assert HEARTBEAT_EVERY + timedelta(seconds=5) <= silence <= timedelta(seconds=30)
