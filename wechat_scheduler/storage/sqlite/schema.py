"""Asks SQLite for the tables of the schema, which is the same on PostgreSQL."""

from typing import Final

TABLES: Final = """
    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
    ORDER BY name
"""
# `needed` is 1 for NOT NULL, `pk` the place in the primary key, from 1.
COLUMNS: Final = (
    'SELECT name, type, "notnull" AS needed, pk FROM pragma_table_info($1) ORDER BY cid'
)
# The tables that the foreign keys of `$1` refer to.
REFERENCES: Final = 'SELECT DISTINCT "table" AS name FROM pragma_foreign_key_list($1)'
