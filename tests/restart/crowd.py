"""Callers who ask the same thing again and again, and count every time they are let down.

They speak HTTP by hand: a library would quietly ask again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from tests.watched_clock import turn

Manner = Literal["keep-alive", "close"]


class Crowd:
    """Asks `path` of `host:port` and expects a 200 with `value` in it."""

    def __init__(self, host: str, port: int, path: str, *, key: str, value: str) -> None:
        self._place = (host, port)
        self._path = path
        self._key = key
        self._value = value.encode()
        self._over = False
        self._answered = asyncio.Condition()
        self.answers = 0
        self.failures: list[str] = []
        self.goodbyes = 0
        """How often a connection that was to stay was ended in good form."""
        self.longest = 0.0
        """The longest wait for an answer, the connection included, in seconds."""

    async def more(self, answers: int) -> None:
        """Wait until that many more came."""
        goal = self.answers + answers
        async with self._answered:
            await self._answered.wait_for(lambda: self.answers >= goal or self._over)

    def go_home(self) -> None:
        self._over = True

    async def caller(self, manner: Manner) -> None:
        """One of them, until they all go home."""
        while not self._over:
            started = asyncio.get_running_loop().time()
            try:
                reader, writer = await asyncio.open_connection(*self._place)
            except OSError as error:
                self.failures.append(f"{manner}: not connected: {error!r}")
                continue
            try:
                await self._converse(reader, writer, manner, started)
            except (OSError, EOFError) as error:
                self.failures.append(f"{manner}: no answer: {error!r}")
            finally:
                writer.close()

    async def _converse(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        manner: Manner,
        started: float,
    ) -> None:
        """Ask until the connection ends; that it ends is no failure if it was said, or is seen
        before anything is asked."""
        loop = asyncio.get_running_loop()
        request = (
            f"GET {self._path} HTTP/1.1\r\nHost: daemon\r\nX-API-Key: {self._key}\r\n"
            f"Connection: {manner}\r\n\r\n"
        ).encode()
        while not reader.at_eof():
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            await self._note(head, body, loop.time() - started)
            started = loop.time()
            await turn()  # an end that came with the answer is seen before anything is asked
            if b"\r\nconnection: close\r\n" in head:
                self.goodbyes += manner == "keep-alive"
                return
            if self._over:
                return

    async def _note(self, head: bytes, body: bytes, waited: float) -> None:
        if not head.startswith(b"http/1.1 200 ") or self._value not in body:
            self.failures.append(f"{head!r} {body!r}")
        self.longest = max(self.longest, waited)
        async with self._answered:
            self.answers += 1
            self._answered.notify_all()


@asynccontextmanager
async def crowd(
    url: str, path: str, *, key: str, value: str, staying: int, leaving: int
) -> AsyncIterator[Crowd]:
    """That many callers on connections that stay, and that many with a new one for each question,
    until the end of the block."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    people = Crowd(host, int(port), path, key=key, value=value)
    async with asyncio.TaskGroup() as group:
        for _ in range(staying):
            group.create_task(people.caller("keep-alive"))
        for _ in range(leaving):
            group.create_task(people.caller("close"))
        try:
            yield people
        finally:
            people.go_home()
