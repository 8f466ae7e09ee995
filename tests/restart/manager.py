"""systemd's side of sd_notify(3): hears what services say, and keeps their descriptors."""

import asyncio
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wechat_scheduler.daemon.listening import NAME

LAUNCHER = str(Path(__file__).with_name("launch.py"))


class Manager:
    """Listens at `address` while it is open, on a loop that runs."""

    def __init__(self, channel: socket.socket, address: str) -> None:
        self.address = address
        self.heard: list[Mapping[str, str]] = []
        """Every message, by the names of its lines."""
        self.kept: dict[str, socket.socket] = {}
        """The FD store."""
        self._channel = channel
        self._spoke = asyncio.Event()

    @property
    def environ(self) -> dict[str, str]:
        return {"NOTIFY_SOCKET": self.address}

    @property
    def states(self) -> list[str]:
        """The first line of every message."""
        return ["=".join(next(iter(message.items()))) for message in self.heard]

    async def hears(self, state: str, *, times: int = 1) -> Mapping[str, str]:
        """Wait until that was said so often; returns the message."""
        name, _, value = state.partition("=")
        while True:
            found = [message for message in self.heard if message.get(name) == value]
            if len(found) >= times:
                return found[times - 1]
            self._spoke.clear()
            await self._spoke.wait()

    def listen(self) -> None:
        """Take in what has come."""
        data, descriptors, _, _ = socket.recv_fds(self._channel, 65536, 4)
        message = dict(line.split("=", 1) for line in data.decode().splitlines())
        if "FDSTORE" in message:
            (self.kept[message["FDNAME"]],) = (socket.socket(fileno=it) for it in descriptors)
        if "FDSTOREREMOVE" in message:
            self.forget(message["FDNAME"])
        self.heard.append(message)
        self._spoke.set()

    def forget(self, name: str) -> None:
        if name in self.kept:
            self.kept.pop(name).close()


@contextmanager
def manager(folder: Path, address: str = "") -> Iterator[Manager]:
    """One that listens in `folder`, or at `address`, which may be an abstract one (`@name`)."""
    address = address or str(folder / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(address.replace("@", "\0"))
        running = Manager(channel, address)
        loop = asyncio.get_running_loop()
        loop.add_reader(channel, running.listen)
        try:
            yield running
        finally:
            loop.remove_reader(channel)
            for name in list(running.kept):
                running.forget(name)


def handing(held: socket.socket, name: str = NAME) -> dict[str, Any]:
    """The options of `program` that make it inherit this socket."""
    descriptor = held.fileno()
    return {
        "launcher": (sys.executable, "-S", LAUNCHER, str(descriptor), name),
        "pass_fds": (descriptor,),
    }
