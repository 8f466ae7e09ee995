"""What a business system is told about a rotation."""

from dataclasses import dataclass, field
from typing import Protocol

from wechat_scheduler.credentials.model import Credential, JobKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The current value of a job, for one receiver. `secret` (`whsec_…`) signs it; empty: unsigned."""

    url: str = field(repr=False)
    key: JobKey
    subject: str
    credential: Credential
    secret: str = field(repr=False)


class NoticeSource(Protocol):
    """Where a notice's content is found when it is sent, so that it is the newest."""

    async def notice(self, target: str) -> Notice | None:
        """None if the receiver has withdrawn, or there is nothing to tell."""
        ...
