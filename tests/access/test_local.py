"""Without keys, a page in a browser on this machine is a stranger."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.house import Caller, WeChat, daemon, in_memory

BODY = b'{"name": "evil", "scopes": ["admin"]}'
JSON = "application/json"
MOZILLA = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


@pytest.fixture
async def open_keeper(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    settings: dict[str, Any] = {"server__insecure_no_auth": True}
    async with daemon(
        tmp_path / "open", weixin.url, clock=clock, opener=in_memory, **settings
    ) as running:
        yield running


PAGES = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "Same-Site"},
    {"Sec-Fetch-Mode": "no-cors", "Content-Type": "text/plain"},
    {"User-Agent": MOZILLA, "Content-Type": "text/plain;charset=UTF-8"},
    {"User-Agent": MOZILLA, "Content-Type": "application/x-www-form-urlencoded"},
    {"User-Agent": MOZILLA, "Content-Type": ""},
]


async def test_a_page_makes_no_key_and_no_app_without_authentication(open_keeper: Caller) -> None:
    for headers in PAGES:
        for path in ("/v1/keys", "/v1/apps", "/register"):
            sent = {"Content-Type": JSON} | headers
            answer = await open_keeper.call("POST", path, data=BODY, key="", headers=sent)

            assert answer.status == 403, (path, headers)
            assert answer.json["reason"] == "request.not_local", (path, headers)
    keys = await open_keeper.call("GET", "/v1/keys", key="")
    assert "evil" not in {key["name"] for key in keys.result}


async def test_a_page_reads_nothing_without_authentication(open_keeper: Caller) -> None:
    for fetch_site in ("cross-site", "same-site"):
        answer = await open_keeper.call(
            "GET", "/tasks", key="", headers={"Sec-Fetch-Site": fetch_site}
        )

        assert answer.status == 403, fetch_site


async def test_a_program_sends_json_under_any_type(open_keeper: Caller) -> None:
    """curl's `-d` says that it sends a form."""
    for content_type in (JSON, "text/plain", "application/x-www-form-urlencoded"):
        answer = await open_keeper.call(
            "POST", "/v1/keys", data=BODY, key="", headers={"Content-Type": content_type}
        )

        assert answer.status == 200, content_type


async def test_a_page_of_this_address_is_no_stranger(open_keeper: Caller) -> None:
    own = {"Origin": open_keeper.daemon.url, "Sec-Fetch-Site": "same-origin", "Content-Type": JSON}

    answer = await open_keeper.call("POST", "/v1/keys", data=BODY, key="", headers=own)

    assert answer.status == 200


async def test_with_keys_the_key_decides(keeper: Caller) -> None:
    answer = await keeper.call("GET", "/tasks", headers={"Origin": "https://own.example"})

    assert answer.status == 200
