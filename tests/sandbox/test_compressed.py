"""Bodies that are compressed, or too large: the sandbox inflates none and keeps none."""

import gzip
from io import BytesIO
from typing import Any

import pytest
from aiohttp import http_parser

from tests.sandbox.conftest import WeChat
from wechat_scheduler.sandbox.server import BODY_LIMIT

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


@pytest.mark.parametrize("path", ["/cgi-bin/media/upload", "/cgi-bin/no"])
async def test_a_body_that_wechat_takes_nowhere_is_refused_in_its_form(
    wechat: WeChat, path: str
) -> None:
    answer = await wechat.http.post(path, data=BytesIO(b"x" * (BODY_LIMIT + 1)))

    assert answer.status == 200
    assert (await answer.json())["errcode"] == 45001
