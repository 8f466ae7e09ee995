"""What the phones show, and who is looking."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import islice
from typing import Any, NamedTuple

import msgspec


class By(Enum):
    """ACCOUNT: sent through the API. REPLY: the answer to a callback. WECHAT: WeChat's own."""

    ACCOUNT = "account"
    REPLY = "reply"
    USER = "user"
    WECHAT = "wechat"


class PhoneMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing on a phone, as it is displayed.

    `kind` is WeChat's msgtype, `template`, or `notice` (a subscribe notice). A template or notice
    has `title` and `fields`, a text `text`; `content` is what any other kind was sent with.
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
    """`count` is of everything that arrived, `shown` the newest of it and of what was written."""

    key: PhoneKey
    shown: deque[PhoneMessage]
    count: int = 0


@dataclass(slots=True)
class Watcher:
    """Somebody who looks at the phones: `changed` collects what to look at again."""

    bell: asyncio.Event = field(default_factory=asyncio.Event)
    changed: dict[PhoneKey, None] = field(default_factory=dict)


class Phones:
    """The newest messages of each phone. Every operation is O(1) but for those who watch."""

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
        """Something about its owner changed."""
        self._recent[phone.key] = None
        self._recent.move_to_end(phone.key)
        for watcher in self._watchers:
            watcher.changed[phone.key] = None
            watcher.bell.set()

    def recent(self, count: int) -> list[PhoneKey]:
        """The phones on which something happened last, oldest first."""
        return list(islice(reversed(self._recent), count))[::-1]

    @contextmanager
    def watched(self) -> Iterator[Watcher]:
        watcher = Watcher()
        self._watchers.append(watcher)
        try:
            yield watcher
        finally:
            self._watchers.remove(watcher)

    def ring(self) -> None:
        """Wake everybody who watches, without news."""
        for watcher in self._watchers:
            watcher.bell.set()
