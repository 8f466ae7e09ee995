"""One attempt: gather the inputs, ask WeChat, and again where another input may do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.inputs import (
    Gathering,
    MissingInputError,
    Sibling,
    Siblings,
    parent_name,
)
from wechat_scheduler.credentials.model import ClaimedJob, Fault, Issued, Renewal, Spent
from wechat_scheduler.credentials.ports import Issuer, IssueRequest, Params, Store
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import Reaction, SealingError, WeChatError

log = structlog.get_logger(__name__)

# Where WeChat refuses an input, this many values of it are tried; then the job sleeps.
CALLS_PER_ATTEMPT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuance:
    """WeChat issued something; its life counts from `asked_at`, just before the call."""

    issued: Issued
    subject: str
    asked_at: datetime
    spent: Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Nothing was issued; the fields are as in `Failed` and `WeChatError`."""

    fault: Fault
    spent: Spent
    waits_on: str = ""
    seen: int = 0
    retry_after: timedelta | None = None


Result: TypeAlias = Issuance | Trouble


class Asker:
    """Holds the conversation that a claimed job has with WeChat."""

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
        """As `Issuer.daily_calls`."""
        return self._issuers[job.key.kind].daily_calls(job.account)

    async def ask(self, job: ClaimedJob) -> Result:
        issuer = self._issuers[job.key.kind]
        gathering = Gathering(
            job, issuer, store=self._store, siblings=self._siblings, params=self._params
        )
        talk = _Talk(job=job, issuer=issuer, gathering=gathering)
        try:
            request = await _request(job, gathering)
        except MissingInputError as missing:
            return self._missing(talk, missing)
        except WeChatError as error:
            return await self._not_issued(talk, error)
        except SealingError as error:
            return self._sealed(talk, error)
        return await self._issue(talk, request)

    async def _issue(self, talk: "_Talk", request: IssueRequest) -> Result:
        asked_at = self._clock.now()
        talk.calls += 1
        try:
            issued = await talk.issuer.issue(request)
        except WeChatError as error:
            return await self._not_issued(talk, error)
        talk.retries += issued.calls - 1
        if self._wants_force(talk.job, issued):
            return await self._force(talk, request)
        return Issuance(
            issued=issued, subject=request.subject, asked_at=asked_at, spent=talk.spent()
        )

    async def _not_issued(self, talk: "_Talk", error: WeChatError) -> Result:
        """Ask again where it was an input's fault and there is another value of it."""
        talk.retries += error.calls - 1
        sibling = talk.gathering.source(error.refused)
        if sibling is not None:
            return await self._parent_refused(talk, error, sibling)
        if talk.calls >= CALLS_PER_ATTEMPT or not talk.gathering.refuse(error.refused):
            return self._refused(talk, error)
        try:
            request = await _request(talk.job, talk.gathering)
        except MissingInputError:
            return self._refused(talk, error)
        except WeChatError as another:
            return await self._not_issued(talk, another)
        return await self._issue(talk, request)

    def _wants_force(self, job: ClaimedJob, issued: Issued) -> bool:
        """A value reported as dead came back: only a forced refresh replaces it (stable_token)."""
        if not job.suspect or issued.renewal is not Renewal.LATE or job.credential is None:
            return False
        now = self._clock.now()
        allowed_at = policy.force_at(now=now, forces=job.forces, forced_at=job.forced_at)
        return issued.value == job.credential.value and allowed_at <= now

    async def _force(self, talk: "_Talk", request: IssueRequest) -> Result:
        log.warning("credential.forced", appid=request.key.appid, kind=request.key.kind)
        asked_at = self._clock.now()
        talk.calls += 1
        talk.forced_at = asked_at
        try:
            issued = await talk.issuer.issue(replace(request, force=True))
        except WeChatError as error:
            talk.retries += error.calls - 1
            return self._refused(talk, error)
        talk.retries += issued.calls - 1
        return Issuance(
            issued=issued, subject=request.subject, asked_at=asked_at, spent=talk.spent()
        )

    def _missing(self, talk: "_Talk", missing: MissingInputError) -> Trouble:
        reaction = Reaction.PARENT_INVALID if missing.parent else Reaction.NEEDS_INPUT
        fault = Fault(at=self._clock.now(), reaction=reaction, message=str(missing))
        seen = missing.parent.version if missing.parent else 0
        return Trouble(
            fault=fault,
            spent=talk.spent(),
            waits_on=missing.waits_on,
            seen=seen,
            retry_after=talk.gathering.patience(missing.waits_on),
        )

    def _sealed(self, talk: "_Talk", error: SealingError) -> Trouble:
        """What was stored cannot be opened: it must not look as if nothing had happened."""
        fault = Fault(
            at=self._clock.now(),
            reaction=Reaction.OPERATOR,
            message=str(error),
            advice="put the sealing key back, or remove the task and register it again",
        )
        return Trouble(fault=fault, spent=talk.spent())

    async def _parent_refused(self, talk: "_Talk", error: WeChatError, parent: Sibling) -> Trouble:
        """The parent is refreshed and waited for once; if that did not help, it was not to blame,
        and to refresh it again and again would only harm its other users."""
        before = talk.job.fault
        if before is not None and _where(before) == (error.endpoint, error.errcode):
            return self._trouble(talk, error, Reaction.TRANSIENT)
        await self._store.suspect(parent.key, version=parent.version, now=self._clock.now())
        trouble = self._trouble(talk, error, Reaction.PARENT_INVALID)
        return replace(trouble, waits_on=parent_name(parent.key), seen=parent.version)

    def _refused(self, talk: "_Talk", error: WeChatError) -> Trouble:
        reaction = error.reaction
        if reaction is Reaction.PARENT_INVALID:
            reaction = Reaction.NEEDS_INPUT  # it came from `params`, so `params` can mend it
        return self._trouble(talk, error, reaction)

    def _trouble(self, talk: "_Talk", error: WeChatError, reaction: Reaction) -> Trouble:
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
        waits_on = talk.gathering.bringer(error.refused) if waits else ""
        return Trouble(
            fault=fault,
            spent=talk.spent(),
            waits_on=waits_on,
            retry_after=talk.gathering.patience(waits_on) if waits else error.retry_after,
        )


@dataclass(slots=True, kw_only=True)
class _Talk:
    """One conversation as it goes on: whom it is with, and what it has cost so far."""

    job: ClaimedJob
    issuer: Issuer
    gathering: Gathering
    calls: int = 0
    retries: int = 0
    forced_at: datetime | None = None

    def spent(self) -> Spent:
        calls = self.calls + self.retries + self.gathering.recoveries
        return Spent(calls=calls, forced_at=self.forced_at)


async def _request(job: ClaimedJob, gathering: Gathering) -> IssueRequest:
    """The next call. Raises MissingInputError."""
    subject = await gathering.subject()
    inputs = await gathering.inputs()
    return IssueRequest(key=job.key, account=job.account, subject=subject, inputs=inputs)


def _where(fault: Fault) -> tuple[str, int | None]:
    return fault.endpoint, fault.errcode
