"""Everything that goes wrong outside of the daemon, and what it makes of it."""

from tests.keeper.conftest import business, clock, keeper, weixin

__all__ = ["business", "clock", "keeper", "weixin"]
