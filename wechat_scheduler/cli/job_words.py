"""What is said of a job, wherever it is said."""

from collections.abc import Iterator

from wechat_scheduler.client.client import Contest, Fault, Job

COLOURS = {
    "fresh": "green",
    "stale": "yellow",
    "pending": "cyan",
    "expired": "bold red",
    "revoked": "bold red",
}


def job_name(job: Job) -> str:
    """As the daemon's own sentences have it: `wx1111111111111111/access_token`."""
    return "/".join(filter(None, (job.appid, job.kind, job.subject)))


def problems(job: Job) -> Iterator[str]:
    """What is wrong, and what to do about it, a sentence each."""
    if job.error is not None:
        yield from reasons(job.error)
    if job.contested is not None:
        yield from contest(job.contested)
    for receiver in job.receivers:
        if receiver.error:
            yield clean(receiver.error)


def reasons(fault: Fault) -> Iterator[str]:
    yield clean(f"{fault.message} (rid {fault.rid})" if fault.rid else fault.message)
    if fault.advice:
        yield clean(f"→ {fault.advice}")


def contest(found: Contest) -> Iterator[str]:
    yield clean(found.message)
    if found.advice:
        yield clean(f"→ {found.advice}")


def clean(text: str) -> str:
    """What others wrote, without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
