"""Examines the consumers of the gateway: whether they can call, and for which accounts."""

from collections.abc import Iterable, Iterator, Sequence

from wechat_scheduler.credentials.model import (
    ACCESS_TOKEN,
    AUTHORIZER_TOKEN,
    COMPONENT_TOKEN,
)
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.doctor.finding import Finding, ok, warn
from wechat_scheduler.gateway.model import Consumer

OFF = "set gateway.enabled = true and restart the daemon, or revoke them"
MOST_NAMED = 10


def consumers(
    found: Iterable[Consumer], views: Sequence[JobView], *, is_on: bool
) -> Iterator[Finding]:
    """Nothing without an active consumer."""
    active = [consumer for consumer in found if consumer.revoked_at is None]
    if not active:
        return
    if not is_on:
        yield warn("gateway", f"it is off, so none of {len(active)} consumers can call", OFF)
        return
    kept = set(_kept(views))
    astray = [one for one in active if not one.appids <= kept]
    for consumer in astray[:MOST_NAMED]:
        missing = ", ".join(sorted(consumer.appids - kept)[:MOST_NAMED])
        yield warn(
            "gateway",
            f"no token is kept for {missing}, which the consumer {consumer.name} may use",
            f"register it, or take it away: wechat-scheduler consumers change {consumer.name} --appid …",
        )
    if not astray:
        yield ok("gateway", f"each of {len(active)} consumers has accounts whose tokens are kept")


def _kept(views: Iterable[JobView]) -> Iterator[str]:
    for view in views:
        if view.key.kind in (ACCESS_TOKEN, COMPONENT_TOKEN):
            yield view.key.appid
        elif view.key.kind == AUTHORIZER_TOKEN:
            yield view.key.subject
