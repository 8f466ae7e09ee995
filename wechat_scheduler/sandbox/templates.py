"""Templates, and the ids and outcomes of template messages."""

import random
import re
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import NamedTuple

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.periods import ExpiringDict, Periods

SHORTEST_ID = 10
SUCCESS = "success"
# With the spaces that WeChat writes. The last one is not documented but was seen.
STATUSES = (SUCCESS, "failed:user block", "failed: system failed", "failed:freq limit")


_KEYWORD = re.compile(r"\{\{ *(\w+)\.DATA *\}\}")

# Each is kept until its message is sent.
_MOST_RECEIPTS = 10_000
_MOST_INTERCEPTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxTemplate:
    """A template of every account. `content` is in WeChat's notation, such as `单号:{{number1.DATA}}`; if
    empty, the template takes every keyword. `values` has the only values that a keyword takes. Sent as
    a notice, as a template message, or, if `is_notice` is None, as either. Of a `lasting` notice a user who
    accepts one accepts all. Template messages of an `intercepted` one are accepted and not shown."""

    template_id: str
    title: str = ""
    content: str = ""
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_notice: bool | None = None
    lasting: bool = False
    intercepted: bool = False

    @property
    def keywords(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_KEYWORD.findall(self.content)))


class MessageIdentity(NamedTuple):
    """Two messages that have all of these in common are the same."""

    appid: str
    openid: str
    client_msg_id: str


class KeptFromPhone(NamedTuple):
    """A message that was accepted and not shown. `id` grows from one to the next."""

    appid: str
    openid: str
    template_id: str
    title: str
    content: str
    at: datetime
    id: int = 0


class Templates:
    """A real account adds its templates first. Here a template exists if it was given to the
    sandbox, or if its id has ten characters or more and does not begin with `unknown`.

    `given` has the first ones, as `SandboxOptions` says.
    """

    def __init__(self, given: Mapping[str, str], periods: Periods, rng: random.Random) -> None:
        self._templates = {it: _template(it, text) for it, text in given.items()}
        self._sent = ExpiringDict[MessageIdentity, int](periods.same_message)
        self._msgids = count(rng.randrange(2 * 10**8, 10**9))
        self._receipts: dict[str, list[str]] = {}
        self._intercepted: deque[KeptFromPhone] = deque(maxlen=_MOST_INTERCEPTED)
        self._interceptions = count(1)

    def find(self, template_id: object) -> SandboxTemplate | None:
        if not isinstance(template_id, str):
            return None
        made_up = len(template_id) >= SHORTEST_ID and not template_id.startswith("unknown")
        otherwise = SandboxTemplate(template_id=template_id) if made_up else None
        return self._templates.get(template_id, otherwise)

    def put(self, template: SandboxTemplate) -> None:
        """Adds the template, or replaces the one with its id. Raises InvalidRequestError."""
        for name in template.values:
            if name not in template.keywords:
                raise InvalidRequestError(f"the content has no {name}", field="values")
        self._templates[template.template_id] = template

    def remove(self, template_id: object) -> bool:
        """Returns whether the template was listed."""
        if not isinstance(template_id, str) or template_id not in self._templates:
            return False
        del self._templates[template_id]
        return True

    def listed(self, *, notice: bool) -> list[SandboxTemplate]:
        """The notices that were given to the sandbox, or the other templates."""
        return [it for it in self._templates.values() if bool(it.is_notice) is notice]

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

    def intercept(self, message: KeptFromPhone) -> None:
        """Keep a message in the place of showing it."""
        self._intercepted.append(message._replace(id=next(self._interceptions)))

    def intercepted(self, appid: str, template_id: str) -> list[KeptFromPhone]:
        """The newest thousand of all, the oldest first."""
        wanted = (appid, template_id)
        return [one for one in self._intercepted if (one.appid, one.template_id) == wanted]

    def script_receipts(self, appid: str, status: str, times: int) -> None:
        """Sets the status of the account's next `times` messages. Raises InvalidRequestError."""
        if status not in STATUSES:
            raise InvalidRequestError(f"must be one of {', '.join(STATUSES)}", field="status")
        if not 1 <= times <= _MOST_RECEIPTS:
            raise InvalidRequestError(f"must be 1 to {_MOST_RECEIPTS}", field="times")
        self._receipts.setdefault(appid, []).extend([status] * times)

    def status(self, appid: str) -> str:
        """The status of the message that is being sent."""
        scripted = self._receipts.get(appid)
        return scripted.pop(0) if scripted else SUCCESS


def _template(template_id: str, text: str) -> SandboxTemplate:
    title, *keywords = text.split("|")
    content = "\n".join(
        line if _KEYWORD.search(line) else f"{line}:{{{{{line}.DATA}}}}" for line in keywords
    )
    return SandboxTemplate(template_id=template_id, title=title, content=content)
