"""What the HTTP side asks of whoever keeps the metrics."""

from typing import Protocol


class Tally(Protocol):
    """Counts requests. Must neither block nor raise."""

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered. `route` is a pattern, such as `/task/{appid}/{type}`."""
        ...


class Page(Protocol):
    """What a monitoring system reads."""

    content_type: str

    async def render(self) -> bytes: ...
