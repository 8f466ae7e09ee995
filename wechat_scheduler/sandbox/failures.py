"""The calls that were refused, by the `rid` that WeChat prints into `errmsg`."""

import random
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

REMEMBERED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What `openapi/rid/get` tells. The query and both bodies are repeated as they were, as WeChat
    does: secrets and tokens are in them."""

    appid: str
    at: datetime
    query: str = field(repr=False)
    request_body: str = field(repr=False)
    response_body: str = field(repr=False)
    client_ip: str


class Failures:
    """Remembers the newest thousand; WeChat keeps them for seven days."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._by_rid: OrderedDict[str, Failure] = OrderedDict()

    def new_rid(self, now: datetime) -> str:
        """`xxxxxxxx-xxxxxxxx-xxxxxxxx` in hexadecimal, the first part being the Unix time."""
        parts = (int(now.timestamp()), self._rng.getrandbits(32), self._rng.getrandbits(32))
        return "-".join(f"{part:08x}" for part in parts)

    def remember(self, rid: str, failure: Failure) -> None:
        self._by_rid[rid] = failure
        if len(self._by_rid) > REMEMBERED:
            self._by_rid.popitem(last=False)

    def find(self, rid: str) -> Failure | None:
        return self._by_rid.get(rid)
