"""Pages inside WeChat: the signature that its app checks, and the script that stands in for its own."""

import hashlib
from datetime import timedelta
from typing import Any

from tests.sandbox.conftest import APPID, WeChat

VERIFY = "/_sandbox/jssdk/verify"
SHOP = "https://shop.example.com"
PAGE = f"{SHOP}/cart?item=7"


async def ticket(wechat: WeChat, appid: str = APPID) -> str:
    token = (await wechat.token(appid))["access_token"]
    found = await wechat.get("/cgi-bin/ticket/getticket", access_token=token, type="jsapi")
    return str(found["ticket"])


def configured(ticket: str, **changes: Any) -> dict[str, Any]:
    text = f"jsapi_ticket={ticket}&noncestr=n0nce&timestamp=1763433000&url={PAGE}"
    return {
        "appId": APPID,
        "timestamp": 1763433000,
        "nonceStr": "n0nce",
        "signature": hashlib.sha1(text.encode()).hexdigest(),
        "url": PAGE,
    } | changes


async def verified(wechat: WeChat, page: dict[str, Any], **headers: str) -> str:
    async with wechat.http.post(VERIFY, json=page, headers=headers) as answer:
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return str((await answer.json())["errMsg"])


async def test_a_signature_fits_with_the_current_ticket_at_the_page_it_was_made_for(
    wechat: WeChat,
) -> None:
    right = configured(await ticket(wechat))

    told = [
        await verified(wechat, right),
        await verified(wechat, right | {"timestamp": "1763433000"}, Origin=SHOP),
        await verified(wechat, right, Origin="https://evil.example"),
        await verified(wechat, right | {"url": "about:blank"}),
        *[
            await verified(wechat, right | change)
            for change in (
                {"url": f"{PAGE}&more"},
                {"timestamp": 1763433001},
                {"nonceStr": "N0nce"},
                {"appId": "wx_other"},
                {"signature": ""},
            )
        ],
    ]

    assert told == [
        *("config:ok", "config:ok", "config:invalid url domain", "config:invalid url domain"),
        *["config:invalid signature"] * 5,
    ]


async def test_a_signature_ends_with_its_ticket(wechat: WeChat) -> None:
    right = configured(await ticket(wechat))
    wechat.clock.advance(timedelta(hours=2))

    assert await verified(wechat, right) == "config:invalid signature"


async def test_a_page_of_any_origin_may_load_the_script_and_ask_and_do_no_more(
    wechat: WeChat,
) -> None:
    foreign = {"Origin": "https://shop.example.com", "Sec-Fetch-Site": "cross-site"}

    script = await wechat.http.get("/_sandbox/jweixin.js", headers=foreign)
    asked = await wechat.http.post(
        VERIFY, data=b"{}", headers={**foreign, "Content-Type": "text/plain;charset=UTF-8"}
    )
    others = [
        await wechat.http.request(method, path, headers=foreign)
        for method, path in (
            ("GET", VERIFY),
            ("GET", "/_sandbox/calls"),
            ("POST", "/_sandbox/kill"),
        )
    ]

    assert (script.status, script.content_type) == (200, "text/javascript")
    assert "window.wx" in await script.text()
    assert (asked.status, await asked.json()) == (400, {"error": "appId: is required"})
    assert [answer.status for answer in others] == [403] * 3
