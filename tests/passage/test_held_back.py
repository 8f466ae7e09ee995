"""What does not pass: addresses that show secrets, broken headers, and those that name another call."""

import json
from pathlib import Path

from tests.house import APPID, SECRET
from tests.passage.conftest import MENU
from tests.passage.test_bytes import answering, lane

LOGIN = f"/sns/jscode2session?appid={APPID}&secret={SECRET}&js_code=1"


async def test_an_address_with_the_token_or_the_secret_is_an_error(tmp_path: Path) -> None:
    async with lane(tmp_path / "state") as line:
        place = line.place
        shown = {MENU: place.token, LOGIN: SECRET}
        answers = []
        for path, value in shown.items():
            address = f"http://elsewhere.example/a?b=%2F&c={value}"
            for header in (
                f"Location: {address}",
                f"Content-Location: {address}",
                f"Refresh: 0; url={address}",
                f"Link: <http://a.example>; rel=first\r\nLink: <{address}>; rel=next",
            ):
                line.host.answer = answering(b"", 302, header)
                answers.append(await place.call("GET", path, allow_redirects=False))

    assert [answer.status for answer in answers] == [200] * 8
    assert [json.loads(answer.body)["errcode"] for answer in answers] == [-1] * 8
    for value in shown.values():
        assert value not in str(answers)


async def test_another_redirect_passes_and_is_not_followed(tmp_path: Path) -> None:
    async with lane(tmp_path / "state") as line:
        line.host.answer = answering(b"", 302, "Location: http://elsewhere.example/a?b=1")

        answer = await line.place.call("GET", MENU, allow_redirects=False)

    assert (answer.status, answer.headers["Location"]) == (302, "http://elsewhere.example/a?b=1")


async def test_a_header_that_no_server_may_write_stays_behind(tmp_path: Path) -> None:
    async with lane(tmp_path / "state") as line:
        line.host.answer = answering(b"{}", 200, "X-Odd: a\x01b", "X-Even: ab")

        answer = await line.place.call("POST", MENU)

    assert answer.body == b"{}"
    assert "X-Odd" not in answer.headers
    assert answer.headers["X-Even"] == "ab"


async def test_a_header_that_names_another_call_stays_behind(tmp_path: Path) -> None:
    others = {
        "X-Original-URL": "/cgi-bin/token",
        "X-Rewrite-URL": "/cgi-bin/token",
        "X-HTTP-Method-Override": "DELETE",
        "X-HTTP-Method": "DELETE",
        "X-Method-Override": "DELETE",
    }
    async with lane(tmp_path / "state") as line:
        await line.place.call("GET", MENU, headers=others | {"X-Own": "1"})

    (came,) = line.host.came
    assert came.headers["x-own"] == "1"
    assert not came.headers.keys() & {name.lower() for name in others}
