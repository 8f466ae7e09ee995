"""The setting `server.console`."""

from pathlib import Path

from tests.clock import FakeClock
from tests.console.visitor import browser
from tests.house import WeChat, daemon, in_memory


async def test_a_console_that_is_off_says_so_and_has_no_page(
    weixin: WeChat, clock: FakeClock, tmp_path: Path
) -> None:
    async with (
        daemon(
            tmp_path, weixin.url, clock=clock, opener=in_memory, server__console=False
        ) as keeper,
        browser(keeper) as visitor,
    ):
        seen = await visitor.open("/")
        door = await keeper.call("GET", "/console/sign-in")

    assert (seen.status, seen.html.count("\n")) == (200, 1)
    assert "server.console = true" in seen.html
    assert (door.status, door.json["reason"]) == (404, "route.unknown")
