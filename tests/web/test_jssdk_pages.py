"""Signatures for pages that ask themselves: which may, and what a browser lets them read."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
import pytest_asyncio

from tests.clock import FakeClock
from tests.house import APPID, Answer, Caller, WeChat, wechat
from tests.web.signing import PAGE, SHOP, allow, fits, sign, signing
from wechat_scheduler.web.native import jssdk_pages

OTHER = "wx9999999999999999"
ALLOWED = "Access-Control-Allow-Origin"
# Origins that are near to an allowed one.
NEAR = (
    "http://shop.example.com", "https://shop.example.com:8443", "https://shop.example.com:443", "https://example.com",
    "https://a.shop.example.com", "https://shop.example.com.evil.example", "https://evil.example", "null", "", "*",
    "HTTPS://SHOP.EXAMPLE.COM", f"{SHOP}/", f"{SHOP}, {SHOP}", f" {SHOP}/cart", "https://shop.example.com\\",
)  # fmt: skip


@pytest.fixture
async def keeper(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    async with signing(tmp_path / "state", weixin, clock) as opened:
        await allow(opened, SHOP)
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def signer_of_the_file(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Caller]:
    clock = FakeClock()
    state = tmp_path_factory.mktemp("signer")
    async with wechat(clock) as weixin, signing(state, weixin, clock) as opened:
        await allow(opened, SHOP)
        yield opened


async def ask(
    keeper: Caller,
    headers: Mapping[str, str],
    url: str = PAGE,
    *,
    appid: str = APPID,
    method: str = "GET",
    query: str | None = None,
) -> Answer:
    query = f"url={quote(url, safe='')}" if query is None else query
    path = f"/v1/jssdk/{appid}/signature?{query}"
    return await keeper.call(method, path, key="", headers=headers)


def shared(answer: Answer) -> list[str]:
    """The headers that would let a page read the answer."""
    return [name for name in answer.headers if name.lower().startswith("access-control")]


async def test_an_allowed_page_gets_its_signature_and_no_other_page_may_read_it(
    signer: Caller,
) -> None:
    ticket = await signer.value(f"{APPID}/1")

    answer = await ask(signer, {"Origin": SHOP}, f"{PAGE}#/top")

    assert fits(answer.result, ticket, PAGE)
    assert (answer.headers[ALLOWED], answer.headers["Vary"]) == (SHOP, "Origin")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_wechat_lets_the_signed_page_call_jssdk_and_no_other(
    keeper: Caller, weixin: WeChat
) -> None:
    config = (await ask(keeper, {"Origin": SHOP})).result
    told = []
    async with aiohttp.ClientSession(headers={"Origin": SHOP}) as phone:
        for url in (PAGE, f"{SHOP}/"):
            page = {**config, "url": url}
            async with phone.post(f"{weixin.url}/_sandbox/jssdk/verify", json=page) as answer:
                told.append(await answer.json())

    assert told == [{"errMsg": "config:ok"}, {"errMsg": "config:invalid signature"}]


async def test_a_foreign_page_gets_neither_a_signature_nor_headers_to_read_by(
    signer: Caller,
) -> None:
    for origin in NEAR:
        for method in ("GET", "OPTIONS"):
            answer = await ask(signer, {"Origin": origin, "Referer": PAGE}, method=method)

            assert (answer.status, answer.json["reason"]) == (403, "origin.refused"), origin
            assert (answer.json["result"], shared(answer)) == ("", []), origin
            assert answer.headers["Vary"] == "Origin"


async def test_an_allowed_page_gets_no_signature_for_a_page_elsewhere(keeper: Caller) -> None:
    await allow(keeper, SHOP, "https://m.example.com")

    for url in ("https://m.example.com/", "https://evil.example/", "http://shop.example.com/"):
        answer = await ask(keeper, {"Origin": SHOP}, url)

        assert (answer.status, answer.json["reason"]) == (403, "origin.refused")
        assert answer.json["message"].startswith("url: is of another origin than the page")
        assert answer.json["result"] == ""


async def test_a_page_at_the_same_address_as_the_daemon_proves_itself_by_its_referer(
    signer: Caller,
) -> None:
    ticket = await signer.value(f"{APPID}/1")

    own = await ask(signer, {"Referer": f"{PAGE}&more"})
    elsewhere = (*NEAR[:2], *NEAR[3:8], "/cart", SHOP[8:])
    foreign = [await ask(signer, {"Referer": url}) for url in elsewhere]
    neither = await ask(signer, {})

    assert fits(own.result, ticket, PAGE)
    assert shared(own) == []
    assert {answer.status for answer in (*foreign, neither)} == {403}


async def test_a_browser_learns_before_the_request_what_the_page_may_send(signer: Caller) -> None:
    sent = {"Origin": SHOP, "Access-Control-Request-Method": "GET"}

    answer = await ask(signer, sent, method="OPTIONS", query="")

    assert answer.status == 200
    assert answer.headers[ALLOWED] == SHOP
    assert answer.headers["Access-Control-Allow-Methods"] == "GET"
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type, X-Requested-With"
    assert answer.headers["Access-Control-Max-Age"] == "600"


async def test_an_unknown_account_is_refused_as_one_that_allows_no_origin(signer: Caller) -> None:
    await signer.register({"type": 0}, {"type": 1}, appid="wx8888888888888888")
    asked = [
        (appid, method, headers, query)
        for method in ("GET", "OPTIONS")
        for headers in ({"Origin": SHOP}, {"Referer": PAGE}, {})
        for query in (None, "", "url=x", "other=1")
        for appid in ("wx8888888888888888", OTHER)
    ]

    answers = [
        await ask(signer, headers, appid=appid, method=method, query=query)
        for appid, method, headers, query in asked
    ]

    told = [(it.status, it.json, sorted(set(it.headers) - {"Date"})) for it in answers]
    assert all(one == told[0] for one in told)
    assert told[0][0] == 403


async def test_an_allowed_page_can_read_what_it_did_wrong(signer: Caller) -> None:
    wrong = {
        "": "url: is required",
        "url=": "url: must be the page's location.href",
        "url=ftp%3A%2F%2Fshop.example.com": "url: must be the page's location.href",
        "url=https://shop.example.com/?a=1&b=2": "url: is cut at an &",
        "url=https://shop.example.com/?a=1+2": "url: must be as the page's location.href has it",
        f"url={PAGE[:24]}&url={PAGE[:24]}": "url: is cut at an & or given twice",
        "url=%00": "the address has a NUL",
    }

    for query, message in wrong.items():
        answer = await ask(signer, {"Origin": SHOP}, query=query)

        assert answer.status == 400, query
        assert answer.json["message"].startswith(message), answer.json
        assert "%00" in query or answer.headers[ALLOWED] == SHOP
    cached = await ask(signer, {"Origin": SHOP}, query=f"url={quote(PAGE, safe='')}&_=17")
    assert cached.status == 200


async def test_without_a_valid_ticket_a_page_learns_no_more_than_when_to_come_back(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    weixin.sandbox.script("/cgi-bin/ticket/getticket", errcode=40164, times=None)
    clock.advance(timedelta(hours=3))
    await keeper.settle()

    expired = await ask(keeper, {"Origin": SHOP})
    await keeper.call("DELETE", f"/task/{APPID}/1")
    await ask(keeper, {"Origin": SHOP})
    removed = await ask(keeper, {"Origin": SHOP})

    assert (expired.status, expired.json["reason"]) == (503, "task.expired")
    assert expired.json["message"] == "no signature can be made now; try again later"
    assert expired.headers["Retry-After"]
    assert expired.headers["Access-Control-Expose-Headers"] == "Retry-After"
    assert expired.headers[ALLOWED] == SHOP
    assert (removed.status, removed.json["reason"]) == (404, "task.unknown")


async def test_an_origin_that_is_taken_back_is_refused_at_once(keeper: Caller) -> None:
    before = await ask(keeper, {"Origin": SHOP})
    await allow(keeper)

    assert (before.status, (await ask(keeper, {"Origin": SHOP})).status) == (200, 403)


async def test_too_many_requests_of_an_address_or_an_account_are_told_when_to_come_back(
    tmp_path: Path, weixin: WeChat, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jssdk_pages, "OF_AN_ADDRESS", 4)
    monkeypatch.setattr(jssdk_pages, "OF_AN_ACCOUNT", 2)
    async with signing(tmp_path / "state", weixin, clock) as keeper:
        await allow(keeper, SHOP)
        await allow(keeper, SHOP, appid=OTHER)
        origin = {"Origin": SHOP}

        of_the_account = [await ask(keeper, origin) for _ in range(3)]
        of_another = await ask(keeper, origin, appid=OTHER)
        clock.advance(timedelta(seconds=15))
        of_the_address = [
            await ask(keeper, {"Origin": name}) for name in (SHOP, "https://x.example")
        ]
        by_key = await sign(keeper, PAGE)
        clock.advance(timedelta(seconds=45))
        later = await ask(keeper, origin)

    assert [answer.status for answer in of_the_account] == [200, 200, 429]
    assert of_the_account[2].headers[ALLOWED] == SHOP
    assert of_another.status == 404
    assert [(it.status, it.headers["Retry-After"], shared(it)) for it in of_the_address] == [
        (429, "45", [])
    ] * 2
    assert (by_key.status, later.status) == (200, 200)
