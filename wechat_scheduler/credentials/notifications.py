"""What a business system is told about a rotation."""

from dataclasses import dataclass, field
from typing import Protocol

from wechat_scheduler.credentials.model import Credential, Fault, JobKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """How a job stands, for one receiver: its current value, or why there is none any more.

    `ended` is given only where the account took its authorisation back. `secret` (`whsec_…`) signs
    the call; empty: unsigned.
    """

    url: str = field(repr=False)
    key: JobKey
    subject: str
    credential: Credential | None
    ended: Fault | None = None
    secret: str = field(repr=False)


class NotificationSource(Protocol):
    """Where a notice's content is found when it is sent, so that it is the newest."""

    async def notification(self, target: str) -> Notification | None:
        """None if the receiver has withdrawn, or there is nothing to tell."""
        ...
