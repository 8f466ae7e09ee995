"""One job, with everything that is known of it."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wechat_scheduler.cli.job_words import COLOURS, clean, contest, job_name, reasons
from wechat_scheduler.cli.times import local, relative
from wechat_scheduler.client.client import Fault, Job, Receiver


def page(job: Job, now: datetime) -> RenderableType:
    """Its name, and a line for each fact."""
    shown = Table.grid(padding=(0, 2, 0, 0))
    shown.add_column(style="dim", no_wrap=True)
    shown.add_column()
    for label, value in _facts(job, now):
        shown.add_row(f"  {label}", value)
    return Group(Text(job_name(job), style="bold"), shown)


def _facts(job: Job, now: datetime) -> Iterator[tuple[str, Text]]:
    yield "state", Text(job.state, style=COLOURS.get(job.state, ""))
    if job.issued_at and job.expires_at:
        yield "issued", Text(f"{_when(job.issued_at, now)}, version {job.version}")
        yield "expires", Text(_when(job.expires_at, now))
    yield "next attempt", Text("running" if job.attempting else _when(job.next_attempt_at, now))
    if job.waits_for:
        yield "waits for", Text(job.waits_for)
    yield "calls today", Text(str(job.calls_today))
    if job.error is not None:
        yield from _failure(job.failures, job.error, now)
    if job.contested is not None:
        message, *advice = contest(job.contested)
        yield "contested", Text(message, style="yellow")
        yield "", Text(_when(job.contested.at, now))
        yield from (("", Text(sentence)) for sentence in advice)
    for receiver in job.receivers:
        yield from _interest(receiver)


def _when(instant: datetime, now: datetime) -> str:
    return f"{relative(instant, now)} ({local(instant)})"


def _failure(failures: int, fault: Fault, now: datetime) -> Iterator[tuple[str, Text]]:
    message, *advice = reasons(fault)
    yield "error", Text(message, style="red")
    times = "" if failures == 1 else f", the last of {failures} failures in a row"
    yield "", Text(_when(fault.at, now) + times)
    for sentence in advice:
        yield "", Text(sentence)


def _interest(receiver: Receiver) -> Iterator[tuple[str, Text]]:
    yield "kept for", Text(receiver.key)
    if receiver.notify:
        yield "  notify", Text(receiver.notify)
        yield "", _told(receiver)
    if receiver.params:
        yield "  params", Text(receiver.params)


def _told(receiver: Receiver) -> Text:
    if receiver.error:
        failed = f"failed {receiver.attempts} times in a row: {clean(receiver.error)}"
        return Text(failed, style="red")
    if receiver.state == "delivered":
        return Text(f"told of version {receiver.version}")
    return Text("not told of anything yet")
