"""Signs a page for WeChat's JS-SDK. JS-SDK说明文档, 附录1."""

import hashlib
import re
from typing import Final, NamedTuple

import msgspec

from wechat_scheduler.access.origins import located
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.random_bytes import random_bytes
from wechat_scheduler.errors import InvalidRequestError

# Browsers take longer addresses, and no page of WeChat's users has one.
LONGEST_URL: Final = 4096
# What browsers have in `location.href`; all else is percent-encoded there.
_WRITTEN: Final = re.compile(r"[!-~]+")


class PageConfig(msgspec.Struct, rename="camel"):
    """What a page gives to `wx.config`, beside its own `debug` and `jsApiList`. `timestamp` is in seconds
    since 1970."""

    app_id: str
    timestamp: int
    nonce_str: str
    signature: str


class SignedPage(NamedTuple):
    """`url` is the page's, without its fragment."""

    origin: str
    url: str


def read_page(url: str) -> SignedPage:
    """The page that a caller names. Raises InvalidRequestError."""
    if len(url) > LONGEST_URL:
        raise InvalidRequestError(f"must not be longer than {LONGEST_URL} characters", field="url")
    if url and not _WRITTEN.fullmatch(url):
        raise InvalidRequestError(
            "must be as the page's location.href has it: percent-encoded, and without blanks",
            field="url",
        )
    if (found := located(url)) is None:
        raise InvalidRequestError(
            "must be the page's location.href, with http:// or https:// and a host", field="url"
        )
    return SignedPage(found.origin, url.partition("#")[0])


def signed(page: SignedPage, appid: str, ticket: str, clock: Clock) -> PageConfig:
    timestamp, nonce = int(clock.now().timestamp()), random_bytes(8).hex()
    return PageConfig(appid, timestamp, nonce, signature(ticket, nonce, timestamp, page.url))


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """WeChat compares `url` with the page's, byte by byte."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
