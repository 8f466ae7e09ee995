"""Acts on events: the work of their clockwork.

An account that authorises the platform gets a job; if it revokes that, its jobs stop. When no ticket has
come for long, WeChat is asked to push tickets again.
"""

import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.fault_sentences import WAITING_FOR
from wechat_scheduler.credentials.inputs import Siblings
from wechat_scheduler.credentials.missing_inputs import Sibling
from wechat_scheduler.credentials.model import Credential, Fault, Issued, JobKey
from wechat_scheduler.engine.backoff import FIRST_RETRY, backoff, jittered
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.crashes import crash_reason
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.pushes import sentences
from wechat_scheduler.pushes.model import (
    WATCH,
    Authorized,
    ClaimedEvent,
    InfoType,
    Outcome,
    PostponedEvent,
    Revoked,
)
from wechat_scheduler.pushes.ports import Events, Jobs, PlatformApi
from wechat_scheduler.reasons import Reaction

log = structlog.get_logger(__name__)

# WeChat pushes a ticket every ten minutes: three in a row are missing.
TICKET_OVERDUE = timedelta(minutes=30)

# A code lives for some minutes: an exchange must not wait for long.
LONGEST_PAUSE = timedelta(minutes=1)


class EventWork:
    """`changed` is called with each job after its change was stored."""

    name = "event"

    def __init__(
        self,
        events: Events,
        jobs: Jobs,
        siblings: Siblings,
        api: PlatformApi,
        *,
        changed: Callable[[JobKey], Awaitable[None]],
        clock: Clock,
        rng: random.Random,
        lease: timedelta,
    ) -> None:
        self._events = events
        self._jobs = jobs
        self._siblings = siblings
        self._api = api
        self._changed = changed
        self._clock = clock
        self._rng = rng
        self.lease = lease

    async def claim(self, limit: int) -> Sequence[ClaimedEvent]:
        return await self._events.claim(now=self._clock.now(), limit=limit, lease=self.lease)

    async def attempt(self, row: ClaimedEvent) -> Outcome:
        match row.event.name:
            case InfoType.UNAUTHORIZED:
                return self._revoked(row)
            case _ if row.event.name == WATCH:
                return await self._restart_tickets(row)
            case _:
                return await self._exchange(row)

    async def finish(self, outcome: Outcome) -> None:
        """Save, then publish."""
        changed = await self._events.finish(outcome, now=self._clock.now())
        if changed is None:
            log.warning("event.claim_lost", **_names(outcome.row))
            return
        for key in changed:
            await self._changed(key)
        _log(outcome)

    async def crashed(self, row: ClaimedEvent, error: Exception) -> None:
        reason, now = crash_reason(error), self._clock.now()
        if await self._events.crashed(row.id, row.claim, reason=reason, now=now):
            log.error("event.set_aside", **_names(row), reason=reason)

    async def next_due(self) -> datetime | None:
        return await self._events.next_due()

    def _revoked(self, row: ClaimedEvent) -> Revoked:
        now, account = self._clock.now(), row.event.authorizer
        fault = Fault(
            at=now,
            reaction=Reaction.NEEDS_INPUT,
            message=sentences.REVOKED.fill(account=account),
            advice=sentences.UNTIL_AGAIN.en,
        )
        return Revoked(row=row, fault=fault, due_at=now + policy.REVOKED_RETRY)

    async def _exchange(self, row: ClaimedEvent) -> Outcome:
        """A code that is too old, or was used by an attempt that was cut off, does no harm: the job gets
        the refresh token from WeChat's list of authorizers."""
        parent = await self._siblings.sibling(row.component)
        if parent is None:
            note = sentences.REGISTER_SECRET.fill(job=row.component)
            return self._later(row, note, lasts=True)
        if not row.event.code or row.event.code_until <= self._clock.now():
            return Authorized(row=row, credential=None)
        if not parent.value:
            return self._later(row, WAITING_FOR.fill(key=parent.key))
        asked_at = self._clock.now()
        try:
            issued = await self._api.exchange(
                row.event.appid, token=parent.value, code=row.event.code
            )
        except WeChatError as error:
            return await self._refused(row, parent, error)
        if issued.subject != row.event.authorizer:
            return self._later(row, sentences.OF_ANOTHER.fill(account=issued.subject))
        credential = self._credential(issued, asked_at)
        return Authorized(row=row, credential=credential, fault=_missing(row, credential))

    async def _refused(self, row: ClaimedEvent, parent: Sibling, error: WeChatError) -> Outcome:
        if error.reaction is Reaction.NEEDS_INPUT:
            return Authorized(row=row, credential=None)
        if error.reaction is Reaction.PARENT_INVALID and row.attempts == 0:
            now = self._clock.now()
            if await self._jobs.suspect(parent.key, version=parent.version, now=now):
                await self._changed(parent.key)
        lasts = error.reaction is Reaction.OPERATOR
        return self._later(row, _said(error), pause=error.retry_after, lasts=lasts)

    def _later(
        self,
        row: ClaimedEvent,
        note: str,
        *,
        pause: timedelta | None = None,
        lasts: bool = False,
    ) -> PostponedEvent:
        if pause is None:
            pause = jittered(backoff(FIRST_RETRY, row.attempts + 1, cap=LONGEST_PAUSE), self._rng)
        return PostponedEvent(row=row, due_at=self._clock.now() + pause, note=note, lasts=lasts)

    def _credential(self, issued: Issued, asked_at: datetime) -> Credential:
        expires_at = asked_at + issued.lifetime
        return Credential(
            value=issued.value,
            answer=issued.answer,
            refresh_token=issued.refresh_token,
            version=0,
            issued_at=asked_at,
            expires_at=expires_at,
            renew_at=policy.renew_at(
                expires_at=expires_at,
                lifetime=issued.lifetime,
                longest=issued.lifetime,
                renewal=issued.renewal,
                rng=self._rng,
            ),
        )

    async def _restart_tickets(self, row: ClaimedEvent) -> Outcome:
        """At most once in TICKET_OVERDUE. "启动票据推送服务" answers `ok`, or `in a normal state` if the
        fault is not at WeChat's side."""
        due_at = self._clock.now() + TICKET_OVERDUE
        if not row.secret:
            return PostponedEvent(row=row, due_at=due_at, note="")
        try:
            words = await self._api.restart_tickets(row.event.appid, secret=row.secret)
        except WeChatError as error:
            words = _said(error)
        return PostponedEvent(row=row, due_at=due_at, note=words)


