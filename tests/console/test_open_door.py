"""The console with `--insecure-no-auth`: there is no sign-in, and other pages come no nearer than without it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.console.visitor import Browser, browser
from tests.house import WeChat, daemon, in_memory


@pytest.fixture
async def visitor(weixin: WeChat, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Browser]:
    async with (
        daemon(
            tmp_path, weixin.url, clock=clock, opener=in_memory, server__insecure_no_auth=True
        ) as keeper,
        browser(keeper) as opened,
    ):
        yield opened


async def test_an_open_door_needs_no_session(visitor: Browser) -> None:
    page = await visitor.open("/")

    assert (page.status, page.title) == (200, "Overview")
    assert not page.root.find("form", action="/console/sign-out")
    assert (await visitor.open("/console/sign-in")).title == "Overview"


async def test_a_link_of_another_site_leads_to_an_open_door_but_no_page_reads_it(
    visitor: Browser,
) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    opened = [
        await visitor.open("/", **link, **{"Sec-Fetch-Dest": place})
        for place in ("document", "iframe", "")
    ]

    assert [page.status for page in opened] == [200, 403, 403]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"X-Forwarded-For": "192.0.2.1"},
        {"Origin": "https://evil.example"},
    ],
)
async def test_an_open_door_is_closed_to_other_names_and_proxies(
    visitor: Browser, headers: dict[str, str]
) -> None:
    assert (await visitor.open("/", **headers)).status == 403
    assert (await visitor.post("/console/sign-out", {"csrf": "x"}, headers=headers)).status == 403
