"""QR codes that carry a scene. Source: 生成带参数的二维码."""

from urllib.parse import quote, urlsplit

from wechat_scheduler.audience.model import Drawn
from wechat_scheduler.wechat.accounts import AccountCalls, Tokens
from wechat_scheduler.wechat.answers import whole_number
from wechat_scheduler.wechat.client import WeChatClient

CREATE = "/cgi-bin/qrcode/create"
LONGEST = 30 * 24 * 3600  # seconds

_WECHATS_API = ".weixin.qq.com"
_WECHATS_PAGES = "https://mp.weixin.qq.com"


class WeChatQrCodes:
    """`audience.ports.QrCodes`. `page_base` is where WeChat shows the pictures."""

    def __init__(self, client: WeChatClient, tokens: Tokens, page_base: str) -> None:
        self._accounts = AccountCalls(client, tokens)
        self._page_base = page_base.rstrip("/")

    async def create(self, appid: str, scene: str, *, lifetime: int) -> Drawn:
        """`lifetime` is in seconds; WeChat's limit is 30 days. Raises as `AccountCalls` does."""
        seconds = min(lifetime, LONGEST)
        body = {
            "expire_seconds": seconds,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        answer = await self._accounts.post(appid, CREATE, body)
        given = whole_number(answer.values.get("expire_seconds"))
        left = seconds if given is None else given
        return Drawn(answer.text("ticket"), answer.text("url"), left)

    def image_url(self, ticket: str) -> str:
        return f"{self._page_base}/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"


def page_base(api: str) -> str:
    """The address of WeChat's pages: a host of its own for each of WeChat's API hosts; a sandbox or proxy
    at `api` serves them itself."""
    host = urlsplit(api).hostname or ""
    return _WECHATS_PAGES if host.endswith(_WECHATS_API) else api
