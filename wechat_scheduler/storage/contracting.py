"""Which migrations take something from the program before them, so that it cannot go on beside the newer one.

A migration that *expands* adds tables, indexes, and columns that are nullable or have a default: the statements
of the program before still run. One that *contracts* drops, renames or demands something. What SQL does not
show, such as another meaning of a column, its file says with a line `-- contracts`.
"""

import re
from collections.abc import Iterable

_CREATED = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")
_TABLE = re.compile(r"(?:ALTER TABLE|DROP TABLE|CREATE UNIQUE INDEX \w+ ON) (?:IF EXISTS )?(\w+)")
_TAKES = re.compile(
    r"DROP (?:TABLE|COLUMN|VIEW)\b|\bRENAME\b|\bSET NOT NULL\b|\bADD CONSTRAINT\b|CREATE UNIQUE INDEX"
    r"|ALTER COLUMN \w+ (?:SET DATA )?TYPE\b|ADD COLUMN (?=.*\b(?:UNIQUE|CHECK|PRIMARY KEY)\b)"
    r"|ADD COLUMN (?=.*\bNOT NULL\b)(?!.*\bDEFAULT\b)"
)
_SAYS_SO = re.compile(r"^-- contracts\b", re.MULTILINE)


def contracts(text: str, statements: Iterable[str]) -> bool:
    """Whether the migration with this text and these statements contracts."""
    plain = [" ".join(sql.split()).upper() for sql in statements]
    new = {found[1] for sql in plain if (found := _CREATED.match(sql))}
    return bool(_SAYS_SO.search(text)) or any(_takes(sql, new) for sql in plain)


def _takes(sql: str, new: set[str]) -> bool:
    """The program before does not know a table that is new."""
    table = _TABLE.match(sql)
    return bool(_TAKES.search(sql)) and not (table and table[1] in new)
