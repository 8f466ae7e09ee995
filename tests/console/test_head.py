"""HEAD gets the response to GET without its body, of pages, files and what monitors ask."""

from typing import Final

from tests.console.visitor import ACCEPT, Browser
from tests.house import Caller
from wechat_scheduler.web.console.assets import SCRIPT, STYLE

SHOWN: Final = (
    "/", "/docs", "/console/alerts", "/console/look?theme=dark", "/console/credentials/wx1", "/console/sign-in",
    STYLE, SCRIPT, "/console/assets/old.css", "/m/forged", "/qr/forged.jpg", "/healthz", "/readyz",
)  # fmt: skip
NOT_SHOWN: Final = ("/console/live", "/tasks", "/v1/events")


async def test_what_is_shown_answers_head(admin: Browser, keeper: Caller) -> None:
    different, bodies = [], []
    for path in SHOWN:
        got = await admin.open(path, follow=False)
        address = f"{keeper.daemon.url}{path}"
        async with admin.session.head(address, headers={"Accept": ACCEPT}) as head:
            bodies.append(await head.read())
            pair = [
                (status, headers.get("Content-Type"), headers.get("Content-Length", "0"))
                for status, headers in ((got.status, got.headers), (head.status, head.headers))
            ]
            different += [(path, pair)] if pair[0] != pair[1] else []

    assert different == []
    assert set(bodies) == {b""}


async def test_a_stream_and_our_own_api_take_no_head(keeper: Caller) -> None:
    answers = [await keeper.call("HEAD", path) for path in NOT_SHOWN]
    wrong = await keeper.call("POST", "/healthz")

    assert [answer.status for answer in answers] == [405] * len(NOT_SHOWN)
    assert wrong.headers["Allow"] == "GET, HEAD"
