"""The messages on the phones, and the browsers that watch them."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from wechat_scheduler.engine.records import dataclass, field


class By(Enum):
    """ACCOUNT: sent through the API. REPLY: the reply to a push. WECHAT: WeChat's own."""

    ACCOUNT = "account"
    REPLY = "reply"
    USER = "user"
    WECHAT = "wechat"


class PhoneMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message as the phone displays it.

    `kind` is WeChat's msgtype, `template`, `notice` (a subscribe notice), or `event` (an action of
    the user). A template or notice has `title` and `fields`, a text or event `text`, and any other
    kind the `content` it was sent with.
    """

    kind: str
    by: By
    at: datetime
    msgid: int = 0
    client_msg_id: str = ""
    template_id: str = ""
    title: str = ""
    fields: Mapping[str, str] = {}
    text: str = ""
    url: str = ""
    miniprogram: str = ""
    content: Any = None


class PhoneKey(NamedTuple):
    appid: str
    openid: str


@dataclass(slots=True, kw_only=True)
class Phone:
    """`count` is of all messages that arrived; `shown` has the newest ones, written ones too."""

    key: PhoneKey
    shown: deque[PhoneMessage]
    count: int = 0


@dataclass(slots=True)
class Watcher:
    """A browser. `changed` has the phones that changed since it last looked, and `bell` is set."""

    bell: asyncio.Event = field(default_factory=asyncio.Event)
    changed: dict[PhoneKey, None] = field(default_factory=dict)


class Phones:
    """All phones. Every operation is O(1) per watcher."""

    def __init__(self, history: int) -> None:
        self._history = history
        self._recent: OrderedDict[PhoneKey, None] = OrderedDict()
        self._watchers: list[Watcher] = []

    def make(self, appid: str, openid: str) -> Phone:
        phone = Phone(key=PhoneKey(appid, openid), shown=deque(maxlen=self._history))
        self.touch(phone)
        return phone

    def show(self, phone: Phone, message: PhoneMessage) -> None:
        phone.shown.append(message)
        phone.count += message.by is not By.USER
        self.touch(phone)

    def touch(self, phone: Phone) -> None:
        """Tells the watchers that the phone changed."""
        self._recent[phone.key] = None
        self._recent.move_to_end(phone.key)
        for watcher in self._watchers:
            watcher.changed[phone.key] = None
            watcher.bell.set()

    def recent(self, count: int) -> list[PhoneKey]:
        """The phones that changed last, oldest first."""
        return list(islice(reversed(self._recent), count))[::-1]

    @contextmanager
    def watched(self) -> Iterator[Watcher]:
        watcher = Watcher()
        self._watchers.append(watcher)
        try:
            yield watcher
        finally:
            self._watchers.remove(watcher)

    def wake(self) -> None:
        """Wakes all watchers, though no phone changed."""
        for watcher in self._watchers:
            watcher.bell.set()
