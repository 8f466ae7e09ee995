"""A clock that a test moves, and a sandbox on it."""

from tests.keeper.conftest import clock, weixin

__all__ = ["clock", "weixin"]
