"""The users of the accounts: whether they follow, what they accept, and their phones."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.options import OPENID, OPENID_FORM, SandboxOptions
from wechat_scheduler.sandbox.periods import Periods
from wechat_scheduler.sandbox.phones import By, Phone, PhoneMessage, Phones

# Customer-service messages since 2023-06-12: after the user wrote; and after the user scanned,
# followed or clicked. Source: "客服消息 下发条数与时间限制".
REPLIES = 5
GREETINGS = 3


@dataclass(slots=True)
class Allowance:
    """The account may send `left` more customer-service messages until `ends_at`."""

    left: int
    ends_at: datetime


class Arrival(NamedTuple):
    """One message that a phone showed. An id that the message has not is empty or 0."""

    openid: str
    kind: str
    client_msg_id: str
    msgid: int


@dataclass(slots=True, kw_only=True)
class Person:
    """A user of one account. `followed_at` is None while the user does not follow it.

    `uses` has the subscribe notices that the user still accepts, by template; None is any number.
    `tags` has the ids of tags in the order in which they came. `asked_at` is the last popup's time: two come at least a second apart.
    """

    appid: str
    openid: str
    phone: Phone
    followed_at: datetime | None = None
    source: str = "ADD_SCENE_SEARCH"
    scene: str = ""
    blocked: bool = False
    remark: str = ""
    tags: dict[int, None] = field(default_factory=dict)
    uses: dict[str, int | None] = field(default_factory=dict)
    asked_at: datetime | None = None
    replies: Allowance | None = None
    greetings: Allowance | None = None

    def view(self) -> "PhoneView":
        return PhoneView(
            appid=self.appid,
            openid=self.openid,
            subscribed=self.followed_at is not None,
            blocked=self.blocked,
            count=self.phone.count,
            uses=dict(self.uses),
            messages=list(self.phone.shown),
        )


class PhoneView(msgspec.Struct, frozen=True, kw_only=True):
    """A phone as JSON. `count` is of all messages that ever arrived. `uses` has the subscribe notices that
    the user still accepts, by template; null is any number."""

    appid: str
    openid: str
    subscribed: bool
    blocked: bool
    count: int
    uses: dict[str, int | None]
    messages: list[PhoneMessage]


class People:
    """All users, in the order in which they came, and the messages that their phones showed."""

    def __init__(self, options: SandboxOptions, periods: Periods, now: datetime) -> None:
        self._accept_all = options.accept_all
        self._periods = periods
        self._people: dict[str, dict[str, Person]] = {}
        self._arrivals: dict[str, deque[Arrival]] = {}
        self._remembered = options.remembered
        self.phones = Phones(options.history)
        for appid, openid in options.users:
            self.meet(appid, openid).followed_at = now

    def meet(self, appid: str, openid: str) -> Person:
        """The user, who is created if new. Raises InvalidRequestError."""
        person = self.find(appid, openid)
        if person is not None:
            return person
        if not OPENID.fullmatch(openid):
            raise InvalidRequestError(OPENID_FORM, field="openid")
        person = Person(appid=appid, openid=openid, phone=self.phones.make(appid, openid))
        self._people.setdefault(appid, {})[openid] = person
        return person

    def find(self, appid: str, openid: object) -> Person | None:
        return self._people.get(appid, {}).get(openid) if isinstance(openid, str) else None

    def require(self, appid: str, openid: object) -> Person:
        """Raises RefusedError 40003 if the account has no such user."""
        person = self.find(appid, openid)
        if person is None:
            raise RefusedError(40003)
        return person

    def of(self, appid: str) -> Iterator[Person]:
        return iter(self._people.get(appid, {}).values())

    def all(self) -> Iterator[Person]:
        for people in self._people.values():
            yield from people.values()

    def follow(self, person: Person, now: datetime, scene: str = "") -> None:
        """Moves the user to the end of the account's followers."""
        person.followed_at = now
        person.scene = scene
        person.source = "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH"
        account = self._people[person.appid]
        account[person.openid] = account.pop(person.openid)

    def unfollow(self, person: Person) -> None:
        person.followed_at = None
        person.replies = person.greetings = None
        person.uses.clear()
        person.tags.clear()
        person.remark = ""

    def allow_replies(self, person: Person, now: datetime) -> None:
        """After the user wrote."""
        person.replies = Allowance(REPLIES, now + self._periods.conversation)

    def allow_greetings(self, person: Person, now: datetime) -> None:
        """After the user scanned, followed or clicked."""
        person.greetings = Allowance(GREETINGS, now + self._periods.encounter)

    def spend_allowance(self, person: Person, now: datetime) -> None:
        """Counts one customer-service message. Raises RefusedError 45015 (too late), 45047."""
        given = (person.greetings, person.replies)
        running = [it for it in given if it is not None and now < it.ends_at]
        if not running:
            raise RefusedError(45015)
        usable = [it for it in running if it.left]
        if not usable:
            raise RefusedError(45047)
        min(usable, key=lambda it: it.ends_at).left -= 1

    def popup_time(self, person: Person, now: datetime) -> datetime:
        """When the user answers the next popup: a second after the last one at the earliest."""
        last = person.asked_at
        person.asked_at = now if last is None else max(now, last + timedelta(seconds=1))
        return person.asked_at

    def check_use(self, person: Person, template_id: str) -> None:
        """Raises RefusedError 43101 if the user accepts no more notices."""
        if self._uses(person, template_id) == 0:
            raise RefusedError(43101)

    def spend_use(self, person: Person, template_id: str) -> None:
        """Counts one subscribe notice."""
        if left := self._uses(person, template_id):
            person.uses[template_id] = left - 1

    def _uses(self, person: Person, template_id: str) -> int | None:
        return person.uses.get(template_id, None if self._accept_all else 0)

    def show(self, person: Person, message: PhoneMessage) -> None:
        """Shows a message on the user's phone, and keeps its ids if the user did not write it."""
        self.phones.show(person.phone, message)
        if message.by is not By.USER:
            arrivals = self._arrivals.setdefault(person.appid, deque(maxlen=self._remembered))
            arrivals.append(
                Arrival(person.openid, message.kind, message.client_msg_id, message.msgid)
            )

    def arrivals(self, appid: str) -> list[Arrival]:
        """Oldest first, one for each time that a message was shown."""
        return list(self._arrivals.get(appid, ()))
