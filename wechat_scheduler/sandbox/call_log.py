"""Counts of calls, and the newest refused calls by their `rid`."""

import random
from collections import Counter, OrderedDict
from datetime import datetime

import msgspec

from wechat_scheduler.engine.records import dataclass, field

MOST_REFUSED = 1_000


class CallCount(msgspec.Struct, frozen=True, kw_only=True):
    """`errors` of the `count` calls failed. `appid` is empty for calls that named no account."""

    endpoint: str
    appid: str
    count: int
    errors: int


class CallCounts:
    def __init__(self) -> None:
        self._calls: Counter[tuple[str, str]] = Counter()
        self._errors: Counter[tuple[str, str]] = Counter()

    def add(self, path: str, appid: str, *, failed: bool) -> None:
        self._calls[path, appid] += 1
        if failed:
            self._errors[path, appid] += 1

    def total(self, path: str | None, appid: str | None) -> int:
        """Calls to `path` by `appid`; None means any."""
        return sum(
            count
            for (its_path, its_appid), count in self._calls.items()
            if path in (None, its_path) and appid in (None, its_appid)
        )

    def all(self) -> list[CallCount]:
        return [
            CallCount(endpoint=path, appid=appid, count=count, errors=self._errors[path, appid])
            for (path, appid), count in sorted(self._calls.items())
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCall:
    """As `openapi/rid/get` returns it: with the secrets and tokens of the request, as WeChat does."""

    appid: str
    at: datetime
    query: str = field(repr=False)
    request_body: str = field(repr=False)
    response_body: str = field(repr=False)
    client_ip: str


class RefusedCalls:
    """Keeps the newest thousand. WeChat keeps seven days."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._by_rid: OrderedDict[str, RefusedCall] = OrderedDict()

    def new_rid(self, now: datetime) -> str:
        """`xxxxxxxx-xxxxxxxx-xxxxxxxx` in hexadecimal; the first part is the Unix time."""
        parts = (int(now.timestamp()), self._rng.getrandbits(32), self._rng.getrandbits(32))
        return "-".join(f"{part:08x}" for part in parts)

    def add(self, rid: str, call: RefusedCall) -> None:
        self._by_rid[rid] = call
        if len(self._by_rid) > MOST_REFUSED:
            self._by_rid.popitem(last=False)

    def find(self, rid: str) -> RefusedCall | None:
        return self._by_rid.get(rid)
