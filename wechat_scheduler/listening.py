"""The socket that the daemon is called on."""

import errno
import socket

from wechat_scheduler.errors import StartError

# Callers that come while the loop is busy wait here; the kernel caps it at net.core.somaxconn.
BACKLOG = 1024


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises StartError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise StartError(f"cannot listen on {host} port {port}: {_reason(error)}") from error


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def url_of(listener: socket.socket) -> str:
    """The address by which a program on this machine reaches it."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where to call, not to bind
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "there is no such address"
    if error.errno == errno.EADDRINUSE:
        return "something else listens there; stop it, or choose another port with -p"
    if error.errno == errno.EACCES:
        return "ports below 1024 need a privilege; choose another with -p"
    return error.strerror or str(error)
