"""What a daemon consists of, without its HTTP side: to measure from a claim to its commit."""

import random
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from wechat_scheduler.access.links import Links
from wechat_scheduler.config import loading
from wechat_scheduler.daemon.credentials import Works, guarded_client, wire
from wechat_scheduler.daemon.opening import MIGRATIONS
from wechat_scheduler.daemon.stores import Stores, stores_on
from wechat_scheduler.engine.clock import Clock, SystemClock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.metrics.counters import Counters
from wechat_scheduler.storage.opening import open_database
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealing import Sealer
from wechat_scheduler.wechat.client import WeChatClient, client_session
from wechat_scheduler.wechat.tokens import issuers


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """The works of a daemon, standing; `supervisor` turns them."""

    works: Works
    stores: Stores
    supervisor: Supervisor
    clock: Clock


@asynccontextmanager
async def bare_works(
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
            "refresh.slots": str(slots),
            "callbacks.slots": str(slots),
        }
        config = loading.load(file=None, flags=flags, environ={}).config
        database = await open_database(
            config.state.database, migrations=MIGRATIONS, clock=clock, supervisor=supervisor
        )
        stack.push_async_callback(database.close)
        session = await stack.enter_async_context(client_session(connections=slots))
        client = WeChatClient(
            session=session, base=url, timeout=config.wechat.timeout, clock=clock, rng=rng
        )
        kinds = {issuer.kind: issuer for issuer in issuers(client, default_endpoint="token")}
        stores = stores_on(database, Vault(Sealer([bytes(32)])), kinds)
        guarded = await stack.enter_async_context(guarded_client(config.callbacks))
        links = Links(bytes(32), "")
        works = wire(config, stores, kinds, client, guarded, links, counters, clock=clock, rng=rng)
        yield Bare(works=works, stores=stores, supervisor=supervisor, clock=clock)
