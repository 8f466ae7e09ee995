from tests.keeper.conftest import business, clock, keeper, weixin

__all__ = ["business", "clock", "keeper", "weixin"]
