"""A job as JSON, for people and programs that look after it."""

from datetime import datetime

import msgspec
from yarl import URL

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.model import Contest, Fault
from wechat_scheduler.credentials.views import JobView, Receiver
from wechat_scheduler.web.kit.kinds import KindTable


class FaultResult(msgspec.Struct):
    """Why the last attempt failed, and what somebody can do about it."""

    at: datetime
    reaction: str
    message: str
    advice: str
    endpoint: str
    errcode: int | None
    rid: str


class ContestResult(msgspec.Struct):
    """Who else seems to be at this credential, and what to do about it."""

    at: datetime
    message: str
    advice: str


class ReceiverResult(msgspec.Struct):
    """`state` is that of the last notification: "", pending, delivered or cancelled."""

    key: str
    notify: str
    params: str
    state: str
    version: int
    attempts: int
    error: str


class JobResult(msgspec.Struct):
    """Instants are RFC 3339 in UTC; `expires_in` is in seconds, 0 without a valid value."""

    appid: str
    type: int | None
    kind: str
    subject: str
    state: str
    version: int
    issued_at: datetime | None
    expires_at: datetime | None
    expires_in: int
    next_attempt_at: datetime
    attempting: bool
    failures: int
    calls_today: int
    waits_for: str
    error: FaultResult | None
    contested: ContestResult | None
    receivers: list[ReceiverResult]


def job_result(view: JobView, kinds: KindTable, now: datetime) -> JobResult:
    left = (view.expires_at - now).total_seconds() if view.expires_at else 0
    return JobResult(
        appid=view.key.appid,
        type=kinds.number_of(view.key.kind),
        kind=view.key.kind,
        subject=view.subject,
        state=policy.freshness(view, now).value,
        version=view.version,
        issued_at=view.issued_at,
        expires_at=view.expires_at,
        expires_in=max(0, int(left)),
        next_attempt_at=view.due_at,
        attempting=view.claimed,
        failures=view.attempts,
        calls_today=view.calls,
        waits_for=view.waits_on.rstrip("/"),
        error=_fault(view.fault) if view.fault else None,
        contested=_contest(policy.contest(view, now)),
        receivers=[_receiver(receiver) for receiver in view.receivers],
    )


def _fault(fault: Fault) -> FaultResult:
    return FaultResult(
        at=fault.at,
        reaction=fault.reaction.value,
        message=fault.message,
        advice=fault.advice,
        endpoint=fault.endpoint,
        errcode=fault.errcode,
        rid=fault.rid,
    )


def _contest(contest: Contest | None) -> ContestResult | None:
    if contest is None:
        return None
    return ContestResult(at=contest.at, message=contest.message, advice=contest.advice)


def _receiver(receiver: Receiver) -> ReceiverResult:
    return ReceiverResult(
        key=receiver.owner,
        notify=_shown(receiver.notify),
        params=_shown(receiver.params),
        state=receiver.state,
        version=receiver.version,
        attempts=receiver.attempts,
        error=receiver.error,
    )


def _shown(address: str) -> str:
    """Without user and query: they may hold a secret of the business system's."""
    return str(URL(address).with_user(None).with_query(None).with_fragment(None)) if address else ""
