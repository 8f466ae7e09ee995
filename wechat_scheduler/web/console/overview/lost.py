"""Shows the credentials that need a person, each with its error and what to do, whether or not an alert fires yet."""

from collections.abc import Sequence
from typing import Final

from wechat_scheduler.reasons import Reaction
from wechat_scheduler.web.console.credentials.rows import error_brief, place_of
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import Kind, joined, state
from wechat_scheduler.web.console.plots import shown
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

# Of each reaction; the list of credentials has all.
MOST: Final = 3

LOST: Final[tuple[tuple[Reaction, Kind, Words], ...]] = (
    (Reaction.OPERATOR, "bad", W("Needs a person", "需要人处理")),
    (Reaction.NEEDS_INPUT, "warn", W("Waits for input", "等待输入")),
)
CREDENTIALS = W("Credentials: {number}", "凭据：{number}")


async def lost(visit: Visit, counts: JobCountsResult | None) -> Sequence[Html]:
    """An item for each reaction that calls for a person."""
    if counts is None:
        return []
    return [
        await _failing(visit, reaction, kind, words, number)
        for reaction, kind, words in LOST
        if (number := counts.errors[reaction])
    ]


async def _failing(visit: Visit, reaction: Reaction, kind: Kind, words: Words, number: int) -> Html:
    jobs = await visit.api.page("/tasks", JobResult, error=reaction.value, limit=MOST)
    return fill(
        '<li class="need"><p class="head">{state} {link}</p><ul class="links">{jobs}</ul></li>',
        state=state(visit, kind, words),
        link=link(
            f"/console/credentials?error={reaction.value}",
            visit.say(CREDENTIALS, number=shown(number)),
        ),
        jobs=[_job(visit, job) for job in jobs.rows],
    )


def _job(visit: Visit, job: JobResult) -> Html:
    name = " · ".join(filter(None, (job.appid, job.kind, job.subject)))
    return fill(
        "<li><div>{name}{error}</div></li>",
        name=link(place_of(job), name),
        error=joined([error_brief(visit, job.error)]),
    )
