"""The results of an attempt, before it is decided when the job is due next."""

from datetime import datetime, timedelta
from typing import TypeAlias

from wechat_scheduler.credentials.fault_sentences import INSTALL_NEWER, UNKNOWN_KIND
from wechat_scheduler.credentials.model import ClaimedJob, Fault, Identified, Issued, Spent
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.reasons import Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuance:
    """WeChat issued a value; its lifetime counts from `asked_at`, just before the call."""

    issued: Issued
    subject: str
    asked_at: datetime
    spent: Spent
    led_by: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotIssued:
    """WeChat issued nothing; the fields are those of `Failed` and `WeChatError`."""

    fault: Fault
    spent: Spent
    waits_on: str = ""
    seen: int = 0
    retry_after: timedelta | None = None


Result: TypeAlias = Issuance | NotIssued | Identified


def of_unknown_kind(job: ClaimedJob, now: datetime) -> NotIssued:
    """The kind is another version's, or the row is damaged."""
    fault = Fault(
        at=now,
        reaction=Reaction.OPERATOR,
        message=UNKNOWN_KIND.fill(kind=job.key.kind),
        advice=INSTALL_NEWER.en,
    )
    return NotIssued(fault=fault, spent=Spent())
