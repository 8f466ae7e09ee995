"""The ports of the agent: a source of values, and outputs that they go to."""

from typing import Protocol

from wechat_scheduler.agent.forms import Values
from wechat_scheduler.agent.values import KeptValue, WantedCredential


class ValueSource(Protocol):
    """Knows the current values."""

    async def next(self, wanted: WantedCredential, known: KeptValue | None) -> KeptValue:
        """The current value if it is not the `known` one, else waits for the next.

        Raises CallError, RequestError.
        """


class Output(Protocol):
    """An output for the values of `wanted`. `label` names it in sentences and in the log."""

    label: str
    wanted: tuple[WantedCredential, ...]

    @property
    def until(self) -> float:
        """When `settle` has to be called again, by the clock that does not jump; 0 for no such time."""

    async def check(self) -> None:
        """Raises OutputError if it cannot be used as it is; changes nothing."""

    async def open(self) -> None:
        """Called once, before the first `settle`. Raises OutputError."""

    async def settle(self, values: Values | None) -> None:
        """Called on each change, and from time to time: updates the output. None means that a
        value is missing or has expired. Raises OutputError; is then called again."""

    async def close(self) -> None: ...
