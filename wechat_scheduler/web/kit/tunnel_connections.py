"""The two ends of a tunnel. Each forwards what it receives to the other."""

import asyncio
from typing import cast


class TunnelConnection(asyncio.Protocol):
    """One end of a tunnel; it forwards what it receives to the other end, no faster than that accepts it."""

    def __init__(self) -> None:
        self.other: TunnelConnection | None = None
        self.transport: asyncio.Transport | None = None
        self.has_ended = False
        self.was_heard = True
        """Whether bytes came since this was last set to False."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.was_heard = True
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        """End one direction; the other may continue. Returns whether it does."""
        self.has_ended = True
        if self.other is None or self.other.transport is None:
            return False
        self.other.transport.write_eof()
        return not self.other.has_ended

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()
        self.other = self.transport = None

    def has_left(self) -> bool:
        return self.transport is None

    def cut(self) -> None:
        if self.transport is not None:
            self.transport.abort()
