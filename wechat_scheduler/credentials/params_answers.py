"""Asks the `params` of all owners of a job, in one attempt."""

from collections.abc import Iterable, Mapping, Sequence

from wechat_scheduler.credentials.model import ClaimedJob
from wechat_scheduler.credentials.ports import Issuer, Params
from wechat_scheduler.engine.supervisor import together
from wechat_scheduler.errors import CallError, CrowdedError, SchedulerError


class NotAskedError(SchedulerError):
    """A `params` was not asked, because too many calls to it are open: the next attempt comes soon."""


class ParamsAnswers:
    """Asks all owners once, and at the same time: together they take no longer than one.

    `error` is the error of one that did not answer, None if all did; `not_asked` says why one was not
    asked. `kept` is the name of the refresh token in the answers, empty if the kind has none.
    """

    def __init__(self, job: ClaimedJob, issuer: Issuer, params: Params) -> None:
        self._job = job
        self._issuer = issuer
        self._params = params
        self.kept = next((need.name for need in issuer.needs if need.kept), "")
        self._answers: Mapping[str, Mapping[str, str]] | None = None
        self.error: CallError | None = None
        self.not_asked = ""

    async def all(self) -> Sequence[Mapping[str, str]]:
        """The answers in the order of the owners, without those that gave none."""
        if self._answers is None:
            answers = await together(self._ask(url) for url in self._job.params)
            pairs = zip(self._job.params, answers, strict=True)
            self._answers = {url: answer for url, answer in pairs if answer is not None}
        return list(self._answers.values())

    def said(self) -> Iterable[tuple[str, Mapping[str, str]]]:
        """What each answered, with its address as people may see it."""
        for url, answer in (self._answers or {}).items():
            yield self._params.place(url), answer

    def leading_to(self, subject: str, refresh_token: str) -> tuple[str, ...]:
        """The URLs whose answers name that subject, or no other and that refresh token."""
        name = self._issuer.subject_field
        return tuple(
            url
            for url, answer in (self._answers or {}).items()
            if answer.get(name) == subject
            or (not answer.get(name) and answer.get(self.kept) == refresh_token)
        )

    async def _ask(self, url: str) -> Mapping[str, str] | None:
        try:
            return await self._params.ask(
                url,
                key=self._job.key,
                subject=self._job.key.subject,
                subject_field=self._issuer.subject_field,
            )
        except CrowdedError as error:
            self.not_asked = str(error)
        except CallError as error:
            self.error = error
        return None
