"""How often somebody may try keys that are not right."""

import math
from collections import OrderedDict
from datetime import timedelta
from ipaddress import IPv4Address, ip_network
from typing import Final

from wechat_scheduler.access.model import Address
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import ThrottledError

# A system whose key was changed asks a few times before somebody looks; whoever guesses, or floods
# the log, asks more.
MOST: Final = 20
PERIOD: Final = 60.0
# Addresses remembered at a time, in about a megabyte. Who has more than that to try from could
# forget himself; keys have 256 bits, so that this protects the log and the processor, not them.
ADDRESSES: Final = 4096


class Throttle:
    """Counts wrong keys by address, in the minute that begins with the first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, address: Address | None) -> None:
        """One more wrong key. Raises ThrottledError if there were too many."""
        now = self._clock.boottime()
        place = _place(address)
        until, count = self._counts.pop(place, (0.0, 0))
        if now >= until:
            until, count = now + PERIOD, 0
        self._counts[place] = (until, count + 1)
        if len(self._counts) > ADDRESSES:
            self._counts.popitem(last=False)
        if count >= MOST:
            pause = timedelta(seconds=math.ceil(until - now))
            raise ThrottledError("too many wrong API keys came from there", retry_after=pause)


def _place(address: Address | None) -> str:
    """Of IPv6 a customer has a whole network, /64 at the least."""
    if address is None or isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address), 64), strict=False))
