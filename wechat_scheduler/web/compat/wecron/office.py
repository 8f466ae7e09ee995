"""The limits and the memory of WeCron's API."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.web.compat.wecron.posters import Posters
from wechat_scheduler.web.kit.rates import Rate

# The most posters that are remembered, some megabytes in all.
POSTERS: Final = 64


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


WECRON: Final = web.AppKey("wecron", WeCron)


def setup(app: web.Application, config: Config, clock: Clock) -> None:
    limits, font = config.compat, config.reminders.font
    app[WECRON] = WeCron(
        created=limits.wecron_created,
        creates=Rate(clock, most=limits.wecron_creates, period=timedelta(hours=1)),
        calls=Rate(clock, most=limits.wecron_calls, period=timedelta(days=1)),
        pictures=Rate(clock, most=limits.wecron_pictures, period=timedelta(minutes=1)),
        posters=Posters(str(font) if font else "", most=POSTERS),
        authorize_base=_authorize_base(config.wechat.api),
    )


def _authorize_base(api: str) -> str:
    """Where the WeChat at `api` logs users in: the real one has a host for that."""
    host = urlsplit(api).hostname or ""
    return "https://open.weixin.qq.com" if host.endswith(".weixin.qq.com") else api
