"""Credentials as cells of tables and as facts."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from wechat_scheduler.credentials.model import AUTHORIZER_TOKEN, Fault
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.credentials.phrases import CONTESTED, REACTIONS, STATES
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import (
    Cell,
    advice,
    bar,
    code,
    joined,
    spaced,
    state,
    table,
    with_code,
)
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

ROOM: Final = "/console/credentials"

CREDENTIAL = W("Credential", "凭据")
LEFT = W("Time left", "剩余时间")
ROTATED, NEXT = W("Last rotation", "上次更新"), W("Next attempt", "下次尝试")
CALLS = W("Calls to WeChat today", "今日向微信请求")
HEADS: Final = (CREDENTIAL, terms.STATE, LEFT, ROTATED, CALLS)
THEN = W("next", "下次")
AT_PLATFORM = W("of platform", "属于平台")
OF_ACCOUNT = W("of", "属于")
NOW = W("now", "正在尝试")
OF = W("{calls} of {limit}", "{calls}/{limit}")


def job_table(
    visit: Visit, caption: Words, jobs: Sequence[JobResult], *, empty: Words, kind: str = ""
) -> Html:
    """`kind` as in `table`."""
    rows = [_cells(visit, job) for job in jobs]
    return table(visit, caption, HEADS, rows, empty=empty, kind=kind)


def _cells(visit: Visit, job: JobResult) -> Sequence[Cell]:
    return (
        _name(visit, job),
        joined([badges(visit, job), error_brief(visit, job.error)]),
        time_left(visit, job),
        fill(
            '{rotated} <small class="below short">{then} {next}</small>',
            rotated=visit.time(job.issued_at),
            then=visit.say(THEN),
            next=next_attempt(visit, job),
        ),
        calls(visit, job),
    )


def _name(visit: Visit, job: JobResult) -> Html:
    """The kind, and whose it is: what people call the account, with its appid."""
    account = called(job.name, link(account_place(job.appid), job.name or job.appid), job.appid)
    if job.subject:
        words = AT_PLATFORM if job.kind == AUTHORIZER_TOKEN else OF_ACCOUNT
        of = fill("{of} {account}", of=visit.say(words), account=account)
        name = job.subject_name
        theirs = (
            fill("{name}", name=name)
            if name
            else fill('<span class="id">{id}</span>', id=job.subject)
        )
        named = [_below(called(name, theirs, job.subject)), _below(of)]
    else:
        named = [_below(account)]
    return fill(
        '<span class="name">{kind}{named}</span>', kind=link(place_of(job), job.kind), named=named
    )


def _below(shown: Html) -> Html:
    return fill(' <small class="below">{shown}</small>', shown=shown)


def called(name: str, shown: Html, appid: str) -> Html:
    """What shows the account, and its appid behind it where it shows a name."""
    return (
        fill('{shown} <code class="id">{appid}</code>', shown=shown, appid=appid) if name else shown
    )


def place_of(job: JobResult) -> str:
    """The page of a credential."""
    parts = [job.appid, job.kind, *([job.subject] if job.subject else [])]
    return "/".join((ROOM, *(quote(part, safe="") for part in parts)))


def account_place(appid: str) -> str:
    return f"{ROOM}/{quote(appid, safe='')}"


def badges(visit: Visit, job: JobResult) -> Html:
    shown = STATES[Freshness(job.state)]
    # A refresh that is late without an error needs no one: it is under way.
    kind = "bad" if job.state == Freshness.PENDING and job.error else shown.kind
    more = [REACTIONS[job.error.reaction]] if job.error else []
    if job.contested:
        more.append(CONTESTED)
    first = state(visit, kind, shown.words)
    made = [fill(" {badge}", badge=state(visit, one.kind, one.words)) for one in more]
    return fill('<span class="badges">{first}{made}</span>', first=first, made=made)


def time_left(visit: Visit, job: JobResult) -> Html:
    is_given = job.state in (Freshness.FRESH, Freshness.STALE)
    if not is_given or job.issued_at is None or job.expires_at is None:
        return fill('<span class="faint">–</span>')
    span = timedelta(seconds=job.expires_in)
    return fill(
        '<span class="left" data-left="{left}" data-seconds="{seconds}" data-over="{over}">{bar}</span>',
        left=job.expires_in,
        seconds=visit.lasting(timedelta(0)),
        over=visit.say(STATES[Freshness.EXPIRED].words),
        bar=bar(visit, span / (job.expires_at - job.issued_at), visit.lasting(span)),
    )


def next_attempt(visit: Visit, job: JobResult) -> Cell:
    return visit.say(NOW) if job.attempting else visit.time(job.next_attempt_at)


def calls(visit: Visit, job: JobResult) -> str:
    return visit.say(OF, calls=job.calls_today, limit=job.calls_limit)


def error_brief(visit: Visit, error: Fault | None) -> Html:
    if error is None:
        return Html()
    what = visit.sentence(error.message) if error.errcode is None else str(error.errcode)
    said = fill('<span class="error">{what}</span>', what=what)
    return fill(
        ' <small class="below">{said}</small>',
        said=spaced(said, with_code(visit.sentence(error.advice))),
    )


def error_facts(visit: Visit, error: Fault) -> Iterator[tuple[Phrase, Cell | None]]:
    yield W("At", "时间"), visit.time(error.at)
    yield W("Call", "接口"), when(error.endpoint, code(error.endpoint))
    yield terms.ERRCODE, None if error.errcode is None else str(error.errcode)
    yield terms.RID, when(error.rid, code(error.rid))


def error_advice(visit: Visit, error: Fault) -> Html:
    return joined(
        [
            fill('<p class="error">{message}</p>', message=visit.sentence(error.message)),
            advice(visit, error.advice),
        ]
    )
