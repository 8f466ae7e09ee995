"""A daemon on a sandbox, with time standing still unless the test moves it."""

from tests.keeper.conftest import business, clock, keeper, weixin

__all__ = ["business", "clock", "keeper", "weixin"]
