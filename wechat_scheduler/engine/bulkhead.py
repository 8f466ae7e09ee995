"""Keeps receivers that hang from using up the slots of those that answer.

This is the bulkhead pattern: each purpose of outgoing calls has its own slots, and a receiver that was
slow gets fewer of them.
"""

import asyncio
import enum
from collections import Counter, deque
from datetime import timedelta
from itertools import count
from types import TracebackType
from typing import Final

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.counts import release
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import CrowdedError

# A call that waits for a slot holds one of its caller's. So it waits for quick receivers only, and
# not for long. A receiver that is called for the first time is classified by the first of its calls that ends.
PATIENCE: Final = timedelta(seconds=1)
FIRST_PATIENCE: Final = timedelta(milliseconds=100)

# A receiver whose last call took longer is not quick, and one that took much longer hangs.
QUICK: Final = timedelta(seconds=1)
HANGS: Final = timedelta(seconds=5)

# The pause of a call that got no slot, and the distance of further calls to the same receiver, because each
# try costs two transactions. The longer ones are for a receiver that hangs: one that was slow for a moment
# soon gets all that was put off. None waits longer than `LONGEST_TURN`.
TURN: Final = timedelta(seconds=2)
LONG_TURN: Final = timedelta(seconds=30)
SPACE: Final = timedelta(milliseconds=5)
LONG_SPACE: Final = timedelta(milliseconds=100)
LONGEST_TURN: Final = timedelta(minutes=1)

# Receivers that are remembered; the one that was called the longest time ago is forgotten first.
REMEMBERED: Final = 10_000

UNANSWERED = Sentence(
    "{receiver} has not answered earlier calls yet", "{receiver} 还没有回答此前的调用"
)
WAITS = Sentence("{receiver} has to wait for others", "{receiver} 须等别的调用先走")


class Pace(enum.IntEnum):
    """How long a receiver took for its last call."""

    QUICK = 0
    UNSURE = 1
    """None of its calls has ended yet, or the last was slow."""
    HANGS = 2


# The share of all places, in quarters, for receivers of that pace and those that are worse.
_SHARES: Final = (4, 3, 1)


