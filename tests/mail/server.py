"""A mail server on a real socket: enough of SMTP for a client that is careful."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

USER, PASSWORD = "ops", "s3cret-of-ops"


@dataclass(slots=True, kw_only=True)
class MailServer:
    """`tls` is for STARTTLS, or from the start if it is `implicit`. With `login`, mail needs USER and PASSWORD.
    `replies` replaces the reply to a command (`"RCPT": b"550 no such user"`), or to one line; `None` hangs."""

    tls: ssl.SSLContext | None = None
    implicit: bool = False
    login: bool = False
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    replies: dict[str, bytes | None] = field(default_factory=dict)
    _talks: set[asyncio.Task[object]] = field(default_factory=set)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await self._talk(reader, writer)
        finally:
            writer.transport.abort()

    async def end(self) -> None:
        """Break off what is still said."""
        for task in self._talks:
            task.cancel()
        if self._talks:
            await asyncio.wait(self._talks)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure, known = self.implicit, not self.login
        writer.write(b"220 mail.example.com ESMTP\r\n")
        while line := (await reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            self.commands.append(verb if verb == "AUTH" else line)
            if line in self.replies or verb in self.replies:
                reply = self.replies[line if line in self.replies else verb]
                if reply is None:
                    await asyncio.Event().wait()
                writer.write((reply or b"") + b"\r\n")
            elif verb == "EHLO":
                writer.write(self._features(secure))
            elif verb == "STARTTLS":
                writer.write(b"220 go\r\n")
                await writer.drain()
                await writer.start_tls(self.tls)
                secure = True
            elif verb == "AUTH":
                known = rest.split()[-1] == _plain() and secure
                writer.write(b"235 ok\r\n" if known else b"535 wrong password of ops\r\n")
            elif verb in ("MAIL", "RCPT"):
                writer.write(b"250 ok\r\n" if known else b"530 login first\r\n")
            elif verb == "DATA":
                await self._take(reader, writer)
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()
        await writer.drain()

    def _features(self, secure: bool) -> bytes:
        offers = [
            *(["STARTTLS"] if self.tls and not secure else []),
            *(["AUTH PLAIN"] if secure else []),
        ]
        lines = ["mail.example.com", *offers]
        return "".join(f"250-{line}\r\n" for line in lines).encode() + b"250 8BITMIME\r\n"

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"354 go on\r\n")
        await writer.drain()
        data = await reader.readuntil(b"\r\n.\r\n")
        message = message_from_bytes(data.removesuffix(b".\r\n"), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        writer.write(b"250 queued\r\n")


def _plain() -> str:
    return base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()


@asynccontextmanager
async def mail_server(**wish: object) -> AsyncIterator[MailServer]:
    found = MailServer(**wish)  # type: ignore[arg-type]
    context = found.tls if found.implicit else None
    server = await asyncio.start_server(found.talk, "127.0.0.1", 0, ssl=context)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await found.end()
