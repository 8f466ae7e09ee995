"""Asks the `params` of all owners of a job, in one attempt."""

from collections.abc import Mapping, Sequence

from wechat_scheduler.credentials.model import ClaimedJob
from wechat_scheduler.credentials.ports import Issuer, Params
from wechat_scheduler.engine.supervisor import together
from wechat_scheduler.errors import CallError, CrowdedError, SchedulerError


class NotAskedError(SchedulerError):
    """A `params` was not asked, because too many calls to it are open: the next attempt comes soon."""


class ParamsAnswers:
    """Asks all owners once, and at the same time: together they take no longer than one.

    `error` says why one of them gave no answer; `not_asked` why one was not asked.
    """

    def __init__(self, job: ClaimedJob, issuer: Issuer, params: Params) -> None:
        self._job = job
        self._issuer = issuer
        self._params = params
        self._answers: Sequence[Mapping[str, str]] | None = None
        self.error = ""
        self.not_asked = ""

    async def all(self) -> Sequence[Mapping[str, str]]:
        """In the order of the owners, without those that gave none."""
        if self._answers is None:
            answers = await together(self._ask(url) for url in self._job.params)
            self._answers = [answer for answer in answers if answer]
        return self._answers

    async def _ask(self, url: str) -> Mapping[str, str]:
        try:
            return await self._params.ask(
                url,
                key=self._job.key,
                subject=self._job.subject,
                subject_field=self._issuer.subject_field,
            )
        except CrowdedError as error:
            self.not_asked = str(error)
        except CallError as error:
            self.error = str(error)
        return {}
