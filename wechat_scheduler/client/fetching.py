"""Decides how a credential is fetched into the memory, waited for, and reported."""

from datetime import timedelta

from wechat_scheduler.client.answers import DaemonResponse, JobInfo, result
from wechat_scheduler.client.checks import require_text, task_path
from wechat_scheduler.client.kept import KeptCredential, Name, expiry_of, instant_of
from wechat_scheduler.client.memory import NOT_MODIFIED, Memory
from wechat_scheduler.client.steps import CallStep, Outcome, PauseStep, Steps
from wechat_scheduler.errors import CallError, RequestError, UnavailableError
from wechat_scheduler.reasons import Reason

# A server that answers a long poll sooner, and has nothing new, knows none.
LEAST_WAIT = timedelta(seconds=1)
# How long the successor of a value that was reported is waited for: longer than WeChat takes to issue one.
SUCCESSION = timedelta(seconds=10)
# Headers have whole seconds.
ROUNDING = timedelta(seconds=1)
FIRST_REST = timedelta(milliseconds=100)


def look(memory: Memory, name: Name, kept: KeptCredential) -> Steps[Outcome]:
    """Fetches what may be newer; keeps it, or the error."""
    asked = memory.asked(kept)
    try:
        memory.require_admitted()
        response = yield from _fetch(memory, name, kept)
        memory.hold(kept, response, asked)
    except (CallError, RequestError) as error:
        memory.fail(kept, error)
        return Outcome.UNREACHED if isinstance(error, CallError) else Outcome.REFUSED
    return Outcome.HELD


def long_poll(memory: Memory, name: Name, kept: KeptCredential, wait: timedelta) -> Steps[Outcome]:
    """Waits for another value. Keeps it; an error leaves what is kept as it is."""
    asked, known = memory.asked(kept), kept.etag
    try:
        response = yield _waiting(name, known, wait)
        if _is_of_another(response, kept):
            memory.doubt(name)
        else:
            memory.hold(kept, response, asked._replace(at=memory.boottime()))
    except CallError:
        return Outcome.UNREACHED
    except UnavailableError:
        pass
    except RequestError:
        return Outcome.REFUSED
    waited = memory.boottime() - asked.at >= LEAST_WAIT.total_seconds()
    return Outcome.HELD if waited or kept.etag != known else Outcome.HASTY


def report(memory: Memory, name: Name, value: str) -> Steps[str]:
    """Reports a value that WeChat refused; returns the next one. Raises UnavailableError if there is no other
    in time."""
    kept = memory.entry(name)
    require_text("value", value, "the one that WeChat refused, as it was fetched")
    if kept.value == value or not (memory.is_fresh(kept) and memory.is_valid(kept)):
        path = (*task_path(*name), "invalid")
        said = result((yield CallStep(method="POST", path=path, body={"value": value})), str)
        memory.doubt(name)
        yield from look(memory, name, kept)
        if said != "ignored":
            yield from _succeed(memory, name, kept, value)
    if (following := kept.hand_out(memory.boottime())) == value:
        raise _no_other(name, (yield from _cause(name)))
    return following


def _cause(name: Name) -> Steps[str]:
    """What the daemon knows of it."""
    query = {"appid": name.appid, "type": name.kind, "subject": name.subject}
    try:
        jobs = result((yield CallStep(path=("tasks",), query=query, in_hurry=True)), list[JobInfo])
    except (CallError, RequestError):
        return ""
    faults = [job.error for job in jobs if job.error]
    return ": ".join(filter(None, (faults[0].message, faults[0].advice))) if faults else ""


def _no_other(name: Name, cause: str) -> UnavailableError:
    named = "/".join(filter(None, name))
    because = f": {cause}" if cause else ""
    return UnavailableError(
        f"WeChat refused the value of {named}, and the daemon has no newer one yet{because}",
        reason=Reason.TASK_EXPIRED,
        retry_after=SUCCESSION,
    )


def _succeed(memory: Memory, name: Name, kept: KeptCredential, value: str) -> Steps[None]:
    """Until another value is kept, or it is late."""
    until = memory.boottime() + SUCCESSION.total_seconds()
    rest = FIRST_REST.total_seconds()
    while kept.value == value and (left := until - memory.boottime()) > 0:
        wait = timedelta(seconds=max(1, int(left)))
        if (yield from long_poll(memory, name, kept, wait)) is not Outcome.HELD:
            yield PauseStep(seconds=min(rest, left))
            rest *= 2


def _fetch(memory: Memory, name: Name, kept: KeptCredential) -> Steps[DaemonResponse]:
    path = task_path(*name)
    if not memory.is_valid(kept):
        first: DaemonResponse = yield CallStep(path=path)
        return first
    response: DaemonResponse = yield CallStep(
        path=path, headers={"If-None-Match": kept.etag}, in_hurry=True
    )
    if _is_of_another(response, kept):
        response = yield CallStep(path=path, in_hurry=True)
    return response


def _waiting(name: Name, etag: str, wait: timedelta) -> CallStep:
    query = {"wait": str(int(wait.total_seconds()))}
    version = etag.strip('"')
    headers = {"If-None-Match": etag} if etag else {}
    if version.isascii() and version.isdecimal():
        query["version"] = version
    return CallStep(path=task_path(*name), query=query, headers=headers, longer=wait)


def _is_of_another(response: DaemonResponse, kept: KeptCredential) -> bool:
    """Whether "not modified" is said of another value: a daemon whose state was lost or restored counts
    its versions anew."""
    if response.status != NOT_MODIFIED:
        return False
    theirs, ours = instant_of(expiry_of(response.headers)), instant_of(kept.expiry)
    if theirs is None or ours is None:
        return theirs is not ours
    return abs(theirs - ours) > ROUNDING
