"""What WeChat owes to the accounts that gave it an address. No network here: see `carrier.py`."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from zlib import crc32

import structlog

from wechat_scheduler.sandbox.events import AccountPush
from wechat_scheduler.sandbox.options import AccountReceiver

log = structlog.get_logger(__name__)

# Each is carried by itself, so that a receiver that hangs does not hold up everybody.
LANES = 4
# A receiver that is slow for long must not fill the memory.
MOST_OWED = 20_000


@dataclass(slots=True)
class Lane:
    """What happened to one person goes down one lane, in order."""

    owed: deque[AccountPush] = field(default_factory=deque)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    one_carrier: asyncio.Lock = field(default_factory=asyncio.Lock)


class AccountPushes:
    def __init__(self) -> None:
        self._addresses: dict[str, AccountReceiver] = {}
        self.lanes = tuple(Lane() for _ in range(LANES))

    def register(self, callback: AccountReceiver) -> None:
        """Registering an account again replaces its address."""
        self._addresses[callback.appid] = callback

    def of(self, appid: str) -> AccountReceiver | None:
        return self._addresses.get(appid)

    def owe(self, notice: AccountPush) -> None:
        """Nothing is owed to an account without an address."""
        person = notice.person
        if person.appid not in self._addresses:
            return
        lane = self.lanes[crc32(person.openid.encode()) % LANES]
        if len(lane.owed) >= MOST_OWED:
            log.warning("sandbox.callback_dropped", appid=person.appid, name=notice.name)
            return
        lane.owed.append(notice)
        lane.bell.set()

    def ring(self) -> None:
        """Wake whoever carries, without anything to carry."""
        for lane in self.lanes:
            lane.bell.set()