@dataclass(slots=True, kw_only=True, eq=False)
class _Receiver:
    name: str
    is_part: bool
    is_new: bool = True
    """None of its calls has ended yet."""
    pace: Pace = Pace.UNSURE
    open: int = 0
    """Its calls under way."""
    turn: float = 0.0
    """The boottime of the last turn that was given to a call without a place."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Waiter:
    """A call that waits; `admitted` is the pace under which it got its slot."""

    receiver: _Receiver
    number: int
    called: asyncio.Event = field(default_factory=asyncio.Event)
    admitted: Pace | None = None


class Bulkhead:
    """At most `places` calls at once, which may be changed at any time. One receiver gets at most half of
    them, and one place while it hangs.

    A receiver may have parts that hang each by itself, such as WeChat's accounts: together they get half
    of the places, and each at most three quarters of that half."""

    def __init__(self, *, places: int, clock: Clock) -> None:
        self.places = places
        self._clock = clock
        self._receivers: dict[tuple[str, str], _Receiver] = {}
        self._open = [0] * len(Pace)
        self._busy: Counter[str] = Counter()
        self._waiters: dict[_Receiver, deque[_Waiter]] = {}
        self._numbers = count()

    def place(self, name: str, part: str = "") -> "Stay":
        """A slot for one call to the receiver of that name, or to a part of it, as `async with`. Raises
        CrowdedError if there is none.

        A TimeoutError in the block means that the receiver hangs.
        """
        return Stay(self, self._receiver(name, part), self._clock)

    async def enter(self, receiver: _Receiver) -> Pace:
        """Take a slot. Returns the pace that it is counted under."""
        if self._has_place(receiver):
            return self._admit(receiver)
        if receiver.pace is Pace.QUICK or receiver.is_new:
            waiter = _Waiter(receiver=receiver, number=next(self._numbers))
            await self._wait(waiter)
            if waiter.admitted is not None:
                return waiter.admitted
        reason = UNANSWERED if receiver.open else WAITS
        raise CrowdedError(reason.fill(receiver=receiver.name), retry_after=self._turn(receiver))

    def _turn(self, receiver: _Receiver) -> timedelta:
        now = self._clock.boottime()
        hangs = receiver.pace is Pace.HANGS
        pause, space = (LONG_TURN, LONG_SPACE) if hangs else (TURN, SPACE)
        turn = max(now + pause.total_seconds(), receiver.turn + space.total_seconds())
        receiver.turn = min(turn, now + LONGEST_TURN.total_seconds())
        return timedelta(seconds=receiver.turn - now)

    async def _wait(self, waiter: _Waiter) -> None:
        self._waiters.setdefault(waiter.receiver, deque()).append(waiter)
        try:
            patience = PATIENCE if waiter.receiver.pace is Pace.QUICK else FIRST_PATIENCE
            await self._clock.wait(waiter.called, patience)
        except BaseException:
            if waiter.admitted is not None:
                self.leave(waiter.receiver, waiter.admitted)
            raise
        finally:
            if not waiter.called.is_set():
                self._remove(waiter)

    def leave(self, receiver: _Receiver, pace: Pace) -> None:
        receiver.open -= 1
        self._open[pace] -= 1
        release(self._busy, receiver.name)
        if self._waiters:
            self._call_waiters()

    def _call_waiters(self) -> None:
        """Give the free slot to the first waiter that may take it. Calls that wait for a receiver
        that hangs now are rejected."""
        while firsts := [
            waiters[0]
            for receiver, waiters in self._waiters.items()
            if receiver.pace is Pace.HANGS or self._has_place(receiver)
        ]:
            waiter = min(firsts, key=lambda first: first.number)
            if self._has_place(waiter.receiver):
                waiter.admitted = self._admit(waiter.receiver)
            self._remove(waiter)
            waiter.called.set()

    def _remove(self, waiter: _Waiter) -> None:
        waiters = self._waiters[waiter.receiver]
        waiters.remove(waiter)
        if not waiters:
            del self._waiters[waiter.receiver]

    def _has_place(self, receiver: _Receiver) -> bool:
        pace = receiver.pace
        half = max(1, self.places // 2)
        most = max(1, half * 3 // 4) if receiver.is_part else half
        return (
            receiver.open < (1 if pace is Pace.HANGS else most)
            and self._busy[receiver.name] < half
            and sum(self._open[pace:]) < max(1, self.places * _SHARES[pace] // 4)
            and sum(self._open) < self.places
        )

    def _admit(self, receiver: _Receiver) -> Pace:
        receiver.open += 1
        self._open[receiver.pace] += 1
        self._busy[receiver.name] += 1
        return receiver.pace

    def _receiver(self, name: str, part: str) -> _Receiver:
        """The receiver, as the one that was called last."""
        known = self._receivers.pop((name, part), None)
        receiver = known or _Receiver(name=name, is_part=bool(part))
        self._receivers[name, part] = receiver
        while len(self._receivers) > REMEMBERED:
            del self._receivers[next(iter(self._receivers))]
        return receiver


class Stay:
    """The slot of a call under way. The caller sets `hangs` if the receiver does not answer in time, and
    `says_nothing` if it took the time itself, so that it tells nothing of the receiver."""

    __slots__ = ("_began", "_bulkhead", "_clock", "_pace", "_receiver", "hangs", "says_nothing")

    def __init__(self, bulkhead: Bulkhead, receiver: _Receiver, clock: Clock) -> None:
        self._bulkhead = bulkhead
        self._receiver = receiver
        self._clock = clock
        self.hangs = self.says_nothing = False

    async def __aenter__(self) -> "Stay":
        self._pace = await self._bulkhead.enter(self._receiver)
        self._began = self._clock.boottime()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        hangs = self.hangs or isinstance(error, TimeoutError)
        took = self._clock.boottime() - self._began
        if hangs or not self.says_nothing:
            self._receiver.pace = Pace.HANGS if hangs else _pace(took)
            self._receiver.is_new = False
        self._bulkhead.leave(self._receiver, self._pace)


def _pace(seconds: float) -> Pace:
    if seconds > HANGS.total_seconds():
        return Pace.HANGS
    return Pace.UNSURE if seconds > QUICK.total_seconds() else Pace.QUICK
