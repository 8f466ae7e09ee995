"""Finds the migrations that take something from the version before, so that it cannot run beside the newer one.

A migration that *expands* adds tables, indexes, and columns that are nullable or have a default: the statements
of the program before still run. One that *contracts* drops, renames or demands something, or alters what is not
known here to expand. What SQL does not show, such as another meaning of a column, its file says with a line
`-- contracts`.
"""

import re
from collections.abc import Iterable

from wechat_scheduler.engine.patterns import pattern

_TEXT_OR_COMMENT = pattern(r"'(?:[^']|'')*'|--[^\n]*")
_BRACKETS = pattern(r"\([^()]*\)")
_CREATED = pattern(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")
_TABLE = pattern(
    r"(?:ALTER TABLE|DROP TABLE|CREATE UNIQUE INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?(?:\w+ )?ON)"
    r" (?:IF EXISTS )?(?:ONLY )?(\w+)"
)
_TAKES = pattern(r"DROP (?!INDEX\b)|CREATE UNIQUE INDEX\b")
_ALTERS = pattern(r"ALTER (?:TABLE (?:IF EXISTS )?(?:ONLY )?\S+ )?")
# The changes of a table that expand it. PostgreSQL and SQLite let the word COLUMN be left out.
_LOOSENS = pattern(r"ALTER (?:COLUMN )?\S+ (?:SET DEFAULT\b|DROP NOT NULL\b)")
_ADDS = pattern(r"ADD (?:COLUMN |(?!(?:CONSTRAINT|UNIQUE|CHECK|PRIMARY|FOREIGN|EXCLUDE)\b))")
_BINDS = pattern(r"\b(?:UNIQUE|CHECK|PRIMARY KEY|REFERENCES)\b")
_HAS_DEFAULT = pattern(r"\bDEFAULT (?!NULL\b)")
_SAYS_SO = pattern(r"^-- contracts\b", re.MULTILINE)


def contracts(text: str, statements: Iterable[str]) -> bool:
    """Whether the migration with this text and these statements contracts."""
    plain = [" ".join(_TEXT_OR_COMMENT.sub("''", sql).split()).upper() for sql in statements]
    new = {found[1] for sql in plain if (found := _CREATED.match(sql))}
    return bool(_SAYS_SO.search(text)) or any(_takes(sql, new) for sql in plain)


def _takes(sql: str, new: set[str]) -> bool:
    """The program before does not know a table that is new."""
    table = _TABLE.match(sql)
    if table and table[1] in new:
        return False
    alters = _ALTERS.match(sql)
    if alters is None:
        return bool(_TAKES.match(sql))
    changes = sql[alters.end() :]
    while changes != (flat := _BRACKETS.sub("", changes)):
        changes = flat
    return not all(_expands(change.strip()) for change in changes.split(","))


def _expands(change: str) -> bool:
    if not _ADDS.match(change):
        return bool(_LOOSENS.match(change))
    demands = "NOT NULL" in change and not _HAS_DEFAULT.search(change)
    return not demands and not _BINDS.search(change)
