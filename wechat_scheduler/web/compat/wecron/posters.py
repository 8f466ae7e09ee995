"""Posters, drawn in a thread and remembered."""

import asyncio
from collections import OrderedDict

from wechat_scheduler.web.pages.fonts import Font, find_font
from wechat_scheduler.web.pages.poster import Poster


class Posters:
    """`font` is the path of a font file, empty for the one that is found; `most` is how
    many posters, of some 100 kB each, are remembered."""

    def __init__(self, font: str, *, most: int) -> None:
        self._configured = font
        self._most = most
        self._font: Font | None = None
        self._drawn: OrderedDict[Poster, bytes] = OrderedDict()
        self._drawing = asyncio.Lock()

    async def png(self, poster: Poster) -> bytes:
        """Raises as `draw_poster` and `find_font` do."""
        async with self._drawing:  # one core is enough for strangers
            png = self._drawn.pop(poster, b"") or await asyncio.to_thread(self._draw, poster)
            self._drawn[poster] = png
            if len(self._drawn) > self._most:
                self._drawn.popitem(last=False)
        return png

    def _draw(self, poster: Poster) -> bytes:
        # Here, as Pillow takes its time to load.
        from wechat_scheduler.web.pages.poster_layout import draw_poster

        self._font = self._font or find_font(self._configured)
        return draw_poster(poster, font=self._font)
