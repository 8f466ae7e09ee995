"""Who called what, and how often."""

from collections import Counter

import msgspec


class CallCount(msgspec.Struct, frozen=True, kw_only=True):
    """`errors` of the `count` calls were refused or played a fault. No appid: none was given."""

    endpoint: str
    appid: str
    count: int
    errors: int


class CallCounts:
    """Grows with the accounts in use, not with their calls."""

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, str]] = Counter()
        self._errors: Counter[tuple[str, str]] = Counter()

    def note(self, path: str, appid: str, *, failed: bool) -> None:
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
