"""A wire between a daemon and PostgreSQL that can be held, or cut, in one direction or both."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SOCKET = ".s.PGSQL.5432"
CHUNK = 65_536
COMMIT = b"COMMIT;"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostCommit:
    """A COMMIT that does not arrive, or, if it `reaches` the server, whose answer does not. Then the connection
    `closes`, or is silent until its client gives up."""

    reaches: bool
    closes: bool
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Wire:
    """Forwards between a socket in `folder` and PostgreSQL's. What is held is not lost: it arrives later.
    `attempts` counts those who connected, also in vain."""

    def __init__(self, folder: Path, url: str) -> None:
        parts = urlsplit(url)
        (server,) = parse_qs(parts.query)["host"]
        self._server = Path(server) / SOCKET
        self.url = parts._replace(query=f"host={folder}").geturl()
        self._forth, self._back = asyncio.Event(), asyncio.Event()
        self._is_cut = False
        self.attempts = 0
        self._connections: set[asyncio.StreamWriter] = set()
        self._lost: LostCommit | None = None
        self.heal()

    def hold(self, *, forth: bool = True, back: bool = True) -> None:
        """Forward nothing more to (`forth`) or from (`back`) the server, and close nothing."""
        for direction, held in ((self._forth, forth), (self._back, back)):
            if held:
                direction.clear()

    def cut(self) -> None:
        """Close every connection, and accept none."""
        self._is_cut = True
        for connection in self._connections:
            connection.close()

    def lose_commit(self, *, reaches: bool, closes: bool) -> None:
        """Lose the next COMMIT, with its connection. The others are not harmed."""
        self._lost = LostCommit(reaches=reaches, closes=closes)

    @property
    def will_be_silent(self) -> bool:
        """Whether the next COMMIT is lost, and its connection then silent."""
        return self._lost is not None and not self._lost.closes

    def heal(self) -> None:
        """Forward again, in both directions."""
        self._is_cut = False
        self._forth.set()
        self._back.set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        self.attempts += 1
        if self._is_cut:
            writer.close()
            return
        there, here = await asyncio.open_unix_connection(str(self._server))
        ends = {writer, here}
        self._connections |= ends
        losses: list[LostCommit] = []
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._ask(reader, here, losses))
                group.create_task(self._answer(there, writer, losses))
        finally:
            self._connections -= ends

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, losses: list[LostCommit]
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._forth.wait()
                if self._lost is not None and COMMIT in data:
                    loss, self._lost = self._lost, None
                    losses.append(loss)
                    await _lose(data, reader, writer, loss)
                    break
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, losses: list[LostCommit]
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._back.wait()
                for loss in losses:
                    loss.answered.set()
                if not losses:
                    writer.write(data)
                    await writer.drain()
        writer.close()


async def _lose(
    data: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, loss: LostCommit
) -> None:
    if loss.reaches:
        writer.write(data)
        await writer.drain()
        await loss.answered.wait()
    while not loss.closes and await reader.read(CHUNK):
        pass


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[Wire]:
    """A wire to the database of that URL."""
    with tempfile.TemporaryDirectory(prefix="wire", dir="/tmp") as folder:
        wire = Wire(Path(folder), url)
        server = await asyncio.start_unix_server(wire.connect, str(Path(folder) / SOCKET))
        try:
            yield wire
        finally:
            wire.heal()
            server.close()
            wire.cut()
