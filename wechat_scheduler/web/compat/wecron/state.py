"""The limits of WeCron's API, and the posters that it remembers."""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from wechat_scheduler.config.settings import Config
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.kit.rates import Rate
from wechat_scheduler.web.kit.room_states import RoomStates
from wechat_scheduler.web.pages.fonts import Font, find_font
from wechat_scheduler.web.pages.poster import Poster

# Posters that are remembered, some megabytes in all.
POSTERS: Final = 64
# Reminders whose QR codes were late, one megabyte in all.
LATE: Final = 10_000
# Reminders that a user makes in a second and whose codes are drawn for the response. A person makes
# fewer, and a program that makes more shows none of them.
DRAWN: Final = 10


class Posters:
    """Draws posters in a thread. `font` is the path of a font file; if it is empty, one is searched.
    The last `most` posters, of some 100 kB each, are remembered."""

    def __init__(self, font: str, *, most: int) -> None:
        self._configured = font
        self._most = most
        self._font: Font | None = None
        self._drawn: OrderedDict[Poster, bytes] = OrderedDict()
        self._drawing = asyncio.Lock()

    async def png(self, poster: Poster) -> bytes:
        """Raises as `draw_poster` and `find_font` do."""
        async with self._drawing:  # callers without a token may use one core
            png = self._drawn.pop(poster, b"") or await asyncio.to_thread(self._draw, poster)
            self._drawn[poster] = png
            if len(self._drawn) > self._most:
                self._drawn.popitem(last=False)
        return png

    def _draw(self, poster: Poster) -> bytes:
        # Imported here: Pillow loads slowly.
        from wechat_scheduler.web.pages.poster_layout import draw_poster

        self._font = self._font or find_font(self._configured)
        return draw_poster(poster, font=self._font)


class LateCodes:
    """The last reminders whose QR code was too late for the response to POST, by id."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def add(self, reminder_id: str) -> None:
        self._ids[reminder_id] = None
        if len(self._ids) > LATE:
            del self._ids[next(iter(self._ids))]

    def __contains__(self, reminder_id: str) -> bool:
        return reminder_id in self._ids


@dataclass(frozen=True, slots=True, kw_only=True)
class WeCron:
    """`created` is the HTTP status of a new reminder. `creates`, `calls` and `drawn` are counted by user,
    `pictures`, which need no token, by address. `authorize_base` begins WeChat's login URLs."""

    created: int
    creates: Rate
    calls: Rate
    pictures: Rate
    drawn: Rate
    posters: Posters
    late: LateCodes
    authorize_base: str


WECRON: Final = web.AppKey("wecron", WeCron)

# The appid of the account that the caller's token belongs to.
ACCOUNT: Final = web.RequestKey("account", str)


def setup(states: RoomStates, config: Config, clock: Clock) -> None:
    limits, font = config.compat, config.reminders.font
    states[WECRON] = WeCron(
        created=limits.wecron_created,
        creates=Rate(clock, most=limits.wecron_creates, period=timedelta(hours=1)),
        calls=Rate(clock, most=limits.wecron_calls, period=timedelta(days=1)),
        pictures=Rate(clock, most=limits.wecron_pictures, period=timedelta(minutes=1)),
        drawn=Rate(clock, most=DRAWN, period=timedelta(seconds=1)),
        posters=Posters(str(font) if font else "", most=POSTERS),
        late=LateCodes(),
        authorize_base=_authorize_base(config.wechat.api),
    )


def _authorize_base(api: str) -> str:
    """The beginning of login URLs: WeChat has a host of its own for them, the sandbox does not."""
    host = urlsplit(api).hostname or ""
    return "https://open.weixin.qq.com" if host.endswith(".weixin.qq.com") else api
