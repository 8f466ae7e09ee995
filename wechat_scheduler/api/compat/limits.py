"""How often the foreign APIs may be called, where they limit that."""

from dataclasses import dataclass

from wechat_scheduler.api.rates import Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class WxPusherLimits:
    """`calls` are counted by app, `queries` (which need no token) by address."""

    calls: Rate
    queries: Rate
