"""Examines business systems: whether they accept notifications, and can be reached."""

from collections.abc import AsyncIterator, Iterable, Iterator

from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.doctor.finding import Finding, fail, ok, warn
from wechat_scheduler.errors import CallError
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.urls import shown

LET_IT_ANSWER = (
    "make it listen there, and let callbacks.allow and callbacks.deny permit the address"
)


def notifications(views: Iterable[JobView]) -> Iterator[Finding]:
    """A warning for each notification that is not accepted."""
    for view in views:
        for receiver in view.receivers:
            if receiver.error:
                says = f"{receiver.error}, {receiver.attempts} times in a row for {view.key}"
                yield warn("notify", says, f"make the system with key {receiver.owner} accept it")


async def reachable(views: Iterable[JobView], client: GuardedClient) -> AsyncIterator[Finding]:
    """Sends HEAD to each address; any answer is fine. It neither notifies nor asks for anything."""
    for what, url in dict.fromkeys(_addresses(views)):
        try:
            status = await client.reach(url, what=what)
        except CallError as error:
            yield fail(what, str(error), LET_IT_ANSWER)
        else:
            yield ok(what, f"{shown(url)} answers, with status {status}")


def _addresses(views: Iterable[JobView]) -> Iterator[tuple[str, str]]:
    for view in views:
        for receiver in view.receivers:
            if receiver.notify:
                yield "notify", receiver.notify
            if receiver.params:
                yield "params", receiver.params
