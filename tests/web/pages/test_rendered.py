"""A message that many readers view is rendered once."""

import asyncio
from dataclasses import replace

from tests.web.pages.test_pages import EIGHT, SHANGHAI
from wechat_scheduler.delivery.model import Form
from wechat_scheduler.web.pages.message_page import MessagePage
from wechat_scheduler.web.pages.rendered import RenderedPages

MESSAGE = MessagePage(
    title="降价",
    content="**99** 元",
    form=Form.MARKDOWN,
    app_name="shop",
    sent_at=EIGHT,
    zone=SHANGHAI,
)


async def test_many_readers_at_once_get_one_rendering() -> None:
    pages = RenderedPages()

    async with asyncio.TaskGroup() as readers:
        views = [readers.create_task(pages.page(1, replace(MESSAGE))) for _ in range(9)]
    later = await pages.page(1, replace(MESSAGE))

    assert all(view.result() is later for view in views)
    assert "<strong>99</strong>" in later.html


async def test_a_message_that_is_taken_back_is_rendered_anew() -> None:
    pages = RenderedPages()
    await pages.page(1, MESSAGE)

    page = await pages.page(1, replace(MESSAGE, deleted=True))

    assert "元" not in page.html
    assert await pages.page(1, replace(MESSAGE, deleted=True)) is page


async def test_messages_that_were_viewed_long_ago_make_room() -> None:
    size = len((await RenderedPages().page(1, MESSAGE)).html)
    pages = RenderedPages(most=2 * size + size // 2)
    first, second = await pages.page(1, MESSAGE), await pages.page(2, MESSAGE)
    assert await pages.page(1, MESSAGE) is first

    await pages.page(3, MESSAGE)

    assert await pages.page(1, MESSAGE) is first
    assert await pages.page(2, MESSAGE) is not second
