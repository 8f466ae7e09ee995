"""A daemon on a sandbox that pushes to it, with time standing still unless the test moves it."""

import pytest

from tests.house import Caller, WeChat
from tests.keeper.conftest import business, clock, keeper, weixin
from tests.platform.listening import Platform

__all__ = ["business", "clock", "keeper", "weixin"]


@pytest.fixture
async def platform(keeper: Caller, weixin: WeChat) -> Platform:
    """The pushes are expected; the platform's own token is not registered yet."""
    platform = Platform(keeper, weixin)
    await platform.expect()
    platform.tell_wechat()
    return platform
