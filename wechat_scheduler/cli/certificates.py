"""The machine's certificates, which are read when the first connection by TLS needs them.

aiohttp makes two contexts when it is imported, and each reads the hundred and more certificates of a
machine. That takes 45 ms, and most commands and starts open no such connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from ssl import SSLContext
from typing import Any

CONNECTING = ("wrap_bio", "wrap_socket")


@contextmanager
def read_late() -> Iterator[None]:
    """A context that is to read the certificates in this block reads them with its first connection."""
    SSLContext.set_default_verify_paths = _put_off  # type: ignore[assignment, method-assign] # until the block ends
    try:
        yield
    finally:
        del SSLContext.set_default_verify_paths


def _put_off(context: SSLContext) -> None:
    for name in CONNECTING:
        setattr(context, name, partial(_read, context, name))


def _read(context: SSLContext, connecting: str, *args: Any, **settings: Any) -> Any:
    context.set_default_verify_paths()
    for name in CONNECTING:  # of the class again
        vars(context).pop(name, None)
    return getattr(context, connecting)(*args, **settings)
