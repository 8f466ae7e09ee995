"""Gathers the inputs of one attempt.

The sources, in this order: our own refresh token, a sibling job, a push from WeChat, the business
system's `params`. For a refresh token two more follow: WeChat itself, and our earlier ones.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Protocol, TypeAlias

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.fault_sentences import NO_SUBJECT, RETURN_SUBJECT
from wechat_scheduler.credentials.missing_inputs import (
    MissingInputError,
    Sibling,
    no_params,
    not_answered,
    still_waiting,
)
from wechat_scheduler.credentials.model import AUTHORIZATION, ClaimedJob, JobKey
from wechat_scheduler.credentials.params_answers import NotAskedError, ParamsAnswers
from wechat_scheduler.credentials.ports import (
    Issuer,
    IssueRequest,
    Need,
    Params,
    Recoverer,
    Store,
    SubjectFinder,
)
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.reasons import Reaction


class Siblings(Protocol):
    """The present values of other jobs."""

    async def sibling(self, key: JobKey) -> Sibling | None:
        """The job's value; None if there is no such job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible value of an input; `sibling` is the job that it came from, if it came from one."""

    value: str = field(repr=False)
    sibling: Sibling | None = None


Source: TypeAlias = Callable[[Need], Awaitable[Sequence[Candidate]]]


