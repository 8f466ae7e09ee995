"""Refreshes due jobs: the `Work` of the credentials' clockwork."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.credentials import fault_sentences, policy
from wechat_scheduler.credentials.attempt import Asker
from wechat_scheduler.credentials.contests import contested
from wechat_scheduler.credentials.journal import log_contest, log_outcome, names_of
from wechat_scheduler.credentials.model import (
    ClaimedJob,
    Credential,
    Failed,
    Fault,
    Identified,
    Outcome,
    Renewal,
    Repeated,
    Rotated,
    Snapshot,
    Spent,
)
from wechat_scheduler.credentials.ports import RefreshObserver, Store
from wechat_scheduler.credentials.results import Issuance, NotIssued
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.crashes import crash_reason
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.reasons import Reaction

log = structlog.get_logger(__name__)

# WeChat gives lifetimes in whole seconds: each may be this much too short.
WHOLE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshLimits:
    """`lease` is how long an attempt may hold its job, `call` the longest call to WeChat; `retry_cap` is the
    longest pause between retries.

    A credential's calls a day are at most `daily_calls`, and at most `quota_share` (above 0, at most
    1) of the number that WeChat documents.
    """

    lease: timedelta
    call: timedelta
    daily_calls: int
    quota_share: float
    retry_cap: timedelta


class Refresher:
    """Attempts each claimed job, decides when it is due next, and stores the outcome. `publish` is called with
    the new state of a job after it was stored. `limits` may change at any time."""

    name = "credential"

    def __init__(
        self,
        store: Store,
        asker: Asker,
        *,
        publish: Callable[[Snapshot], None],
        observer: RefreshObserver,
        clock: Clock,
        rng: random.Random,
        limits: RefreshLimits,
    ) -> None:
        self._store = store
        self._asker = asker
        self._publish = publish
        self._observer = observer
        self._clock = clock
        self._rng = rng
        self.limits = limits

    async def claim(self, limit: int) -> Sequence[ClaimedJob]:
        return await self._store.claim(now=self._clock.now(), limit=limit, lease=self.limits.lease)

    async def attempt(self, row: ClaimedJob) -> Outcome:
        limit, now = self._daily_limit(row), self._clock.now()
        allowed_at = policy.call_at(now=now, calls=row.calls, limit=limit)
        if allowed_at > now:
            return _held_back(row, now, allowed_at, limit)
        result = await self._asker.ask(row, lease=self.limits.lease, call=self.limits.call)
        if isinstance(result, NotIssued):
            return self._failed(row, result)
        if isinstance(result, Identified):
            return result
        if row.credential is not None and row.credential.value == result.issued.value:
            return self._repeated(row, row.credential, result)
        return self._rotated(row, result)

    async def finish(self, outcome: Outcome) -> None:
        """Save, then publish."""
        snapshot = await self._store.save(outcome, now=self._clock.now())
        if snapshot is None:
            log.warning("credential.claim_lost", **names_of(outcome.job))
            return
        self._publish(snapshot)
        self._observer.refreshed(outcome)
        log_outcome(outcome)
        if isinstance(outcome, Rotated):
            log_contest(outcome)

    async def crashed(self, row: ClaimedJob, error: Exception) -> None:
        """A job is never set aside: it is tried again and again, ever more slowly."""
        await self.finish(self.crash(row, error))

    def crash(self, row: ClaimedJob, error: Exception) -> Failed:
        fault = Fault(
            at=self._clock.now(),
            reaction=Reaction.OPERATOR,
            message=crash_reason(error),
            advice=fault_sentences.CRASHED.en,
        )
        return self._failed(row, NotIssued(fault=fault, spent=Spent(calls=1)))

    async def next_due(self) -> datetime | None:
        return await self._store.next_due()

    def _daily_limit(self, job: ClaimedJob) -> int:
        return policy.daily_limit(
            most=self.limits.daily_calls,
            documented=self._asker.documented_calls(job),
            share=self.limits.quota_share,
        )

    def _failed(self, job: ClaimedJob, failure: NotIssued) -> Failed:
        due_at = policy.retry_at(
            failure.fault.reaction,
            now=self._clock.now(),
            attempts=job.attempts + 1,
            retry_after=failure.retry_after,
            calls_left=self._daily_limit(job) - job.calls,
            cap=self.limits.retry_cap,
            rng=self._rng,
        )
        return Failed(
            job=job,
            fault=failure.fault,
            due_at=due_at,
            spent=failure.spent,
            waits_on=failure.waits_on,
            seen=failure.seen,
        )

    def _rotated(self, job: ClaimedJob, issuance: Issuance) -> Rotated:
        credential = self._credential(job, issuance)
        longest = max(job.longest, issuance.issued.lifetime)
        return Rotated(
            job=job,
            credential=credential,
            subject=issuance.subject,
            longest=longest,
            due_at=max(credential.renew_at, policy.soonest(now=self._clock.now(), longest=longest)),
            spent=issuance.spent,
            contest=contested(job, issuance),
            led_by=issuance.led_by,
        )

    def _repeated(self, job: ClaimedJob, kept: Credential, issuance: Issuance) -> Repeated:
        """WeChat returned the same value: it was asked early, or has prolonged it."""
        fresh = self._credential(job, issuance)
        longest = max(job.longest, issuance.issued.lifetime)
        slack = policy.REPEAT_FLOOR * policy.scale(longest)
        if timedelta(0) <= kept.expires_at - fresh.expires_at <= WHOLE_SECOND:
            fresh = replace(fresh, expires_at=kept.expires_at)
        was_right = fresh.issued_at - kept.expires_at <= longest  # else the clock was behind then
        if issuance.issued.renewal is Renewal.FIXED and was_right:
            fresh = replace(fresh, expires_at=min(kept.expires_at, fresh.expires_at))
        if fresh.expires_at - kept.expires_at > slack:
            renew_at = due_at = fresh.renew_at
        else:
            renew_at = min(kept.renew_at, fresh.renew_at)
            due_at = policy.ask_again_at(
                now=self._clock.now(),
                renew_at=renew_at,
                expires_at=fresh.expires_at,
                longest=longest,
                renewal=issuance.issued.renewal,
            )
        if job.suspect and issuance.issued.renewal is Renewal.LATE:
            due_at = min(due_at, self._force_at(job, issuance))
        credential = replace(
            fresh,
            version=kept.version,
            issued_at=min(kept.issued_at, fresh.issued_at),
            renew_at=renew_at,
            refresh_token=fresh.refresh_token or kept.refresh_token,
        )
        return Repeated(
            job=job,
            credential=credential,
            longest=longest,
            due_at=due_at,
            spent=issuance.spent,
        )

    def _force_at(self, job: ClaimedJob, issuance: Issuance) -> datetime:
        """The earliest forced refresh of a value that was reported as dead and came back."""
        forced_at = issuance.spent.forced_at
        return policy.force_at(
            now=self._clock.now(),
            forces=job.forces + (forced_at is not None),
            forced_at=forced_at or job.forced_at,
        )

    def _credential(self, job: ClaimedJob, issuance: Issuance) -> Credential:
        """The lifetime counts from before the call, so that it is never overestimated."""
        issued = issuance.issued
        expires_at = issuance.asked_at + issued.lifetime
        return Credential(
            value=issued.value,
            answer=issued.answer,
            refresh_token=issued.refresh_token,
            version=job.version + 1,
            issued_at=issuance.asked_at,
            expires_at=expires_at,
            renew_at=policy.renew_at(
                expires_at=expires_at,
                lifetime=issued.lifetime,
                longest=max(job.longest, issued.lifetime),
                renewal=issued.renewal,
                rng=self._rng,
            ),
        )


def _held_back(job: ClaimedJob, now: datetime, until: datetime, limit: int) -> Failed:
    """No call is made before `until`. The fault of the last failure stays, since it says more. The job
    stops waiting for its parent: a wake-up would come before a call is allowed."""
    spent = Fault(
        at=now,
        reaction=Reaction.WAIT_UNTIL,
        message=fault_sentences.CALLS_SPENT.fill(calls=job.calls - 1, limit=limit),
        advice=fault_sentences.TOO_MANY_REFRESHES.en,
    )
    fault = job.fault or spent
    waits = fault.reaction is Reaction.NEEDS_INPUT
    return Failed(
        job=job,
        fault=fault,
        due_at=until,
        spent=Spent(),
        waits_on=job.waits_on if waits else "",
    )
