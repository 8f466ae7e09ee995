"""The client for business systems: `Client`, and the types of what it returns."""

from wechat_scheduler.client.client import Client
from wechat_scheduler.client.wire import ContestInfo as Contest
from wechat_scheduler.client.wire import FaultInfo as Fault
from wechat_scheduler.client.wire import JobInfo as Job
from wechat_scheduler.client.wire import ReceiverInfo as Receiver

__all__ = ["Client", "Contest", "Fault", "Job", "Receiver"]
