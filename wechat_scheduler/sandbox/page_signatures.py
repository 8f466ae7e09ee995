"""Checks the signature of a page, as WeChat's app does before the page may call JS-SDK.

JS-SDK说明文档, 附录1 and 附录5.
"""

import hashlib
import hmac

from wechat_scheduler.engine.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredPage:
    """What a page gave to `wx.config`, and where it is: `url`, without its fragment."""

    app_id: str
    timestamp: str
    nonce_str: str
    signature: str
    url: str


def config_errmsg(page: ConfiguredPage, ticket: str) -> str:
    """The `errMsg` that the page gets. `ticket` is the account's current one, empty if none was issued."""
    text = (
        f"jsapi_ticket={ticket}&noncestr={page.nonce_str}&timestamp={page.timestamp}&url={page.url}"
    )
    right = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    fits = bool(ticket) and hmac.compare_digest(right.encode(), page.signature.encode())
    return "config:ok" if fits else "config:invalid signature"
