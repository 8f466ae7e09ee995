"""Somebody who hears what became of each attempt."""

from collections import deque
from typing import Any

from wechat_scheduler.credentials.model import Outcome as RefreshOutcome
from wechat_scheduler.delivery.model import Outcome as DeliveryOutcome


class Outcomes(deque[Any]):
    """All of them, in order, up to `maxlen`."""

    def refreshed(self, outcome: RefreshOutcome) -> None:
        self.append(outcome)

    def sent(self, outcome: DeliveryOutcome, _: str | None) -> None:
        self.append(outcome)