class Gathering:
    """Gathers the inputs of one attempt, and other values for those that WeChat refused.

    `recoveries` counts the calls to WeChat for a refresh token.
    """

    def __init__(
        self, job: ClaimedJob, issuer: Issuer, *, store: Store, siblings: Siblings, params: Params
    ) -> None:
        self._job = job
        self._issuer = issuer
        self._store = store
        self._siblings = siblings
        self._answers = ParamsAnswers(job, issuer, params)
        self._refused: set[tuple[str, str]] = set()
        self._chosen: dict[str, Candidate] = {}
        self._recovered: str | None = None
        self._leading = ""
        self._subject: str | None = None
        self.recoveries = 0

    async def subject(self) -> str:
        """The job's, or what `params` leads to: another one if a new registration names another."""
        if self._subject is None:
            self._subject = await self._learned()
        return self._subject

    async def _learned(self) -> str:
        job, name = self._job, self._issuer.subject_field
        if job.key.subject and not job.asks_params:
            return job.key.subject
        if not (job.key.subject or self._issuer.needs_subject):
            return ""
        named = [answer[name] for answer in await self._answers.all() if answer.get(name)]
        others = [subject for subject in named if subject != job.key.subject]
        return next(iter(others), job.key.subject) or await self._found_subject(name)

    async def inputs(self) -> dict[str, str]:
        """A value for each need. Raises MissingInputError."""
        for need in self._issuer.needs:
            self._chosen[need.name] = await self._choose(need)
        return self._values()

    def led_by(self, subject: str) -> tuple[str, ...]:
        """The `params` URLs that lead to a subject that the job does not name."""
        if subject == self._job.key.subject:
            return ()
        chosen = self._chosen.get(self._answers.kept)
        return self._answers.leading_to(subject, self._leading or (chosen.value if chosen else ""))

    def refuse(self, name: str) -> bool:
        """Do not use the present value of that input again in this attempt: WeChat refused it.
        Returns whether the input of that name has a value at all."""
        if name not in self._chosen:
            return False
        self._refused.add((name, self._chosen[name].value))
        return True

    def source(self, name: str) -> Sibling | None:
        """The sibling that the present value of that input came from; None if it came from none."""
        chosen = self._chosen.get(name)
        return chosen.sibling if chosen else None

    def patience(self, waits_on: str) -> timedelta | None:
        """The pause before the next attempt, for an input that only WeChat can bring; else None."""
        if self._job.params or not isinstance(self._issuer, Recoverer):
            return None
        if waits_on == AUTHORIZATION:
            return policy.REVOKED_RETRY
        kept = any(need.kept and need.name == waits_on for need in self._issuer.needs)
        return policy.RECOVERY_RETRY if kept else None

    def bringer(self, name: str) -> str:
        """The `waits_on` of a job that lacks that input: its parent if the kind has one, because the
        parent may be registered, or recover, at any time; else the input."""
        for need in self._issuer.needs:
            if need.name == name and need.parent is not None:
                return parent_name(need.parent(self._job.key))
        return name

    async def _found_subject(self, name: str) -> str:
        """The subject of a refresh token that `params` answered without a name, as the original's did.
        Raises MissingInputError, WeChatError."""
        issuer, kept = self._issuer, self._answers.kept
        given = [value for answer in await self._answers.all() if (value := answer.get(kept))]
        if not given or not isinstance(issuer, SubjectFinder):
            raise self._missing(name, waits_on=name)
        for need in issuer.needs:
            if need.parent is not None:
                self._chosen[need.name] = await self._choose(need)
        for value in given:
            self.recoveries += 1
            if found := await issuer.find_subject(self._request(""), value):
                self._leading = value
                return found
        raise MissingInputError(
            NO_SUBJECT.fill(name=name, kept=kept, appid=self._job.key.appid),
            advice=RETURN_SUBJECT.fill(name=name),
            waits_on=name,
        )

    async def _choose(self, need: Need) -> Candidate:
        for source in self._sources():
            for candidate in await source(need):
                if candidate.value and (need.name, candidate.value) not in self._refused:
                    return candidate
        raise self._missing(need.name, waits_on=self.bringer(need.name))

    def _sources(self) -> Sequence[Source]:
        """The sources in the order in which they are asked. For a new registration, `params` precedes our own
        refresh token."""
        others: Sequence[Source] = (self._from_sibling, self._pushed, self._answered)
        usual = (*others, self._kept) if self._job.asks_params else (self._kept, *others)
        return (*usual, self._asked_of_wechat, self._earlier)

    async def _kept(self, need: Need) -> Sequence[Candidate]:
        credential = self._job.credential
        if not need.kept or credential is None:
            return ()
        return (Candidate(value=credential.refresh_token),)

    async def _from_sibling(self, need: Need) -> Sequence[Candidate]:
        if need.parent is None:
            return ()
        sibling = await self._siblings.sibling(need.parent(self._job.key))
        if sibling is None:
            return ()
        if not sibling.value and not (sibling.failing and self._job.params):
            raise still_waiting(sibling, waits_on=parent_name(sibling.key))
        return (Candidate(value=sibling.value, sibling=sibling),)

    async def _pushed(self, need: Need) -> Sequence[Candidate]:
        return (Candidate(value=await self._store.pushed(self._job.key.appid, need.name)),)

    async def _answered(self, need: Need) -> Sequence[Candidate]:
        """The candidates from `params`, without those for another account or user."""
        name, subject = self._issuer.subject_field, await self.subject()
        answers = await self._answers.all()
        own = [answer for answer in answers if answer.get(name, subject) in ("", subject)]
        return [Candidate(value=answer.get(need.name, "")) for answer in own]

    async def _asked_of_wechat(self, need: Need) -> Sequence[Candidate]:
        """Ask WeChat once; not again while `params` is asked again after a refusal."""
        fault = self._job.fault
        in_vain = fault is not None and fault.reaction is Reaction.NEEDS_INPUT
        if not need.kept or not isinstance(self._issuer, Recoverer):
            return ()
        if self._recovered is None and not (self._job.params and in_vain):
            self.recoveries += 1
            self._recovered = await self._issuer.recover(self._request(await self.subject()))
        return (Candidate(value=self._recovered or ""),)

    def _request(self, subject: str) -> IssueRequest:
        key, account, inputs = self._job.key, self._job.account, self._values()
        return IssueRequest(key=key, account=account, subject=subject, inputs=inputs)

    def _values(self) -> dict[str, str]:
        return {name: candidate.value for name, candidate in self._chosen.items()}

    async def _earlier(self, need: Need) -> Sequence[Candidate]:
        if not need.kept:
            return ()
        return [Candidate(value=value) for value in await self._store.earlier(self._job.key)]

    def _missing(self, name: str, *, waits_on: str) -> MissingInputError | NotAskedError:
        if self._answers.not_asked:
            return NotAskedError(f"no {name}: params is not asked, {self._answers.not_asked}")
        if not self._job.params:
            return no_params(name, waits_on=waits_on, is_pushed=self._is_pushed(name))
        of = self._issuer.subject_field
        return not_answered(name, self._answers, waits_on=waits_on, of=of)

    def _is_pushed(self, name: str) -> bool:
        return any(need.pushed and need.name == name for need in self._issuer.needs)


def parent_name(key: JobKey) -> str:
    """The `waits_on` of a job that waits for another job of its account."""
    return f"{key.kind}/{key.subject}"
