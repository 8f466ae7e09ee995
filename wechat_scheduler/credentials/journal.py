"""The log events of refreshes."""

import logging

import structlog

from wechat_scheduler.credentials import policy
from wechat_scheduler.credentials.model import (
    ClaimedJob,
    Failed,
    Identified,
    Outcome,
    Repeated,
    Rotated,
)
from wechat_scheduler.reasons import Reaction

log = structlog.get_logger(__name__)

# No later attempt succeeds before a person does something.
FOR_A_PERSON = (Reaction.OPERATOR, Reaction.NEEDS_INPUT)


def names_of(job: ClaimedJob) -> dict[str, str]:
    return {"appid": job.key.appid, "kind": job.key.kind, "subject": job.key.subject}


def log_outcome(outcome: Outcome) -> None:
    """Log a stored outcome."""
    names = names_of(outcome.job)
    match outcome:
        case Rotated(credential=credential, due_at=due_at):
            version, due = credential.version, due_at.isoformat()
            names["subject"] = outcome.subject
            log.info("credential.refreshed", **names, version=version, due_at=due)
        case Repeated(due_at=due_at):
            log.debug("credential.repeated", **names, due_at=due_at.isoformat())
        case Identified(subject=subject):
            log.info("credential.identified", **names, found=subject)
        case Failed():
            _log_fault(outcome, names, outcome.due_at.isoformat())


def log_contest(outcome: Rotated) -> None:
    """Log a contest once a day: it may recur at every refresh."""
    contest, before = outcome.contest, outcome.job.contest
    if contest is None or (
        before is not None and policy.quota_day(before.at) == policy.quota_day(contest.at)
    ):
        return
    log.warning(
        "credential.contested",
        **names_of(outcome.job),
        message=contest.message,
        advice=contest.advice,
    )


def _log_fault(outcome: Failed, names: dict[str, str], due_at: str) -> None:
    """Log a fault as an error if a person has to act and it is new, else as a warning."""
    fault, before = outcome.fault, outcome.job.fault
    if fault.is_wait:
        log.debug("credential.waiting", **names, waits_on=outcome.waits_on)
        return
    known = before is not None and (before.reaction, before.errcode) == (
        fault.reaction,
        fault.errcode,
    )
    calls_for_a_person = fault.reaction in FOR_A_PERSON and not known
    log.log(
        logging.ERROR if calls_for_a_person else logging.WARNING,
        "credential.failed",
        **names,
        reaction=fault.reaction.value,
        errcode=fault.errcode,
        rid=fault.rid,
        message=fault.message,
        advice=fault.advice,
        due_at=due_at,
    )


def only_waits(failed: Failed) -> bool:
    """Whether nothing went wrong yet: a parent or an input has not come, and WeChat was not asked."""
    waits = failed.fault.reaction in (Reaction.PARENT_INVALID, Reaction.NEEDS_INPUT)
    return waits and failed.fault.errcode is None and not failed.spent.calls
