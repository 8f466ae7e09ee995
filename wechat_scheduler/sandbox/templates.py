"""Templates, and the ids and outcomes of template messages."""

import random
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import NamedTuple

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.periods import ExpiringDict, Periods

SHORTEST_ID = 10
SUCCESS = "success"
# With the spaces that WeChat writes. The last one is not documented but was seen.
STATUSES = (SUCCESS, "failed:user block", "failed: system failed", "failed:freq limit")


class MessageIdentity(NamedTuple):
    """Two messages that have all of these in common are the same."""

    appid: str
    openid: str
    client_msg_id: str


class Templates:
    """A real account adds its templates first. Here a template exists if it was given to the
    sandbox, or if its id has ten characters or more and does not begin with `unknown`.
    """

    def __init__(self, titles: Mapping[str, str], periods: Periods, rng: random.Random) -> None:
        self._titles = titles
        self._sent = ExpiringDict[MessageIdentity, int](periods.same_message)
        self._msgids = count(rng.randrange(2 * 10**8, 10**9))
        self._receipts: dict[str, list[str]] = {}

    def exists(self, template_id: object) -> bool:
        if not isinstance(template_id, str):
            return False
        made_up = len(template_id) >= SHORTEST_ID and not template_id.startswith("unknown")
        return made_up or template_id in self._titles

    def title(self, template_id: str) -> str:
        return self._titles.get(template_id, "")

    def sent(self, message: MessageIdentity, now: datetime) -> int | None:
        """The msgid of the same message, if it was sent in the last ten minutes."""
        return self._sent.get(message, now) if message.client_msg_id else None

    def new_msgid(self, message: MessageIdentity, now: datetime) -> int:
        msgid = self.next_msgid()
        if message.client_msg_id:
            self._sent.put(message, msgid, now)
        return msgid

    def next_msgid(self) -> int:
        return next(self._msgids)

    def script_receipts(self, appid: str, status: str, times: int) -> None:
        """Sets the status of the account's next `times` messages. Raises InvalidRequestError."""
        if status not in STATUSES:
            raise InvalidRequestError(f"must be one of {', '.join(STATUSES)}", field="status")
        if times < 1:
            raise InvalidRequestError("must be at least 1", field="times")
        self._receipts.setdefault(appid, []).extend([status] * times)

    def status(self, appid: str) -> str:
        """The status of the message that is being sent."""
        scripted = self._receipts.get(appid)
        return scripted.pop(0) if scripted else SUCCESS
