"""sd_notify(3) and sd_listen_fds(3) in plain Python.

A daemon that was not started by systemd sends nothing and gets no sockets.
"""

import os
import socket
from array import array
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

import structlog

from wechat_scheduler.engine.clock import monotonic_micros

log = structlog.get_logger(__name__)

FIRST_DESCRIPTOR: Final = 3


class PassedSocket(NamedTuple):
    """A socket that systemd opened or stored, with its name."""

    name: str
    socket: socket.socket


def passed(*, pid: int | None, count: int, names: Sequence[str]) -> list[PassedSocket]:
    """The sockets of $LISTEN_PID, $LISTEN_FDS and $LISTEN_FDNAMES.

    Empty if `pid` is another process: children inherit the variables.
    """
    if pid != os.getpid():
        return []
    handed = zip_longest(range(count), names[:count], fillvalue="")
    found = (_adopt(FIRST_DESCRIPTOR + int(place), name) for place, name in handed)
    return [it for it in found if it is not None]


def _adopt(descriptor: int, name: str) -> PassedSocket | None:
    try:
        handed = socket.socket(fileno=descriptor)
    except OSError as error:
        log.warning("systemd.no_socket", name=name, error=str(error))
        return None
    handed.set_inheritable(False)
    return PassedSocket(name, handed)


class Notifier:
    """Sends messages to the service manager at `address` ($NOTIFY_SOCKET), or nothing if it is None.

    A message that cannot be sent is logged; the daemon continues.
    """

    def __init__(self, address: str | None) -> None:
        self._address = address or ""
        if self._address.startswith("@"):  # in the abstract namespace
            self._address = f"\0{self._address[1:]}"

    def ready(self, status: str) -> None:
        """Report the end of the start or of a reload; `systemctl status` shows `status`."""
        self._send("READY=1", _status(status))

    def reloading(self) -> None:
        """Report the start of a reload; `ready` ends it. `Type=notify-reload` requires the time."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={monotonic_micros()}")

    def stopping(self) -> None:
        self._send("STOPPING=1", _status("finishing work in progress"))

    def succeeded_by(self, pid: int) -> None:
        """Report the process that takes over the service; it reports everything else itself."""
        self._send(f"MAINPID={pid}")
        self._address = ""

    def stopped(self) -> None:
        """Report the stop: `systemctl status` keeps showing the last status of a stopped unit."""
        self._send(_status("stopped"))

    def alive(self) -> None:
        """Send a heartbeat; systemd expects one at least every $WATCHDOG_USEC."""
        self._send("WATCHDOG=1")

    def keep(self, name: str, held: socket.socket) -> None:
        """Store a descriptor of `held` in systemd, where it outlives this process."""
        descriptors = array("i", [held.fileno()])
        self._send(
            "FDSTORE=1",
            f"FDNAME={name}",
            rights=[(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors.tobytes())],
        )

    def drop(self, name: str) -> None:
        """Close all descriptors that systemd stores under `name`."""
        self._send("FDSTOREREMOVE=1", f"FDNAME={name}")

    def _send(self, *lines: str, rights: Sequence[tuple[int, int, bytes]] = ()) -> None:
        if not self._address:
            return
        message = "\n".join(lines).encode()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
                channel.connect(self._address)
                channel.sendmsg([message], rights)
        except OSError as error:
            log.warning("systemd.not_told", state=lines[0], error=str(error))


def _status(text: str) -> str:
    """The status in one line: line breaks separate the fields of a message."""
    return f"STATUS={' '.join(text.splitlines())}"
