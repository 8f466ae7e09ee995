"""The client for business systems: `Client` for event loops, `SyncClient` for threads, and the types of what
they return.

Each is imported when it is first used, so that an app pays for what it takes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wechat_scheduler.client.answers import ContestInfo as Contest
    from wechat_scheduler.client.answers import FaultInfo as Fault
    from wechat_scheduler.client.answers import JobInfo as Job
    from wechat_scheduler.client.answers import ReceiverInfo as Receiver
    from wechat_scheduler.client.client import Client
    from wechat_scheduler.client.kept import Fetched
    from wechat_scheduler.client.sync_client import SyncClient

__all__ = ["Client", "Contest", "Fault", "Fetched", "Job", "Receiver", "SyncClient"]

_PLACES = {
    "Client": ("client", "Client"),
    "Contest": ("answers", "ContestInfo"),
    "Fault": ("answers", "FaultInfo"),
    "Fetched": ("kept", "Fetched"),
    "Job": ("answers", "JobInfo"),
    "Receiver": ("answers", "ReceiverInfo"),
    "SyncClient": ("sync_client", "SyncClient"),
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), attribute)
    return found
