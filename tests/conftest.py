"""Fixtures that everybody may use."""

from tests.databases import database, database_url, migrations, open_again, postgres

__all__ = ["database", "database_url", "migrations", "open_again", "postgres"]
