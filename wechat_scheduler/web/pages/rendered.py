"""Keeps the documents of the messages that were viewed last, so that each is rendered once."""

import asyncio
from collections import OrderedDict
from typing import Final

from wechat_scheduler.web.pages.document import Page
from wechat_scheduler.web.pages.message_page import MessagePage, message_page

# Characters of all documents that are kept.
MOST: Final = 8_000_000


class RenderedPages:
    """Renders one page at a time: readers of the same message wait for one rendering."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[int, tuple[MessagePage, Page]] = OrderedDict()
        self._size = 0
        self._one_by_one = asyncio.Lock()

    async def page(self, message_id: int, wanted: MessagePage) -> Page:
        """The document of the message; it is rendered again if something in it has changed."""
        if (found := self._found(message_id, wanted)) is not None:
            return found
        async with self._one_by_one:
            if (found := self._found(message_id, wanted)) is not None:
                return found
            page = await asyncio.to_thread(message_page, wanted)
            self._keep(message_id, wanted, page)
            return page

    def _found(self, message_id: int, wanted: MessagePage) -> Page | None:
        kept, page = self._kept.get(message_id, (None, None))
        if kept != wanted:
            return None
        self._kept.move_to_end(message_id)
        return page

    def _keep(self, message_id: int, wanted: MessagePage, page: Page) -> None:
        self._drop(message_id)
        self._kept[message_id] = wanted, page
        self._size += _size(wanted, page)
        while self._size > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, message_id: int) -> None:
        if message_id in self._kept:
            self._size -= _size(*self._kept.pop(message_id))


def _size(message: MessagePage, page: Page) -> int:
    return len(message.content) + len(page.html)
