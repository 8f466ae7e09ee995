"""Fixtures that everybody may use."""

from tests.bare_machine import bare_machine
from tests.databases import database, database_url, migrations, open_again, postgres

__all__ = ["bare_machine", "database", "database_url", "migrations", "open_again", "postgres"]
