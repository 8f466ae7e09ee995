"""A daemon on a sandbox, with time standing still unless the test moves it, and a person in a browser."""

from collections.abc import AsyncIterator

import pytest

from tests.console.visitor import Browser, browser
from tests.house import Caller
from tests.keeper.conftest import business, clock, keeper, weixin

__all__ = ["business", "clock", "keeper", "weixin"]


@pytest.fixture
async def visitor(keeper: Caller) -> AsyncIterator[Browser]:
    """A browser that nobody has signed in with."""
    async with browser(keeper) as opened:
        yield opened


@pytest.fixture
async def admin(visitor: Browser, keeper: Caller) -> Browser:
    """A browser that is signed in with the admin key."""
    page = await visitor.sign_in(keeper.daemon.admin_key, follow=False)
    assert page.status == 303
    return visitor
