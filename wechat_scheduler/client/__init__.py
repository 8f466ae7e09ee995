"""What a business app imports: `Client`, and the types of what it answers."""

from wechat_scheduler.client.client import Client
from wechat_scheduler.client.wire import Contest, Fault, Job, Receiver

__all__ = ["Client", "Contest", "Fault", "Job", "Receiver"]
