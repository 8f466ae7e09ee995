"""Shows the credentials that need a person, whether or not an alert fires yet: one item for each fault, however many have it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.alerts.model import Severity
from wechat_scheduler.credentials.journal import FOR_A_PERSON
from wechat_scheduler.credentials.model import Fault
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.web.console.account_names import named
from wechat_scheduler.web.console.alerts.now import mutes_of
from wechat_scheduler.web.console.alerts.wording import severity
from wechat_scheduler.web.console.credentials.phrases import REACTIONS
from wechat_scheduler.web.console.credentials.rows import place_of
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import advice, code, spaced, state
from wechat_scheduler.web.console.plots import shown
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

# Faults that are told apart; the list of credentials has all.
MOST_FAULTS: Final = 6
# Credentials that are named of each fault; the list has all.
MOST_NAMED: Final = 3

CREDENTIALS = W("{number} credentials", "{number} 个凭据")
OTHERS = W("{number} more credentials", "另有 {number} 个凭据")
_ITEM: Final = """<li class="need">
<h3 class="head">{head}</h3>
<p class="text">{message}</p>{advice}{jobs}{mute}</li>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFault:
    """A fault that `number` credentials have, some of which are `jobs`."""

    fault: Fault
    jobs: Sequence[JobResult]
    number: int

    @property
    def query(self) -> str:
        """Of the list of these credentials."""
        of_code = {"errcode": str(self.fault.errcode)} if self.fault.errcode is not None else {}
        return urlencode({"error": self.fault.reaction.value, **of_code})

    def is_told_by(self, alert: AlertResult) -> bool:
        """Whether the alert is about one of these credentials, or says to do the same."""
        subjects = (f"{job.appid}/{job.kind}" for job in self.jobs)
        return alert.advice == self.fault.advice or alert.subject in subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFaults:
    """All faults that call for a person. `others` has the number of credentials, by reaction, that none of `known` has."""

    known: Sequence[CredentialFault] = ()
    others: Sequence[tuple[Reaction, int]] = ()

    def __bool__(self) -> bool:
        return bool(self.known or self.others)

    @property
    def errcodes(self) -> Collection[str]:
        """Those whose advice is shown."""
        return {str(one.fault.errcode) for one in self.known if one.fault.errcode is not None}


async def credential_faults(visit: Visit, counts: JobCountsResult | None) -> CredentialFaults:
    """Those of many come first, and those that need a person before those that wait for an input."""
    if counts is None:
        return CredentialFaults()
    found: list[CredentialFault] = []
    for reaction in FOR_A_PERSON:
        if counts.errors[reaction]:
            found += await _of_reaction(visit, reaction)
    known = found[:MOST_FAULTS]
    others = Counter({reaction: counts.errors[reaction] for reaction in FOR_A_PERSON})
    for one in known:
        others[one.fault.reaction] -= one.number
    rest = [(reaction, number) for reaction, number in others.items() if number > 0]
    return CredentialFaults(known=known, others=rest)


async def _of_reaction(visit: Visit, reaction: Reaction) -> Sequence[CredentialFault]:
    rows = await visit.api.page("/tasks", JobResult, error=reaction.value)
    found = _largest(alike(rows.rows))
    if rows.after:
        found = _largest([await _counted(visit, one) for one in found[:MOST_FAULTS]])
    return found


def _largest(found: Iterable[CredentialFault]) -> list[CredentialFault]:
    return sorted(found, key=lambda one: -one.number)


def alike(jobs: Iterable[JobResult]) -> list[CredentialFault]:
    """The faults of these credentials: those with one errcode are one, others if they say the same."""
    groups: dict[tuple[object, ...], list[JobResult]] = {}
    for job in jobs:
        if job.error is not None:
            groups.setdefault(_sameness(job.error), []).append(job)
    return [
        CredentialFault(fault=group[0].error, jobs=group, number=len(group))
        for group in groups.values()
        if group[0].error is not None
    ]


def _sameness(fault: Fault) -> tuple[object, ...]:
    if fault.errcode is not None:
        return fault.reaction, fault.errcode
    return fault.reaction, fault.message, fault.advice


async def _counted(visit: Visit, one: CredentialFault) -> CredentialFault:
    """With the number of all that have it; of a fault without an errcode those that are known."""
    if one.fault.errcode is None:
        return one
    counts = await visit.api.get("/v1/tasks/counts", JobCountsResult, errcode=one.fault.errcode)
    number = counts.errors[one.fault.reaction]
    return CredentialFault(fault=one.fault, jobs=one.jobs, number=max(number, len(one.jobs)))


def items(
    visit: Visit,
    faults: CredentialFaults,
    alerts: Sequence[AlertResult],
    names: Mapping[str, str],
) -> Iterator[Html]:
    """An item for each fault, with what the alerts about it add. `names` are those of accounts."""
    for one in faults.known:
        yield _item(visit, one, [alert for alert in alerts if one.is_told_by(alert)], names)
    for reaction, number in faults.others:
        url = f"/console/credentials?{urlencode({'error': reaction.value})}"
        words = visit.say(OTHERS, number=shown(number))
        yield fill(
            '<li class="need"><p class="head">{state} {link}</p></li>',
            state=_state(visit, reaction),
            link=link(url, words),
        )


def _item(
    visit: Visit, one: CredentialFault, alerts: Sequence[AlertResult], names: Mapping[str, str]
) -> Html:
    fault = one.fault
    is_critical = any(alert.severity == Severity.CRITICAL for alert in alerts)
    since = min((alert.since for alert in alerts), default=None)
    return fill(
        _ITEM,
        head=spaced(
            _state(visit, fault.reaction),
            when(is_critical, severity(visit, Severity.CRITICAL)),
            when(fault.errcode is not None, code(str(fault.errcode))),
            _subject(visit, one, names),
            when(since, fill('<span class="faint">{at}</span>', at=visit.time(since))),
        ),
        message=visit.sentence(fault.message),
        advice=advice(visit, fault.advice),
        jobs=_jobs(one, names),
        mute=mutes_of(visit, alerts),
    )


def _state(visit: Visit, reaction: Reaction) -> Html:
    shown = REACTIONS[reaction]
    return state(visit, shown.kind, shown.words)


def _subject(visit: Visit, one: CredentialFault, names: Mapping[str, str]) -> Html:
    """The credential, or how many there are."""
    if one.number == 1:
        return _named(one.jobs[0], names)
    words = visit.say(CREDENTIALS, number=shown(one.number))
    return link(f"/console/credentials?{one.query}", words)


def _jobs(one: CredentialFault, names: Mapping[str, str]) -> Html:
    """Some of several by name."""
    if one.number == 1:
        return Html()
    made = [fill("<li>{name}</li>", name=_named(job, names)) for job in one.jobs[:MOST_NAMED]]
    return fill('<ul class="links">{made}</ul>', made=made)


def _named(job: JobResult, names: Mapping[str, str]) -> Html:
    """What people call the accounts stands in front; else the names of the apps behind."""
    parts = (job.name, job.appid, job.kind, job.subject_name, job.subject)
    shown = link(place_of(job), " · ".join(filter(None, parts)))
    return shown if job.name else named(names, job.appid, shown)
