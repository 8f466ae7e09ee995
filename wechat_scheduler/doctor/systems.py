"""Business systems: what became of notifications, and whether their addresses can be reached."""

from collections.abc import AsyncIterator, Iterable, Iterator

from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.doctor.finding import Finding, fail, ok, warn
from wechat_scheduler.errors import CallError
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.urls import shown

THEIRS = "it must listen there, and callbacks.allow and callbacks.deny must let it be called"


def notifications(views: Iterable[JobView]) -> Iterator[Finding]:
    """The ones that are not accepted."""
    for view in views:
        for receiver in view.receivers:
            if receiver.error:
                says = f"{receiver.error}, {receiver.attempts} times in a row for {view.key}"
                yield warn("notify", says, f"have the system of key {receiver.owner} accept it")


async def reachable(views: Iterable[JobView], client: GuardedClient) -> AsyncIterator[Finding]:
    """HEAD to each address: any answer will do, since it neither notifies nor asks for anything."""
    for what, url in dict.fromkeys(_addresses(views)):
        try:
            status = await client.reach(url, what=what)
        except CallError as error:
            yield fail(what, str(error), THEIRS)
        else:
            yield ok(what, f"{shown(url)} can be reached (it answered {status})")


def _addresses(views: Iterable[JobView]) -> Iterator[tuple[str, str]]:
    for view in views:
        for receiver in view.receivers:
            if receiver.notify:
                yield "notify", receiver.notify
            if receiver.params:
                yield "params", receiver.params
