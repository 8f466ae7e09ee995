"""Compressed bodies are refused before any of their bytes is inflated, on every path."""

import gzip
from typing import Any

import pytest
from aiohttp import http_parser

from tests.sending.town import Town
from tests.web.pages.visiting import a_reminder, owned, visit
from wechat_scheduler.web.pages.paths import switches_path

BOMB = gzip.compress(b" " * 3_000_000)
PACKED = {"Content-Encoding": "gzip", "Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def inflated(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The bodies for which aiohttp made a decompressor."""
    made: list[Any] = []
    monkeypatch.setattr(
        http_parser.DeflateBuffer, "__init__", lambda self, *given, **_: made.append(given)
    )
    return made


PATHS = [
    ("POST", "/registe", 415),
    ("POST", "/v1/messages", 415),
    ("DELETE", "/v1/deliveries", 405),
    ("GET", "/task/wx1/0", 415),
    ("GET", "/healthz", 200),
    ("POST", "/wechat/callback/wx1", 403),
    ("POST", "/nothing", 404),
    ("PUT", "/tasks", 405),
    ("POST", "/message/v2/notices", 415),
    ("POST", "/reminds/api/", 415),
    ("POST", "/m/x", 405),
]
ENCODINGS = ["gzip", "deflate", "GZIP", "identity, gzip"]


async def test_no_path_inflates_the_body_of_a_stranger(place: Town, inflated: list[Any]) -> None:
    for method, path, status in PATHS:
        for encoding in ENCODINGS:
            packed = PACKED | {"Content-Encoding": encoding}

            answer = await place.caller.call(method, path, data=BOMB, key="", headers=packed)

            assert answer.status == status, (encoding, path)
            assert not inflated, (encoding, path)


async def test_a_key_opens_no_compressed_body_either(place: Town, inflated: list[Any]) -> None:
    answer = await place.caller.call("POST", "/register", data=BOMB, headers=PACKED)

    assert answer.status == answer.json["code"] == 415
    assert answer.json["reason"] == "body.compressed"
    assert not inflated


async def test_foreign_apis_refuse_it_in_their_own_words(place: Town, inflated: list[Any]) -> None:
    wxpusher = await place.caller.call("POST", "/api/send/message", data=BOMB, headers=PACKED)
    tencent = await place.caller.call("POST", "/v3/spread/set_reminder", data=BOMB, headers=PACKED)
    notices = await place.caller.call("POST", "/message/v2/notices", data=BOMB, headers=PACKED)

    assert (wxpusher.json["code"], wxpusher.json["msg"]) == (1001, "请求体不能压缩")
    assert '"ret":' in tencent.json
    assert "compress" in tencent.json
    assert notices.json["code"] == 415
    assert not inflated


async def test_pages_refuse_it_with_a_page(place: Town, inflated: list[Any]) -> None:
    uid = await place.follow()
    reminder = await a_reminder(place, uid)

    for path in (switches_path(place.links, uid, place.clock.now()), owned(place, reminder)):
        seen = await visit(place, "POST", path, data=BOMB, headers=PACKED)
        assert seen.status == 415
        assert "</html>" in seen.text
    assert not inflated


async def test_a_body_that_is_only_called_encoded_is_read(place: Town) -> None:
    for encoding in ("identity", "", "utf-8"):
        answer = await place.caller.call(
            "POST", "/v1/reminders/parse", data=b"{}", headers={"Content-Encoding": encoding}
        )

        assert answer.status == 400, encoding
        assert answer.json["reason"] == "request.invalid", encoding
