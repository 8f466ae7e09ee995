"""The state of the process itself, for the metrics page."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """`turning` tells for each loop whether it turns; `daily_limits` how many calls a job of each kind
    may make to WeChat in a day."""

    turning: Mapping[str, bool]
    daily_limits: Mapping[str, int]
    memo_hits: int
    memo_entries: int
    memo_bytes: int
