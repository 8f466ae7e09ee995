"""The notification that a business system gets at a rotation."""

from dataclasses import dataclass, field
from typing import Protocol

from wechat_scheduler.credentials.model import Credential, Fault, JobKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """The state of a job for one receiver at `url`: the current value, or why there is none any more.

    `ended` is given only if the account withdrew its authorisation. `secret` (`whsec_…`) signs the
    call; if it is empty, the call is unsigned.
    """

    url: str = field(repr=False)
    key: JobKey
    subject: str
    credential: Credential | None
    ended: Fault | None = None
    secret: str = field(repr=False)


class NotificationSource(Protocol):
    """Looks up the content of a notification when it is sent, so that it is the newest."""

    async def notification(self, target: str) -> Notification | None:
        """The notification for the receiver that `target` names; None if the receiver is gone, or has
        nothing to learn."""
