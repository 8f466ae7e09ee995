"""The socket that the daemon is called on: bound, or handed over by systemd.

A socket that outlives its process loses no caller: who comes while the daemon restarts waits in it.
systemd keeps the one that we bound (its FD store), or has bound one itself (a `.socket` unit); for
us the two are the same.
"""

import errno
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog

from wechat_scheduler.daemon.systemd import Notifier, Passed
from wechat_scheduler.errors import StartError

log = structlog.get_logger(__name__)

# What the socket is called in systemd's keeping.
NAME: Final = "http"

# Callers that come while the loop is busy wait here; the kernel caps it at net.core.somaxconn.
BACKLOG: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningSocket:
    """`kept`: it stays open without this process, because systemd has it, too."""

    socket: socket.socket
    kept: bool

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    @property
    def url(self) -> str:
        """The address by which a program on this machine reaches it."""
        host, port = self.socket.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where to call, not to bind
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(
    host: str, port: int, *, passed: Sequence[Passed], notifier: Notifier
) -> ListeningSocket:
    """The one of `passed` that listens there, else one that is bound now; port 0 takes a free one.

    The others are shut and kept no longer: the configuration was another when they were bound.
    Raises StartError.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
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


def _shut(other: Passed) -> None:
    """Closing would not do: systemd's own copy goes on listening until it has read our message,
    and stands in the way of a new address on the same port."""
    log.warning("listening.not_taken", name=other.name, address=str(other.socket.getsockname()))
    with suppress(OSError):
        other.socket.shutdown(socket.SHUT_RDWR)
    other.socket.close()


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "there is no such address"
    if error.errno == errno.EADDRINUSE:
        return "something else listens there; stop it, or choose another port with -p"
    if error.errno == errno.EACCES:
        return "ports below 1024 need a privilege; choose another with -p"
    return os.strerror(error.errno or 0).lower()
