"""Everything that goes wrong outside of the daemon, and what it makes of it."""

from tests.databases import migrations
from tests.keeper.conftest import business, clock, keeper, weixin
from tests.postgres import postgres

__all__ = ["business", "clock", "keeper", "migrations", "postgres", "weixin"]
