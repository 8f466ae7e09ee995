"""The nouns of the feed: what happened, in the order in which it is told."""

import enum
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from wechat_scheduler.engine.records import dataclass, field


class FeedKind(enum.StrEnum):
    """What an entry tells, as callers read it."""

    ROTATED = "credential.rotated"
    FAILED = "credential.failed"
    RECOVERED = "credential.recovered"
    REMOVED = "credential.removed"
    ENDED = "delivery.ended"
    FIRED = "reminder.fired"
    ACTED = "user.acted"
    ALERTED = "alert.changed"


OF_CREDENTIALS: Final = frozenset(
    (FeedKind.ROTATED, FeedKind.FAILED, FeedKind.RECOVERED, FeedKind.REMOVED)
)
# What is written whether a consumer follows it or not.
RARE: Final = OF_CREDENTIALS | {FeedKind.ALERTED}

# Entries that are kept, here and in the store, and for how long: a consumer that was away for longer reads
# what it needs again.
MOST: Final = 20_000
# What happens thousands of times a second is written only while it is followed, and for this long after.
WANTED: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """`kind` and `subject` name a credential of `appid`. `data` has ids, names and errcodes, never a secret.
    `sequence` is 0 until the entry has its place."""

    sequence: int = 0
    at: datetime
    what: FeedKind
    appid: str = ""
    kind: str = ""
    subject: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """`last` is the newest sequence that was given. From `often_since` on there are the entries of what happens
    often."""

    last: int = 0
    often_since: int = 0


class FeedStore(Protocol):
    """Stores entries with what they tell. Every method may raise StorageError."""

    async def arrange(self, *, now: datetime) -> FeedHead:
        """Give places to the entries that were committed and have none: places grow in the order in which
        readers can see the entries, on every process."""

    async def want(self, *, now: datetime) -> FeedHead:
        """Write what happens often, too, for WANTED from now on."""

    async def after(self, sequence: int, *, limit: int) -> Sequence[FeedEntry]:
        """The next entries."""

    async def before_newest(self, number: int) -> int:
        """The sequence after which there are that many entries; 0 if there are no more of them."""

    def on_change(self, listener: Callable[[], object]) -> None:
        """Call `listener` in the loop whenever there may be new entries. It may not be called for each."""
