from tests.databases import database, database_url, migrations, open_again, postgres
from tests.keeper.conftest import business, clock, keeper, weixin

__all__ = [
    "business", "clock", "database", "database_url", "keeper", "migrations", "open_again", "postgres",
    "weixin",
]  # fmt: skip
