"""Settings that are valid alone and contradict one another."""

from collections.abc import Iterator
from datetime import timedelta

from wechat_scheduler.access.local import is_loopback
from wechat_scheduler.config import notation
from wechat_scheduler.config.settings import Config


def contradictions(config: Config) -> Iterator[tuple[str, str]]:
    """Each contradiction as (path, rest of the sentence)."""
    if config.server.insecure_no_auth and not is_loopback(config.server.host):
        yield (
            "server.insecure_no_auth",
            f"refused, since server.host {config.server.host} is not loopback",
        )
    attempt = longest_attempt(config)
    if config.refresh.lease <= attempt:
        yield (
            "refresh.lease",
            f"must be longer than {notation.DURATION.show(attempt)}, the longest refresh: "
            "callbacks.timeout and three times wechat.timeout",
        )
    if config.gateway.connect_port:
        yield from _of_tunnels(config)


def _of_tunnels(config: Config) -> Iterator[tuple[str, str]]:
    path = "gateway.connect_port"
    if not config.gateway.enabled:
        yield path, "needs gateway.enabled = true"
    if config.gateway.connect_port == config.server.port:
        yield path, f"must be another port than server.port, {config.server.port}"


def longest_attempt(config: Config) -> timedelta:
    """The timeouts of the longest refresh: `params` is asked, and WeChat is called three times."""
    return config.callbacks.timeout + 3 * config.wechat.timeout
