"""The processes that share a store: each records with every pulse that it is alive."""

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.engine.records import dataclass

# A node without a sign for this long does not live, or does not reach the store. Pulses come every 5 s.
SILENT_AFTER: Final = timedelta(seconds=15)
# A node that died is shown this long.
KEPT: Final = timedelta(days=1)


class NodeState(enum.StrEnum):
    """The state of a node. `silent`: it died, hangs, or cannot reach the store. One that stops normally is
    removed at once."""

    ALIVE = "alive"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """`name` begins the names of its claims. `schema_version` is that of its program. Instants are the store's; `ahead` is the time that its
    machine's clock is ahead of the store's, negative if behind; `answer` how long the store took to say
    its time. Both are zero where the store has no clock of its own."""

    name: str
    host: str
    version: str
    started_at: datetime
    seen_at: datetime
    ahead: timedelta = timedelta(0)
    answer: timedelta = timedelta(0)
    schema_version: int = 0

    def state(self, now: datetime) -> NodeState:
        return NodeState.ALIVE if now - self.seen_at < SILENT_AFTER else NodeState.SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """A node, and the number of rows that it holds a claim on, by queue."""

    node: Node
    holds: Mapping[str, int]
