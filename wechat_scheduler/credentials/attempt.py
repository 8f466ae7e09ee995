"""One attempt: gathers the inputs, asks WeChat, and asks again if another input may be accepted."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.fault_sentences import PARAMS_SLOW, SEALED, TOO_LATE, WHY_SLOW
from wechat_scheduler.credentials.inputs import (
    Gathering,
    Siblings,
    parent_name,
)
from wechat_scheduler.credentials.missing_inputs import MissingInputError, Sibling
from wechat_scheduler.credentials.model import ClaimedJob, Fault, Identified, Issued, Renewal, Spent
from wechat_scheduler.credentials.params_answers import NotAskedError
from wechat_scheduler.credentials.ports import Issuer, IssueRequest, Params, Store
from wechat_scheduler.credentials.results import Issuance, NotIssued, Result, of_unknown_kind
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.errors import SealingError, WeChatError
from wechat_scheduler.reasons import Reaction

log = structlog.get_logger(__name__)

# At most this many values of an input are tried, while WeChat refuses each; then the job sleeps.
CALLS_PER_ATTEMPT = 3


class Asker:
    """Asks WeChat for the credentials of claimed jobs."""

    def __init__(
        self,
        store: Store,
        issuers: Mapping[str, Issuer],
        siblings: Siblings,
        params: Params,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._issuers = issuers
        self._siblings = siblings
        self._params = params
        self._clock = clock

    def documented_calls(self, job: ClaimedJob) -> int | None:
        """Like `Issuer.daily_calls`."""
        issuer = self._issuers.get(job.key.kind)
        return issuer.daily_calls(job.account) if issuer else None

    def rotates(self, job: ClaimedJob) -> bool:
        """Whether the job's kind is refreshed with a refresh token that we keep."""
        issuer = self._issuers.get(job.key.kind)
        return issuer is not None and any(need.kept for need in issuer.needs)

    async def ask(self, job: ClaimedJob, *, lease: timedelta, call: timedelta) -> Result:
        """Ask WeChat, unless its answer could not be stored before the end of the claim. The process may have
        stood still since it claimed the job; storing may take as long as claiming did."""
        left = lease if job.until is None else min(lease, job.until - self._clock.now())
        claiming = lease - left
        ends = self._clock.boottime() + (left - call - claiming).total_seconds()
        issuer = self._issuers.get(job.key.kind)
        if issuer is None:
            return of_unknown_kind(job, self._clock.now())
        gathering = Gathering(
            job, issuer, store=self._store, siblings=self._siblings, params=self._params
        )
        attempt = _Attempt(job=job, issuer=issuer, gathering=gathering, ends=ends)
        try:
            subject = await gathering.subject()
            if await self._has_job(job, subject):
                return _identified(attempt, subject)
            request = await _request(job, gathering)
        except MissingInputError as missing:
            return self._missing(attempt, missing)
        except NotAskedError as error:
            return self._not_asked(attempt, error)
        except WeChatError as error:
            return await self._not_issued(attempt, error)
        except SealingError as error:
            return self._sealed(attempt, error)
        return await self._issue(attempt, request)

    async def _has_job(self, job: ClaimedJob, subject: str) -> bool:
        """Whether the credential has another job, or gets one, because `params` named another subject."""
        if subject == job.key.subject:
            return False
        return (
            job.key.subject != ""
            or await self._store.load(job.key._replace(subject=subject)) is not None
        )

    async def _issue(self, attempt: "_Attempt", request: IssueRequest) -> Result:
        if self._clock.boottime() >= attempt.ends:
            return self._too_late(attempt)
        asked_at = self._clock.now()
        attempt.calls += 1
        if request.force:
            attempt.forced_at = asked_at
            log.warning("credential.forced", appid=request.key.appid, kind=request.key.kind)
        try:
            issued = await attempt.issuer.issue(request)
        except WeChatError as error:
            return await self._not_issued(attempt, error)
        attempt.retries += issued.calls - 1
        if attempt.forced_at is None and self._wants_force(attempt.job, issued):
            return await self._issue(attempt, replace(request, force=True))
        subject = issued.subject or request.subject
        return Issuance(
            issued=issued,
            subject=subject,
            asked_at=asked_at,
            spent=attempt.spent(),
            led_by=attempt.gathering.led_by(subject),
        )

    async def _not_issued(self, attempt: "_Attempt", error: WeChatError) -> Result:
        """Ask again if WeChat refused an input that has another value."""
        attempt.retries += error.calls - 1
        if error.belongs_to and attempt.gathering.led_by(error.belongs_to):
            return _identified(attempt, error.belongs_to)
        if attempt.forced_at is not None:
            return self._refused(attempt, error)
        sibling = attempt.gathering.source(error.refused)
        if sibling is not None:
            return await self._parent_refused(attempt, error, sibling)
        if attempt.calls >= CALLS_PER_ATTEMPT or not attempt.gathering.refuse(error.refused):
            return self._refused(attempt, error)
        try:
            request = await _request(attempt.job, attempt.gathering)
        except (MissingInputError, NotAskedError):
            return self._refused(attempt, error)
        except WeChatError as another:
            return await self._not_issued(attempt, another)
        return await self._issue(attempt, request)

    def _wants_force(self, job: ClaimedJob, issued: Issued) -> bool:
        """Whether WeChat returned the value that was reported as dead: only a forced refresh replaces it
        (stable_token)."""
        if not job.suspect or issued.renewal is not Renewal.LATE or job.credential is None:
            return False
        now = self._clock.now()
        allowed_at = policy.force_at(now=now, forces=job.forces, forced_at=job.forced_at)
        return issued.value == job.credential.value and allowed_at <= now

    def _missing(self, attempt: "_Attempt", missing: MissingInputError) -> NotIssued:
        reaction = Reaction.PARENT_INVALID if missing.parent else Reaction.NEEDS_INPUT
        fault = self._fault(reaction, str(missing), missing.advice)
        seen = missing.parent.version if missing.parent else 0
        return NotIssued(
            fault=fault,
            spent=attempt.spent(),
            waits_on=missing.waits_on,
            seen=seen,
            retry_after=attempt.gathering.patience(missing.waits_on),
        )

    def _too_late(self, attempt: "_Attempt") -> NotIssued:
        fault = self._fault(Reaction.TRANSIENT, TOO_LATE.en, WHY_SLOW.en)
        return NotIssued(fault=fault, spent=attempt.spent())

    def _not_asked(self, attempt: "_Attempt", error: NotAskedError) -> NotIssued:
        fault = self._fault(Reaction.TRANSIENT, str(error), PARAMS_SLOW.en)
        return NotIssued(fault=fault, spent=attempt.spent())

    def _sealed(self, attempt: "_Attempt", error: SealingError) -> NotIssued:
        """A stored secret cannot be decrypted: an operator has to act."""
        fault = self._fault(Reaction.OPERATOR, str(error), SEALED.en)
        return NotIssued(fault=fault, spent=attempt.spent())

    def _fault(self, reaction: Reaction, message: str, advice: str) -> Fault:
        return Fault(at=self._clock.now(), reaction=reaction, message=message, advice=advice)

    async def _parent_refused(
        self, attempt: "_Attempt", error: WeChatError, parent: Sibling
    ) -> NotIssued:
        """Refresh the parent once and wait for it. If that does not help, the parent is not the
        cause; another refresh would only disturb its other users."""
        before = attempt.job.fault
        if before is not None and _where(before) == (error.endpoint, error.errcode):
            return self._failure(attempt, error, Reaction.TRANSIENT)
        await self._store.suspect(parent.key, version=parent.version, now=self._clock.now())
        failure = self._failure(attempt, error, Reaction.PARENT_INVALID)
        return replace(failure, waits_on=parent_name(parent.key), seen=parent.version)

    def _refused(self, attempt: "_Attempt", error: WeChatError) -> NotIssued:
        reaction = error.reaction
        if reaction is Reaction.PARENT_INVALID:
            reaction = Reaction.NEEDS_INPUT  # the input came from `params`, which can give another
        return self._failure(attempt, error, reaction)

    def _failure(self, attempt: "_Attempt", error: WeChatError, reaction: Reaction) -> NotIssued:
        fault = Fault(
            at=self._clock.now(),
            reaction=reaction,
            message=str(error),
            endpoint=error.endpoint,
            errcode=error.errcode,
            rid=error.rid,
            advice=error.advice,
        )
        waits = reaction is Reaction.NEEDS_INPUT
        waits_on = attempt.gathering.bringer(error.refused) if waits else ""
        return NotIssued(
            fault=fault,
            spent=attempt.spent(),
            waits_on=waits_on,
            retry_after=attempt.gathering.patience(waits_on) if waits else error.retry_after,
        )


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """An attempt in progress, with its calls so far. Its last call begins before the boottime `ends`."""

    job: ClaimedJob
    issuer: Issuer
    gathering: Gathering
    ends: float
    calls: int = 0
    retries: int = 0
    forced_at: datetime | None = None

    def spent(self) -> Spent:
        calls = self.calls + self.retries + self.gathering.recoveries
        return Spent(calls=calls, forced_at=self.forced_at)


def _identified(attempt: _Attempt, subject: str) -> Identified:
    led_by = attempt.gathering.led_by(subject)
    return Identified(job=attempt.job, subject=subject, spent=attempt.spent(), led_by=led_by)


async def _request(job: ClaimedJob, gathering: Gathering) -> IssueRequest:
    """The next call. Raises MissingInputError, WeChatError."""
    subject = await gathering.subject()
    inputs = await gathering.inputs()
    return IssueRequest(key=job.key, account=job.account, subject=subject, inputs=inputs)


def _where(fault: Fault) -> tuple[str, int | None]:
    return fault.endpoint, fault.errcode
