"""WeChat's hosts in their order, of which some may not answer. Source: "接口域名说明"."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import structlog

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass

log = structlog.get_logger(__name__)

HOSTS: Final = (
    "https://api.weixin.qq.com",
    "https://api2.weixin.qq.com",
    "https://sh.api.weixin.qq.com",
    "https://sz.api.weixin.qq.com",
    "https://hk.api.weixin.qq.com",
)

# A host that fails is asked last for this long. Then one call tries it, and the others follow if it works.
REST: Final = timedelta(seconds=60)
TRIAL: Final = timedelta(seconds=5)

# Calls in a row that a host leaves without an answer until it counts as failed: one path may be slow alone.
SILENT: Final = 3


@dataclass(slots=True, kw_only=True)
class _Host:
    base: str
    rests_until: float = float("-inf")
    """A boottime."""
    is_resting: bool = False
    silent: int = 0


class WeChatHosts:
    """`bases` without a slash at their end, the preferred one first."""

    def __init__(self, bases: Sequence[str], *, clock: Clock) -> None:
        self._hosts = {base: _Host(base=base) for base in bases}
        self._clock = clock

    @property
    def bases(self) -> Collection[str]:
        return self._hosts.keys()

    def in_order(self) -> Iterator[str]:
        """The bases to try, until one answers: those that failed just now are last."""
        now = self._clock.boottime()
        ready = [host for host in self._hosts.values() if now >= host.rests_until]
        if ready and ready[0].is_resting:
            ready[0].rests_until = now + TRIAL.total_seconds()
        resting = sorted((it for it in self._hosts.values() if it not in ready), key=_end)
        return (host.base for host in (*ready, *resting))

    def failed(self, base: str, reason: str) -> None:
        """The host cannot be connected to, or its connections bring no answers."""
        host = self._hosts[base]
        host.rests_until = self._clock.boottime() + REST.total_seconds()
        if not host.is_resting and len(self._hosts) > 1:
            log.warning("wechat.host_failed", host=urlsplit(base).netloc, reason=reason)
        host.is_resting = True

    def was_silent(self, base: str) -> None:
        """The host accepted a call and did not answer."""
        self._hosts[base].silent += 1
        if self._hosts[base].silent >= SILENT:
            self.failed(base, "no answers")

    def works(self, base: str) -> None:
        host = self._hosts[base]
        if host.is_resting:
            log.info("wechat.host_works", host=urlsplit(base).netloc)
        host.rests_until, host.is_resting, host.silent = float("-inf"), False, 0


def _end(host: _Host) -> float:
    return host.rests_until


def hosts_of(api: str) -> Sequence[str]:
    """WeChat's hosts from `api` on; a sandbox or proxy at `api` is alone."""
    if api not in HOSTS:
        return (api,)
    start = HOSTS.index(api)
    return (*HOSTS[start:], *HOSTS[:start])
