"""What a storm took: the processor time of its processes, and the bytes of its rows."""

import os
from pathlib import Path
from typing import NamedTuple

from tests.cluster.arena import Arena

TICKS = os.sysconf("SC_CLK_TCK")
# Of tables with that many rows.
MANY = 1000
TABLES = """
    SELECT relname, pg_table_size(relid) AS bytes, pg_indexes_size(relid) AS indexes
    FROM pg_stat_user_tables ORDER BY relname
"""


class Used(NamedTuple):
    """Processor time in seconds; that of daemons is of those that live."""

    daemons: float
    postgres: float
    sandbox: float

    def since(self, before: "Used") -> str:
        parts = zip(self._fields, self, before, strict=True)
        return ", ".join(f"{name} {one - other:.1f} s" for name, one, other in parts)


def used(field: Arena) -> Used:
    daemons = [one.program.process.pid for one in field.places if one.program]
    server, children = field.postgres.pid, Path(f"/proc/{field.postgres.pid}/task").iterdir()
    family = [int(pid) for one in children for pid in (one / "children").read_text().split()]
    return Used(
        sum(map(_time, daemons)),
        _time(server, fields=4) + sum(map(_time, family)),
        _time(field.weixin),
    )


def _time(pid: int, *, fields: int = 2) -> float:
    """With four fields, that of its children who ended, too."""
    try:
        found = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended just now
        return 0.0
    return sum(map(int, found[11 : 11 + fields])) / TICKS


async def tell_sizes(field: Arena) -> None:
    for table in await field.pool.fetch(TABLES):
        rows = await field.pool.fetchval(f"SELECT count(*) FROM {table['relname']}")
        if rows >= MANY:
            heap, indexes = table["bytes"] / rows, table["indexes"] / rows
            print(
                f"   {table['relname']}: {rows} rows of {heap:.0f} bytes, {indexes:.0f} in indexes"
            )
