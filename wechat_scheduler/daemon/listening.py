"""The daemon's listening socket: bound by this process, or handed over by systemd.

A socket that outlives its process loses no caller: callers wait in it while the daemon restarts.
systemd either stores the socket that we bound (its FD store) or binds one itself (a `.socket`
unit); both are handled alike.
"""

import errno
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import structlog

from wechat_scheduler.daemon.systemd import Notifier, PassedSocket
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import StartError

NOT_OURS: Final = (
    "this machine has no such address; give one of its own with --host, or 0.0.0.0 for all of them"
)

log = structlog.get_logger(__name__)

# The name of the socket in systemd's FD store.
NAME: Final = "http"

# Connections that wait while the event loop is busy; the kernel caps it at net.core.somaxconn.
BACKLOG: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningSocket:
    """`kept`: systemd holds the socket too, so that it outlives this process."""

    socket: socket.socket
    kept: bool

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    @property
    def url(self) -> str:
        """The URL for programs on this machine."""
        host, port = self.socket.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where to call, not to bind
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(
    host: str, port: int, *, passed: Sequence[PassedSocket], notifier: Notifier
) -> ListeningSocket:
    """The socket of `passed` that listens at that address, else a new one; port 0 takes a free port.

    All other sockets of `passed` are closed: they were bound under another configuration. Raises
    StartError.
    """
    try:
        # As bytes: a text would load the encoding of names beyond ASCII, which takes 3 ms.
        found = socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM)
        family, _, _, _, address = found[0]
        taken = next((it for it in passed if _listens_at(it.socket, family, address)), None)
        others = [it for it in passed if it is not taken]
        for other in others:
            _shut(other)
        dropped = any(other.name == NAME for other in others)
        if dropped:
            notifier.drop(NAME)
        if taken is not None:
            return ListeningSocket(socket=taken.socket, kept=not dropped)
        bound = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise StartError(f"cannot listen on {host} port {port}: {_reason(error)}") from error
    return ListeningSocket(socket=bound, kept=False)


def _listens_at(found: socket.socket, family: int, address: Any) -> bool:
    if found.family != family or not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return False
    host, port, *scope = found.getsockname()
    is_any_port = address[1] == 0
    return bool((host, 0 if is_any_port else port, *scope) == address)


def _shut(other: PassedSocket) -> None:
    """Close it for good. Closing alone is not enough: systemd's copy listens until systemd has read our
    message, and blocks a new address on the same port."""
    log.warning("listening.not_taken", name=other.name, address=_shown(other.socket))
    with suppress(OSError):
        other.socket.shutdown(socket.SHUT_RDWR)
    other.socket.close()


def _shown(found: socket.socket) -> str:
    name = found.getsockname()
    if not isinstance(name, tuple):  # the path of a Unix socket
        return str(name)
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "there is no such address; correct --host"
    if error.errno == errno.EADDRNOTAVAIL:
        return NOT_OURS
    if error.errno == errno.EADDRINUSE:
        return "something else listens there; stop it, or choose another port with -p"
    if error.errno == errno.EACCES:
        return "ports below 1024 need a privilege; choose another with -p"
    return os.strerror(error.errno or 0).lower()
