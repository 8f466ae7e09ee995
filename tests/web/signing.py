"""Signatures of pages, as WeChat's client checks them."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.clock import FakeClock
from tests.house import APPID, Caller, WeChat, daemon, in_memory

SHOP = "https://shop.example.com"
PAGE = f"{SHOP}/cart?item=7&from=timeline"


@asynccontextmanager
async def signing(state: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    """A daemon that keeps the ticket of an account."""
    async with daemon(state, weixin.url, clock=clock, opener=in_memory) as opened:
        await opened.register({"type": 0}, {"type": 1})
        await opened.settle()
        yield opened


async def sign(keeper: Caller, url: object, appid: str = APPID, **sent: Any) -> Any:
    return await keeper.call("POST", f"/v1/jssdk/{appid}/signature", body={"url": url}, **sent)


async def allow(keeper: Caller, *origins: str, appid: str = APPID, **sent: Any) -> Any:
    path = f"/v1/jssdk/{appid}/origins"
    return await keeper.call("PUT", path, body={"origins": origins}, **sent)


def fits(config: Mapping[str, Any], ticket: str, url: str) -> bool:
    """Whether WeChat's client at that address takes what a page gave to `wx.config`."""
    text = "&".join(
        (
            f"jsapi_ticket={ticket}",
            f"noncestr={config['nonceStr']}",
            f"timestamp={config['timestamp']}",
            f"url={url}",
        )
    )
    return hashlib.sha1(text.encode()).hexdigest() == config["signature"]
