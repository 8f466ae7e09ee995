"""A sandbox and a daemon that run on a thread of their own, while a browser is driven from the test's."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests.house import in_memory
from tests.sending.town import Town, town
from wechat_scheduler.engine.clock import SystemClock

T = TypeVar("T")

# In seconds. A daemon answers at once, and a loaded machine takes its time.
PATIENCE = 60


class Background:
    """A town whose loops turn by the system's clock. It is touched on its own thread only: by `run`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.town: Town

    @property
    def url(self) -> str:
        return self.town.caller.daemon.url

    @property
    def admin_key(self) -> str:
        return self.town.caller.daemon.admin_key

    @property
    def sandbox(self) -> Any:
        return self.town.wechat.sandbox

    def run(self, work: Coroutine[Any, Any, T], *, patience: float = PATIENCE) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(patience)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The result of a call of our API with the admin key."""
        return self.run(self.town.call(method, path, body)).result


@contextmanager
def background(state: Path) -> Iterator[Background]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="background")
    thread.start()
    place = Background(loop)
    building = town(state, clock=SystemClock(), opener=in_memory)
    try:
        place.town = place.run(building.__aenter__())
        yield place
        place.run(building.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()
