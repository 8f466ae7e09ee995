"""The machine's certificates, which are read when the first connection by TLS needs them.

aiohttp makes two contexts when it is imported, and each reads the hundred and more certificates of a
machine. That takes 45 ms, and most commands and starts open no such connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from ssl import CERT_NONE, SSLContext
from threading import Lock
from typing import Any, Final

_CONNECTING: Final = ("wrap_bio", "wrap_socket")
_PUT_OFF: Final[list[SSLContext]] = []
_READING: Final = Lock()


@contextmanager
def read_late() -> Iterator[None]:
    """A context that is to read the certificates in this block reads them with its first connection."""
    SSLContext.set_default_verify_paths = _put_off  # type: ignore[assignment, method-assign] # until the block ends
    try:
        yield
    finally:
        del SSLContext.set_default_verify_paths


def read_now() -> None:
    """Reads what was put off, for the contexts that verify. In a thread it keeps no other waiting."""
    for context in _PUT_OFF:
        if context.verify_mode is not CERT_NONE:
            _read(context)


def _put_off(context: SSLContext) -> None:
    _PUT_OFF.append(context)
    for name in _CONNECTING:
        setattr(context, name, partial(_connect, context, name))


def _connect(context: SSLContext, name: str, *args: Any, **settings: Any) -> Any:
    _read(context)
    return getattr(context, name)(*args, **settings)


def _read(context: SSLContext) -> None:
    with _READING:
        if _CONNECTING[0] not in vars(context):
            return
        context.set_default_verify_paths()
        for name in _CONNECTING:  # are the methods of the class again
            delattr(context, name)
