"""Draws jobs on a terminal: a table of several, or a page about one."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from wechat_scheduler.cli import tables
from wechat_scheduler.cli.showing import clean
from wechat_scheduler.cli.tables import Column
from wechat_scheduler.cli.times import brief, local, relative
from wechat_scheduler.client.answers import ContestInfo, FaultInfo, JobInfo, ReceiverInfo

COLOURS = {
    "fresh": "green",
    "stale": "yellow",
    "pending": "cyan",
    "expired": "bold red",
    "revoked": "bold red",
}
# An openid takes 28 places: on most terminals the subject stands below the others.
COLUMNS = (
    Column("APPID"),
    Column("NAME", may_shrink=True),
    Column("TYPE"),
    Column("STATE"),
    Column("EXPIRES", to_right=True),
    Column("NEXT", to_right=True),
    Column("SUBJECT"),
)
# One cause may fail a thousand jobs: only the first of them are explained below the table.
MOST_TROUBLES = 10


def job_name(job: JobInfo) -> str:
    """The name that the daemon's sentences use: `wx1111111111111111/access_token`."""
    return "/".join(filter(None, (job.appid, job.kind, job.subject)))


def called(job: JobInfo) -> str:
    """What people call the account that the credential is for; empty if it has no name."""
    return clean(job.subject_name or job.name)


def problems(job: JobInfo) -> Iterator[str]:
    """What is wrong with a job, and what to do about it, a sentence each."""
    if job.error is not None:
        yield from _reasons(job.error)
    if job.contested is not None:
        yield from _contest(job.contested)
    for receiver in job.receivers:
        if receiver.error:
            yield clean(receiver.error)


def table(jobs: Sequence[JobInfo], now: datetime, *, width: int) -> RenderableType:
    """A row for each job, and below the table the problems of those that have a `!`."""
    troubles = _troubles([job for job in jobs if any(problems(job))])
    return Group(*_lines(jobs, now, width), *troubles)


def live_table(jobs: Sequence[JobInfo], now: datetime, width: int, height: int) -> RenderableType:
    """The table, cut to that height: jobs with problems come first, and the number of the others
    last."""
    ordered = sorted(jobs, key=lambda job: not any(problems(job)))
    lines = [*_lines(ordered, now, width), *_first_problems(ordered, width)]
    if len(lines) <= height:
        return Group(*lines)
    return Group(*lines[: height - 1], Text(f"… {len(jobs)} jobs in all", "dim"))


def _lines(jobs: Sequence[JobInfo], now: datetime, width: int) -> list[Text]:
    rows = [list(_row(job, now)) for job in jobs]
    filled = {"NAME": any(map(called, jobs)), "SUBJECT": any(job.subject for job in jobs)}
    places = [at for at, column in enumerate(COLUMNS) if filled.get(column.heading, True)]
    columns = [COLUMNS[at] for at in places]
    return tables.table(columns, [[row[at] for at in places] for row in rows], width)


def _first_problems(jobs: Sequence[JobInfo], width: int) -> Iterator[Text]:
    for job in jobs:
        if (first := next(problems(job), "")) != "":
            line = Text(f"! {job_name(job)}: {first}", "red")
            line.truncate(width, overflow="ellipsis")
            yield line


def page(job: JobInfo, now: datetime) -> RenderableType:
    """The job's name, and a line for each fact."""
    shown = Table.grid(padding=(0, 2, 0, 0))
    shown.add_column(style="dim", no_wrap=True)
    # Rich counts characters and not cells where it cuts a line's last blank: an ellipsis would cost more.
    shown.add_column(overflow="fold")
    for label, value in _facts(job, now):
        shown.add_row(f"  {label}", value)
    return Group(Text(job_name(job), style="bold"), shown)


def _row(job: JobInfo, now: datetime) -> Iterator[Text]:
    yield Text(job.appid)
    yield Text(called(job))
    yield Text(job.kind)
    mark = " !" if any(problems(job)) else ""
    yield Text.assemble((job.state, COLOURS.get(job.state, "")), (mark, "red"))
    yield Text(_left(job.expires_at, now))
    yield Text("running" if job.attempting else _until(job.next_attempt_at, now))
    yield Text(job.subject, "dim")


def _left(instant: datetime | None, now: datetime) -> str:
    if instant is None:
        return "-"
    return brief(instant - now) if instant > now else f"{brief(now - instant)} ago"


def _until(instant: datetime, now: datetime) -> str:
    return brief(instant - now) if instant > now else "now"


def _troubles(jobs: Sequence[JobInfo]) -> Iterator[RenderableType]:
    for job in jobs[:MOST_TROUBLES]:
        yield Text(f"\n! {job_name(job)}", style="red")
        for sentence in problems(job):
            yield Padding(Text(sentence), (0, 0, 0, 2))
    if len(jobs) > MOST_TROUBLES:
        yield Text(f"\n! and {len(jobs) - MOST_TROUBLES} more", style="red")


def _facts(job: JobInfo, now: datetime) -> Iterator[tuple[str, Text]]:
    if job.name:
        yield "account", Text(clean(job.name))
    if job.subject_name:
        yield "subject", Text(clean(job.subject_name))
    yield "state", Text(job.state, style=COLOURS.get(job.state, ""))
    if job.issued_at and job.expires_at:
        yield "issued", Text(f"{_when(job.issued_at, now)}, version {job.version}")
        yield "expires", Text(_when(job.expires_at, now))
    yield "next attempt", Text("running" if job.attempting else _when(job.next_attempt_at, now))
    if job.waits_for:
        yield "waits for", Text(job.waits_for)
    yield "calls today", Text(str(job.calls_today))
    if job.error is not None:
        times = "" if job.failures <= 1 else f", the last of {job.failures} failures in a row"
        yield from _problem("error", "red", _reasons(job.error), _when(job.error.at, now) + times)
    if job.contested is not None:
        contest = _contest(job.contested)
        yield from _problem("contested", "yellow", contest, _when(job.contested.at, now))
    for receiver in job.receivers:
        yield from _registered(receiver)


def _when(instant: datetime, now: datetime) -> str:
    return f"{relative(instant, now)} ({local(instant)})"


def _problem(
    label: str, style: str, sentences: Iterator[str], when: str
) -> Iterator[tuple[str, Text]]:
    yield label, Text(next(sentences), style=style)
    yield "", Text(when)
    yield from (("", Text(advice)) for advice in sentences)


def _registered(receiver: ReceiverInfo) -> Iterator[tuple[str, Text]]:
    yield "kept for", Text(receiver.key)
    if receiver.notify:
        yield "  notify", Text(receiver.notify)
        yield "", _notified(receiver)
    if receiver.params:
        yield "  params", Text(receiver.params)


def _notified(receiver: ReceiverInfo) -> Text:
    if receiver.error:
        failed = f"failed {receiver.attempts} times in a row: {clean(receiver.error)}"
        return Text(failed, style="red")
    if receiver.state == "delivered":
        return Text(f"notified of version {receiver.version}")
    return Text("not notified yet")


def _reasons(fault: FaultInfo) -> Iterator[str]:
    yield clean(f"{fault.message} (rid {fault.rid})" if fault.rid else fault.message)
    if fault.advice:
        yield clean(f"→ {fault.advice}")


def _contest(contest: ContestInfo) -> Iterator[str]:
    yield clean(contest.message)
    if contest.advice:
        yield clean(f"→ {contest.advice}")
