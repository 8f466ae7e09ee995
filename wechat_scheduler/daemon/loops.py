"""The loops of the daemon, each named once.

Opening, closing, readiness, the metrics and the tests all go through the tuple that `all_loops` returns.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from wechat_scheduler.credentials.standstill import EVERY as BEAT
from wechat_scheduler.daemon.cores import Cores
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.daemon.pulse import EVERY as PULSE
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.engine.rounds import Rounds
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.web.kit.connections import EVERY as LOOK
from wechat_scheduler.web.kit.connections import Connections

RowT = TypeVar("RowT")
OutcomeT = TypeVar("OutcomeT")


class Claims(Protocol):
    """A store whose rows a loop claims."""

    async def release(self, *, now: datetime) -> None:
        """Give back every claim. Raises StorageError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A service that runs until it is told to stop, and then finishes its work in progress.

    `name` is what the metrics, /readyz and the log call it. Only a loop over rows that fall due has
    the others: `turn` makes one pass and returns the number of rows, `healthy` tells whether `run`
    is on time, and `claims` is the store that the rows are claimed from.
    """

    name: str
    run: Callable[[], Coroutine[Any, Any, None]]
    stop: Callable[[], None]
    turn: Callable[[], Awaitable[int]] | None = None
    healthy: Callable[[], bool] | None = None
    claims: Claims | None = None


def all_loops(cores: Cores, ground: Ground, connections: Connections) -> tuple[Loop, ...]:
    """Every loop, in the order in which the tests turn them."""
    stores, clock = ground.stores, ground.clock
    standstill = cores.credentials.manager.standstill
    return (
        _over_rows("refreshing", cores.credentials.clockwork, stores.credentials),
        _over_rows("reminding", cores.reminders.clockwork, stores.due),
        _over_rows("dispatching", cores.delivery.clockwork, stores.outbox),
        _over_rows("hearing", cores.pushes.clockwork, stores.events),
        _of_chores("pulse", Rounds(cores.pulse.run_once, every=PULSE, clock=clock)),
        _of_chores("standstill", Rounds(standstill.beat, every=BEAT, clock=clock)),
        _of_chores("rounds", cores.rounds),
        _of_chores("connections", Rounds(connections.cut_slow, every=LOOK, clock=clock)),
    )


def _of_chores(name: str, rounds: Rounds) -> Loop:
    return Loop(name=name, run=rounds.run, stop=rounds.stop)


def _over_rows(name: str, clockwork: Clockwork[RowT, OutcomeT], claims: Claims) -> Loop:
    return Loop(
        name=name,
        run=clockwork.run,
        stop=clockwork.stop,
        turn=clockwork.run_once,
        healthy=clockwork.healthy,
        claims=claims,
    )


async def release_claims(loops: Sequence[Loop], now: datetime) -> None:
    """Give back the rows that a dead process had claimed. Raises StorageError."""
    for loop in loops:
        if loop.claims is not None:
            await loop.claims.release(now=now)


def start(loops: Sequence[Loop], supervisor: Supervisor) -> list[asyncio.Task[None]]:
    """Run every loop; the failure of one ends the process."""
    return [supervisor.essential(loop.name, loop.run()) for loop in loops]


async def wind_down(loops: Sequence[Loop], running: Sequence[asyncio.Task[None]]) -> None:
    """Stop every loop and wait for it: attempts in progress run to their end, under their timeouts."""
    for loop in loops:
        loop.stop()
    await asyncio.wait(running)


def turning(loops: Sequence[Loop]) -> dict[str, bool]:
    """Whether each loop over rows is on time, by name."""
    return {loop.name: loop.healthy() for loop in loops if loop.healthy is not None}
