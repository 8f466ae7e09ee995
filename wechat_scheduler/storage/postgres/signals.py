"""Whether what one process signals is heard by others."""

import asyncio
import secrets
from datetime import timedelta

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.storage.database import Database

# A signal takes a millisecond; the first one waits for a connection.
HEARD_WITHIN = timedelta(seconds=5)


async def are_heard(database: Database, clock: Clock) -> bool:
    """Whether a signal arrives on a database that several processes share. Raises StorageError."""
    proof, listening, heard = secrets.token_hex(8), asyncio.Event(), asyncio.Event()
    events = {"": listening, proof: heard}
    database.on_signal(lambda payload: events.get(payload, listening).set())
    if not await clock.wait(listening, HEARD_WITHIN):
        return False
    await database.write(lambda: database.dialect.signal(proof))
    return await clock.wait(heard, HEARD_WITHIN)
