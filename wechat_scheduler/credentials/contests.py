"""Detects another program that fetches the same credential."""

from datetime import datetime, timedelta

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.fault_sentences import (
    CONTESTED,
    ELSE_STOP_IT,
    FORCED,
    STOP_IT,
    USE_STABLE,
)
from wechat_scheduler.credentials.model import (
    ACCESS_TOKEN,
    ClaimedJob,
    Contest,
    Credential,
    Renewal,
)
from wechat_scheduler.credentials.results import Issuance

# WeChat's documentation. 获取接口调用凭据: each new token ends the one before it. 获取稳定版接口调用凭据:
# independent of the former, and the same token for every caller that does not force a new one.
_STABLE = f"{USE_STABLE.en}; {ELSE_STOP_IT.en}"


def contested(job: ClaimedJob, issuance: Issuance) -> Contest | None:
    """The contest that `issuance`, a new value, reveals; None if it reveals none.

    It does if the old value was reported as dead long before its expiry and the new one was not
    forced. From `stable_token` a new value proves it; elsewhere every call returns a new value, so
    that only the report indicates it.
    """
    kept = job.credential
    if kept is None or not job.suspect or issuance.spent.forced_at is not None:
        return None
    if not _ended_early(kept, asked_at=issuance.asked_at, longest=job.longest):
        return None
    return Contest(at=issuance.asked_at, message=CONTESTED.en, advice=_advice(job, issuance))


def _ended_early(kept: Credential, *, asked_at: datetime, longest: timedelta) -> bool:
    """Whether a replaced value had more lifetime left than the last minutes, in which WeChat itself
    replaces it."""
    last_minutes = (policy.MARGIN + policy.REPEAT_FLOOR) * policy.scale(longest)
    return kept.expires_at - asked_at > last_minutes


def _advice(job: ClaimedJob, issuance: Issuance) -> str:
    if issuance.issued.renewal is Renewal.LATE:
        return FORCED.en
    return _STABLE if job.key.kind == ACCESS_TOKEN else STOP_IT.en
