"""What of an answer passes on to no caller: redirects that show secrets, and broken headers."""

import json
from pathlib import Path

from tests.house import APPID, SECRET
from tests.passage.conftest import MENU
from tests.passage.test_bytes import answering, lane

LOGIN = f"/sns/jscode2session?appid={APPID}&secret={SECRET}&js_code=1"


async def test_a_redirect_with_the_token_or_the_secret_is_an_error(tmp_path: Path) -> None:
    async with lane(tmp_path / "state") as line:
        place = line.place
        shown = {MENU: place.token, LOGIN: SECRET}
        answers = []
        for path, value in shown.items():
            elsewhere = f"Location: http://elsewhere.example/a?b=%2F&c={value}"
            line.host.answer = answering(b"", 302, elsewhere)
            answers.append(await place.call("GET", path, allow_redirects=False))

    assert [answer.status for answer in answers] == [200, 200]
    assert [json.loads(answer.body)["errcode"] for answer in answers] == [-1, -1]
    for answer, value in zip(answers, shown.values(), strict=True):
        assert value not in str(answer)


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
