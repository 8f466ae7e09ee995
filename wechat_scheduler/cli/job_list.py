"""Jobs, one below the other: a table for people, lines for programs."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from wechat_scheduler.cli.job_words import COLOURS, job_name, problems
from wechat_scheduler.cli.times import brief, rfc3339
from wechat_scheduler.client.client import Job

HEADINGS = ("APPID", "TYPE", "SUBJECT", "STATE", "EXPIRES", "NEXT", "FAILURES", "PROBLEM")
# Below this width an openid has no room beside the rest, and stands under its type.
WIDE = 110
# Where one cause fails a thousand jobs, a few of them tell it.
MOST_TROUBLES = 10


def table(jobs: Sequence[Job], now: datetime, *, width: int) -> RenderableType:
    """A row for each job; below, what is wrong with those that have a `!`."""
    stacked = width < WIDE or not any(job.subject for job in jobs)
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("APPID", "TYPE", *([] if stacked else ["SUBJECT"]), "STATE"):
        shown.add_column(heading, no_wrap=True)
    for heading in ("EXPIRES", "NEXT"):
        shown.add_column(heading, no_wrap=True, justify="right")
    for job in jobs:
        shown.add_row(*_row(job, now, stacked=stacked))
    return Group(shown, *_troubles([job for job in jobs if any(problems(job))]))


def _row(job: Job, now: datetime, *, stacked: bool) -> Iterator[Text]:
    yield Text(job.appid)
    yield Text.assemble(job.kind, (f"\n {job.subject}" if stacked and job.subject else "", "dim"))
    if not stacked:
        yield Text(job.subject)
    mark = " !" if any(problems(job)) else ""
    yield Text.assemble((job.state, COLOURS.get(job.state, "")), (mark, "red"))
    yield Text(_left(job.expires_at, now))
    yield Text("running" if job.attempting else _until(job.next_attempt_at, now))


def _left(instant: datetime | None, now: datetime) -> str:
    if instant is None:
        return "-"
    return brief(instant - now) if instant > now else f"{brief(now - instant)} ago"


def _until(instant: datetime, now: datetime) -> str:
    return brief(instant - now) if instant > now else "now"


def _troubles(jobs: Sequence[Job]) -> Iterator[RenderableType]:
    for job in jobs[:MOST_TROUBLES]:
        yield Text(f"\n! {job_name(job)}", style="red")
        for sentence in problems(job):
            yield Padding(Text(sentence), (0, 0, 0, 2))
    if len(jobs) > MOST_TROUBLES:
        yield Text(f"\n! and {len(jobs) - MOST_TROUBLES} more", style="red")


def lines(jobs: Sequence[Job]) -> Iterator[str]:
    """For `awk` and `grep`: no column is empty, and only the last holds spaces."""
    rows = [HEADINGS, *(tuple(_fields(job)) for job in jobs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def _fields(job: Job) -> Iterator[str]:
    yield from (job.appid, job.kind, job.subject or "-", job.state)
    yield rfc3339(job.expires_at) if job.expires_at else "-"
    yield rfc3339(job.next_attempt_at)
    yield str(job.failures)
    yield next(problems(job), "-")
