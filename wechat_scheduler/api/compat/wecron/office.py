"""What WeCron's API has to itself."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from wechat_scheduler.api.compat.wecron.posters import Posters
from wechat_scheduler.api.rates import Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class WeCron:
    """`created` is the HTTP status of a new reminder. `creates` and `calls` are counted by user,
    `pictures`, which need no token, by address. `authorize_base` is where WeChat logs users in."""

    created: int
    creates: Rate
    calls: Rate
    pictures: Rate
    posters: Posters
    authorize_base: str


def authorize_base(api: str) -> str:
    """Where the WeChat at `api` logs users in: the real one has a host for that."""
    host = urlsplit(api).hostname or ""
    return "https://open.weixin.qq.com" if host.endswith(".weixin.qq.com") else api
