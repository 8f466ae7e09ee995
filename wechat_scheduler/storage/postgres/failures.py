"""Sorts the failures of asyncpg: collisions, trouble of the server or the network, and bugs of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg

from wechat_scheduler.errors import StorageError
from wechat_scheduler.storage.database import LACKING
from wechat_scheduler.storage.postgres.connections import said

# Another transaction interfered, or the schema changed under a cached plan: the unit runs again.
COLLISIONS: Final = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InvalidCachedStatementError,
)
# The server, its disk or the network is at fault. Other errors mean a wrong statement.
_TROUBLE: Final = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # asyncpg's pool used a connection that the server was closing.
    asyncpg.InternalClientError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ObjectNotInPrerequisiteStateError,  # the database refuses the connections
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresSystemError,
)


@contextmanager
def explained() -> Iterator[None]:
    """Raises StorageError for trouble. Other errors are bugs of ours, but for COLLISIONS."""
    try:
        yield
    except _TROUBLE as error:
        raise StorageError(f"PostgreSQL failed: {said(error)}") from error
    except AttributeError as error:
        if not _is_of_a_lost_connection(error):
            raise
        raise StorageError("PostgreSQL failed: the connection was lost") from error
    except asyncpg.UndefinedTableError as error:
        if '"meta"' in str(error):  # the database is not ours
            raise
        raise StorageError(f"the database is incomplete: {error}; {LACKING}") from error


def _is_of_a_lost_connection(error: AttributeError) -> bool:
    """Whether it is asyncpg's own: it forgets its protocol with the connection, which may be lost between the steps
    of a statement."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = trace.tb_frame.f_globals.get("__name__", "") if trace else ""
    return str(module).startswith("asyncpg.")