def _missing(row: ClaimedEvent, credential: Credential) -> Fault | None:
    if credential.refresh_token:
        return None
    return Fault(
        at=credential.issued_at,
        reaction=Reaction.NEEDS_INPUT,
        message=sentences.NO_REFRESH.fill(
            account=row.event.authorizer, at=f"{credential.expires_at:%Y-%m-%d %H:%M}"
        ),
        advice=sentences.AUTHORISE_AGAIN.en,
    )


def _said(error: WeChatError) -> str:
    return f"{error}; {error.advice}" if error.advice else str(error)


def _names(row: ClaimedEvent) -> dict[str, str]:
    event = row.event
    return {"appid": event.appid, "info_type": event.name, "authorizer": event.authorizer}


def _log(outcome: Outcome) -> None:
    names = _names(outcome.row)
    match outcome:
        case Authorized(fault=Fault(message=message, advice=advice)):
            log.error("platform.authorized", **names, error=message, advice=advice)
        case Authorized(credential=credential):
            log.info("platform.authorized", **names, exchanged=credential is not None)
        case Revoked():
            log.error("platform.revoked", **names)
        case PostponedEvent() if outcome.row.event.name == WATCH:
            if outcome.note:
                log.error("platform.tickets_missing", appid=names["appid"], answer=outcome.note)
        case PostponedEvent():
            log.log(_level(outcome), "event.deferred", **names, note=outcome.note)
        case _:
            assert_never(outcome)


def _level(outcome: PostponedEvent) -> int:
    """An error if a person has to act and does not know it yet. WeChat's sentences differ in their rid."""
    told, before = (note.partition(" rid:")[0] for note in (outcome.note, outcome.row.note))
    if outcome.lasts and told != before:
        return logging.ERROR
    return logging.DEBUG if outcome.row.attempts else logging.WARNING
