"""The sandbox inflates no body either."""

import gzip
from typing import Any

import pytest
from aiohttp import http_parser

from tests.sandbox.conftest import WeChat

BOMB = gzip.compress(b" " * 3_000_000)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/_sandbox/kill", 415), ("/cgi-bin/stable_token", 200), ("/cgi-bin/no", 200), ("/no", 404)],
)
async def test_no_path_of_the_sandbox_inflates_a_body(
    wechat: WeChat, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    made: list[Any] = []
    monkeypatch.setattr(
        http_parser.DeflateBuffer, "__init__", lambda self, *given, **_: made.append(given)
    )

    answer = await wechat.http.post(path, data=BOMB, headers={"Content-Encoding": "gzip"})

    assert answer.status == status
    assert not made
