"""Writes to the SQLite file named on its command line, and prints each name once it is durable.

Run as a process of its own, to be killed in the middle of it.
"""

import asyncio
import itertools
import sys
from functools import partial

from tests.clock import FakeClock
from tests.storage.conftest import MIGRATIONS
from tests.storage.scripts import put
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.opening import open_database

WRITERS = 16


async def write_for_ever(database: Database, writer: int) -> None:
    for number in itertools.count():
        name = f"{writer}-{number}"
        await database.write(partial(put, name))
        print(name, flush=True)


async def main(path: str) -> None:
    async with Supervisor() as supervisor:
        database = await open_database(
            f"sqlite://{path}", migrations=MIGRATIONS, clock=FakeClock(), supervisor=supervisor
        )
        for writer in range(WRITERS):
            supervisor.essential(f"writer {writer}", write_for_ever(database, writer))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
