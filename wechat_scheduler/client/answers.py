"""Responses of the daemon, and what they say."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, NoReturn, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from wechat_scheduler.errors import (
    CallError,
    CompressedError,
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    RequestError,
    SchedulerError,
    ThrottledError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnprocessableError,
)
from wechat_scheduler.reasons import Reason

T = TypeVar("T")

EVENT_STREAM = "text/event-stream"

REFUSALS: Mapping[int, type[RequestError]] = {
    refusal.status: refusal
    for refusal in (
        InvalidRequestError,
        UnauthorizedError,
        ForbiddenError,
        NotFoundError,
        ConflictError,
        TooLargeError,
        CompressedError,
        UnprocessableError,
        ThrottledError,
        UnavailableError,
    )
}


class FaultInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Why the last attempt at a job failed. `advice` says what an operator can do."""

    at: datetime
    reaction: str = ""
    message: str
    advice: str = ""
    endpoint: str = ""
    errcode: int | None = None
    rid: str = ""


class ContestInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Another system seems to fetch the job's credential. `advice` says what an operator can do."""

    at: datetime
    message: str
    advice: str = ""


class ReceiverInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A business system that registered a job, by the id of its API key in `key`.

    `state` is that of its last notification: pending, delivered or cancelled; "" before the first.
    Addresses come without their query.
    """

    key: str
    notify: str = ""
    params: str = ""
    state: str = ""
    version: int = 0
    attempts: int = 0
    error: str = ""


class JobInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A credential that the daemon keeps. `state` is pending, fresh, stale, expired or revoked.

    `expires_in` is in seconds, 0 without a valid value; `failures` counts failed attempts in a row. `name` is what people call
    the account, `subject_name` what they call the account that is the subject.
    """

    appid: str
    name: str = ""
    type: int | None = None
    kind: str
    subject: str = ""
    subject_name: str = ""
    state: str
    version: int = 0
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    expires_in: int = 0
    next_attempt_at: datetime
    attempting: bool = False
    failures: int = 0
    calls_today: int = 0
    calls_limit: int = 0
    waits_for: str = ""
    error: FaultInfo | None = None
    contested: ContestInfo | None = None
    receivers: tuple[ReceiverInfo, ...] = ()


class DaemonResponse(NamedTuple):
    """A whole response of the daemon at `url`. Header names match in any case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class _Envelope(msgspec.Struct):
    message: str
    result: msgspec.Raw
    reason: str = ""


_NEXT = re.compile(r'<([^>]*)>;\s*rel="?next\b')
_ENVELOPE = msgspec.json.Decoder(_Envelope)


def result(response: DaemonResponse, form: type[T]) -> T:
    """The `result` of the envelope, decoded into `form`.

    Raises the RequestError that the daemon refused with, in its own class and with its `reason`, and
    CallError for a response that no healthy daemon gives.
    """
    try:
        envelope = _ENVELOPE.decode(response.body)
        if response.status == 200:
            return msgspec.json.decode(envelope.result, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CallError(
            f"{response.url} answered {response.status} and is no wechat-scheduler of this version"
        ) from error
    raise _refusal(response, envelope)


def refuse(response: DaemonResponse) -> NoReturn:
    """Raises as `result`, also for a success that is none of the daemon's."""
    result(response, str)
    raise CallError(f"{response.url} answered {response.status} and gives no stream of events")


def check_health(response: DaemonResponse) -> None:
    """Raises CallError unless this answer of `/healthz` says that all is well."""
    if response.status != 200:
        raise CallError(f"{response.url} answered {response.status} and is not healthy")


def next_page(response: DaemonResponse) -> dict[str, str] | None:
    """The query of a list's next page; None after the last."""
    link = _NEXT.search(response.headers.get("Link", ""))
    return dict(parse_qsl(urlsplit(link[1]).query, keep_blank_values=True)) if link else None


def note_of(response: DaemonResponse) -> str:
    """What the daemon remarks about a call that went well."""
    return _ENVELOPE.decode(response.body).message


def _refusal(response: DaemonResponse, envelope: _Envelope) -> SchedulerError:
    message, reason = envelope.message, Reason(envelope.reason)
    refusal = REFUSALS.get(response.status)
    if refusal is None:
        return CallError(f"{response.url} answered {response.status}: {message}")
    if issubclass(refusal, ThrottledError | UnavailableError):
        seconds = response.headers.get("Retry-After", "")
        pause = timedelta(seconds=int(seconds) if seconds.isdecimal() else 1)
        return refusal(message, reason=reason, retry_after=pause)
    return refusal(message, reason=reason)
