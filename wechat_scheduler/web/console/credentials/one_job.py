"""`/console/credentials/{appid}/{type}`: all about one credential, and what can be done about it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.model import Contest
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.credentials.job_actions import actions
from wechat_scheduler.web.console.credentials.phrases import CONTESTED, REACTIONS, STATES, TYPES
from wechat_scheduler.web.console.credentials.remedies import remedies
from wechat_scheduler.web.console.credentials.rows import (
    CALLS,
    LEFT,
    NEXT,
    ROOM,
    ROTATED,
    account_place,
    badges,
    called,
    calls,
    error_advice,
    error_facts,
    next_attempt,
    time_left,
)
from wechat_scheduler.web.console.credentials.systems import systems
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import done, link
from wechat_scheduler.web.console.parts import (
    Cell,
    advice,
    bar,
    code,
    facts,
    joined,
    section,
    spaced,
)
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

ERROR = W("Last error", "上次错误")
CALLS_MEAN = W(
    "All calls for this credential since midnight in Shanghai, failed ones and those that returned the same value "
    "included. The limit is the daemon's own.",
    "上海时间零点以来为这个凭据发出的全部请求，含失败的和返回同一个值的。上限是守护进程自己的。",
)
ENDS_FIRST = W(
    "Callers get none after {left}: it ends before the next attempt. Do what the advice below says, then refresh it.",
    "{left}之后谁也取不到：它在下次尝试之前失效。请按下面的建议处理，然后立即刷新。",
)
NOTICES: Final = {
    "refreshing": W(
        "A refresh was asked for. The state below says how it went.",
        "已请求刷新，结果见下面的状态。",
    ),
}
# With its subject, and without.
PLACES: Final = (f"{ROOM}/{{appid}}/{{type}}", f"{ROOM}/{{appid}}/{{type}}/{{subject}}")


async def shown(visit: Visit) -> web.Response:
    job = await _job(visit)
    body = joined(
        [
            section(visit, terms.STATE, _state(visit, job), id="state", live=True),
            section(visit, ERROR, _error(visit, job), id="error", live=True),
            await systems(visit, job),
            when(visit.may(Scope.REGISTER), section(visit, terms.ACTIONS, actions(visit, job))),
        ]
    )
    whose = (job.subject_name, job.subject) if job.subject else (job.name, job.appid)
    title = " · ".join(filter(None, (job.kind, *whose)))
    return layout(visit, title, body, live=True)


async def refresh(visit: Visit) -> web.Response:
    path = visit.request.match_info
    await visit.api.post(f"{_native(visit)}/refresh", str, **path)
    return done(visit.request.path.removesuffix("/refresh"), "refreshing")


async def remove(visit: Visit) -> web.Response:
    path = visit.request.match_info
    await visit.api.delete(_native(visit), str, **path)
    return done(account_place(path["appid"]), "removed")


def _native(visit: Visit) -> str:
    subject = "/{subject}" if "subject" in visit.request.match_info else ""
    return f"/task/{{appid}}/{{type}}{subject}"


async def _job(visit: Visit) -> JobResult:
    path = visit.request.match_info
    subject = path.get("subject")
    # Without a subject it is the first of its type.
    rows = await visit.api.page(
        "/tasks", JobResult, appid=path["appid"], type=path["type"], subject=subject, limit=1
    )
    for job in rows.rows:
        if job.subject == (subject or ""):
            return job
    named = "/".join(filter(None, (path["appid"], path["type"], subject)))
    raise NotFoundError(f"{named} is not registered", reason=Reason.TASK_UNKNOWN)


def _state(visit: Visit, job: JobResult) -> Html:
    meaning = STATES[Freshness(job.state)].meaning
    pairs: list[tuple[Phrase, Cell | None]] = [
        (terms.STATE, badges(visit, job)),
        (LEFT, time_left(visit, job)),
        (terms.EXPIRES, visit.exactly(job.expires_at)),
        (ROTATED, visit.exactly(job.issued_at)),
        (W("Version of the value", "版本号"), str(job.version) if job.issued_at else "–"),
        (NEXT, next_attempt(visit, job)),
        (CALLS, _calls(visit, job)),
        *_whose(visit, job),
    ]
    return joined(
        [
            _ends_first(visit, job) or fill("<p>{meaning}</p>", meaning=visit.say(meaning)),
            facts(visit, pairs),
            _contest(visit, job.contested),
        ]
    )


def _ends_first(visit: Visit, job: JobResult) -> Html:
    """Says of a failing credential that it ends before it is tried again."""
    ends = job.expires_at
    if job.error is None or job.attempting or not job.expires_in or ends is None:
        return Html()
    left = visit.lasting(timedelta(seconds=job.expires_in))
    words = fill('<p class="error">{words}</p>', words=visit.say(ENDS_FIRST, left=left))
    return when(job.next_attempt_at > ends, words)


def _calls(visit: Visit, job: JobResult) -> Html:
    share = bar(visit, job.calls_today / max(1, job.calls_limit), calls(visit, job))
    return spaced(share, fill('<small class="below">{means}</small>', means=visit.say(CALLS_MEAN)))


def _whose(visit: Visit, job: JobResult) -> Iterator[tuple[Phrase, Cell | None]]:
    known = TYPES.get(job.kind)
    yield (
        terms.TYPE,
        joined(
            [
                code(job.kind),
                fill(' <small class="below">{what}</small>', what=visit.say(known))
                if known
                else "",
            ]
        ),
    )
    account = link(account_place(job.appid), job.name or job.appid)
    yield terms.ACCOUNT, called(job.name, account, job.appid)
    if job.subject:
        subject = fill("{name}", name=job.subject_name) if job.subject_name else code(job.subject)
        yield W("Subject", "主体"), called(job.subject_name, subject, job.subject)


def _contest(visit: Visit, contest: Contest | None) -> Html:
    if contest is None:
        return Html()
    return fill(
        "<div><p>{meaning}</p><p>{message}</p>{advice}</div>",
        meaning=spaced(visit.say(CONTESTED.meaning), visit.exactly(contest.at)),
        message=visit.told(contest.message),
        advice=advice(visit, contest.advice),
    )


def _error(visit: Visit, job: JobResult) -> Html:
    if job.error is None:
        return fill('<p class="empty">{none}</p>', none=visit.say(W("None.", "没有。")))
    pairs = [*error_facts(visit, job.error), *_waiting(job)]
    return joined(
        [
            fill("<p>{meaning}</p>", meaning=visit.say(REACTIONS[job.error.reaction].meaning)),
            error_advice(visit, job.error),
            remedies(visit, job),
            facts(visit, pairs),
        ]
    )


def _waiting(job: JobResult) -> Iterator[tuple[Phrase, Cell | None]]:
    yield W("Failures in a row", "连续失败"), str(job.failures)
    if job.waits_for:
        yield W("Waits for", "等待"), code(job.waits_for)


ROUTES: Final = (
    *(
        ConsoleRoute(hdrs.METH_POST, f"{place}/refresh", refresh, Scope.REGISTER)
        for place in PLACES
    ),
    *(ConsoleRoute(hdrs.METH_POST, f"{place}/remove", remove, Scope.REGISTER) for place in PLACES),
    *(ConsoleRoute(hdrs.METH_GET, place, shown) for place in PLACES),
)
