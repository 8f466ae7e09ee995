"""A wire between a daemon and PostgreSQL that can be held, or cut, in one direction or both."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SOCKET = ".s.PGSQL.5432"
CHUNK = 65_536


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
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pump(reader, here, self._forth))
                group.create_task(_pump(there, writer, self._back))
        finally:
            self._connections -= ends


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flows: asyncio.Event
) -> None:
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            await flows.wait()
            writer.write(data)
            await writer.drain()
    writer.close()


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
