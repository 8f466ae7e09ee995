"""What a daemon consists of, without its HTTP side: to measure from a claim to its commit."""

import random
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from wechat_scheduler.config import loading
from wechat_scheduler.daemon.cores import Cores, wire
from wechat_scheduler.daemon.ground import Ground, open_ground
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.storage.migrate import MIGRATIONS
from wechat_scheduler.storage.opening import open_database


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """The cores of a daemon, standing."""

    ground: Ground
    cores: Cores


@asynccontextmanager
async def bare_cores(
    url: str, *, slots: int, counters: Counters, folder: Path | None = None
) -> AsyncIterator[Bare]:
    """On a SQLite database in `folder`, or in one that goes with it, towards the WeChat at `url`."""
    clock, rng = SystemClock(), random.Random(1)
    async with AsyncExitStack() as stack:
        place = folder or stack.enter_context(tempfile.TemporaryDirectory())
        supervisor = await stack.enter_async_context(Supervisor())
        flags = {
            "state.dir": str(place),
            "wechat.api": url,
            "wechat.connections": str(2 * slots),  # one path has half of them
            "wechat.access_token_endpoint": "token",
            "refresh.slots": str(slots),
            "callbacks.slots": str(2 * slots),
            "callbacks.connections": str(2 * slots),
        }
        config = loading.load(file=None, flags=flags, environ={}).config
        database = await open_database(
            config.state.database, migrations=MIGRATIONS, clock=clock, supervisor=supervisor
        )
        stack.push_async_callback(database.close)
        ground = await stack.enter_async_context(
            open_ground(config, database, supervisor, clock=clock, rng=rng)
        )
        ground = replace(ground, counters=counters)
        yield Bare(ground=ground, cores=wire(ground))
