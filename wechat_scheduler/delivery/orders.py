"""Accepts orders to send: turns each into a message with a delivery for each receiver."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.app_events import AppEvent
from wechat_scheduler.audience.ids import new_delivery_id
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.ports import Aliases
from wechat_scheduler.audience.topic_store import Topics
from wechat_scheduler.delivery.filling import filling, require_known, require_template
from wechat_scheduler.delivery.keywords import note_on_cuts
from wechat_scheduler.delivery.model import Content, Message, Priority, Target, TargetKind, Way
from wechat_scheduler.delivery.ports import Messages
from wechat_scheduler.delivery.refused_receivers import Refusal, Refused, refusal_of
from wechat_scheduler.delivery.sending_app import ACCOUNT
from wechat_scheduler.delivery.ways import note_on_url
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.engine.work import Wake
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason

log = structlog.get_logger(__name__)

# A callback that the app does not accept within this time expires, even if `delivery.give_up` is longer.
CALLBACK_LIFE = timedelta(days=3)

# A reply to a user is of no use later.
REPLY_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A receiver that a request names. `delivery_id` is 0 if it is `refused`."""

    name: str
    kind: TargetKind = TargetKind.PERSON
    target: str = ""
    delivery_id: int = 0
    refused: Refused | None = None

    @property
    def error(self) -> str:
        """The sentence of the refusal; empty if there is none."""
        return self.refused.sentence if self.refused else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A message and its receivers, not yet stored. `is_new` if its id was made for it alone."""

    message: Message
    placed: tuple[Placed, ...]
    is_new: bool = True

    @property
    def is_sendable(self) -> bool:
        """Whether any receiver gets it."""
        return any(one.delivery_id for one in self.placed)

    @property
    def targets(self) -> list[Target]:
        return [
            Target(delivery_id=one.delivery_id, kind=one.kind, name=one.target)
            for one in self.placed
            if one.delivery_id
        ]


class Sending:
    """`callback_body` gives the JSON that an app's callback is posted. `wake` tells the loop that
    deliveries are due. All methods may raise StorageError."""

    def __init__(
        self,
        messages: Messages,
        aliases: Aliases,
        topics: Topics,
        *,
        clock: Clock,
        callback_body: Callable[[App, AppEvent], bytes],
        wake: Wake,
    ) -> None:
        self._messages = messages
        self._callback_body = callback_body
        self._aliases = aliases
        self._topics = topics
        self._clock = clock
        self._wake = wake

    async def prepare(
        self,
        app: App,
        content: Content,
        *,
        names: Sequence[str] = (),
        topics: Sequence[int] = (),
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
        priority: Priority = Priority.NORMAL,
        notes: tuple[str, ...] = (),
    ) -> Order:
        """Find the receivers: `names` are uids, aliases or openids, `topics` their ids; topic 0 stands for all
        subscribers of the app.

        A user who is named twice gets one delivery. With Way.WEBHOOK the message goes to the app's
        callback instead. Raises InvalidRequestError for a template that the app does not have, or that
        the content does not fill.
        """
        now = self._clock.now()
        noted = (*_check_template(app, content, not_before or now), *note_on_url(content, app))
        message = Message(
            id=self._messages.new_id(now),
            app_id=app.id,
            content=content,
            created_at=now,
            not_before=not_before,
            expires_at=expires_at,
            priority=priority,
            notes=tuple(dict.fromkeys((*notes, *noted))),
        )
        if content.way is Way.WEBHOOK:
            placed = [_webhook(app)]
        else:
            placed = await self._placed_people(app, names) if names else []
            if topics:
                placed += await self._placed_topics(app, topics)
        return Order(message=message, placed=tuple(placed))

    async def put(self, order: Order, *, once: Once | None = None) -> None:
        """Store the order: from now on it is sent. Raises as `once.Once` says."""
        await self._messages.put(
            order.message,
            order.targets,
            once=once,
            now=order.message.created_at,
            is_new=order.is_new,
        )
        self._wake(order.message.not_before)

    async def tell(self, app: App, event: AppEvent, *, event_id: str) -> None:
        """Tell the app's callback of an event, once for each `event_id`. Does nothing for an app
        without a callback."""
        if not app.callback:
            return
        now = self._clock.now()
        message = Message(
            id=stable_id("callback", str(app.id), event_id),
            app_id=app.id,
            content=Content(way=Way.WEBHOOK, body=self._callback_body(app, event).decode()),
            created_at=now,
            expires_at=now + CALLBACK_LIFE,
            priority=Priority.URGENT,
        )
        await self._put_one(message, TargetKind.WEBHOOK, "")

    async def say(
        self,
        subscriber: Subscriber,
        text: str,
        *,
        event_id: str,
        app: App | None,
        secret: str = "",
    ) -> None:
        """Reply to a user, once for each `event_id`, as an app or as the account itself. `secret` is
        appended to the text and stored sealed."""
        now = self._clock.now()
        message = Message(
            id=stable_id("say", subscriber.uid, event_id),
            app_id=app.id if app else ACCOUNT,
            content=Content(way=Way.TEXT, purpose="reply", text=text),
            created_at=now,
            expires_at=now + REPLY_LIFE,
            priority=Priority.URGENT,
            secret=secret,
        )
        await self._put_one(message, TargetKind.PERSON, subscriber.uid)

    async def _put_one(self, message: Message, kind: TargetKind, name: str) -> None:
        delivery_id = stable_id("delivery", str(message.id))
        target = Target(delivery_id=delivery_id, kind=kind, name=name)
        await self._messages.put(message, [target], once=None, now=self._clock.now())
        self._wake()

    async def _placed_people(self, app: App, names: Sequence[str]) -> list[Placed]:
        found = await self._aliases.find(app, names)
        ids: dict[str, int] = {}
        placed: list[Placed] = []
        for name in names:
            one = found.get(name)
            refused = refusal_of(one)
            if one is None or refused:
                placed.append(Placed(name=name, refused=refused))
                continue
            uid = one.subscriber.uid
            delivery_id = ids.setdefault(uid, new_delivery_id())
            placed.append(Placed(name=name, target=uid, delivery_id=delivery_id))
        return placed

    async def _placed_topics(self, app: App, topics: Sequence[int]) -> list[Placed]:
        known = {topic.id for topic in await self._topics.of_app(app.id)} if any(topics) else set()
        placed: list[Placed] = []
        for topic in topics:
            name = str(topic)
            if topic and topic not in known:
                refused = Refused(Refusal.UNKNOWN_TOPIC)
                placed.append(Placed(name=name, kind=TargetKind.TOPIC, refused=refused))
            else:
                placed.append(
                    Placed(
                        name=name, kind=TargetKind.TOPIC, target=name, delivery_id=new_delivery_id()
                    )
                )
        return placed


def _check_template(app: App, content: Content, at: datetime) -> tuple[str, ...]:
    """A note on the keywords that are cut. Raises InvalidRequestError for a template that is sure to be
    sent, and that is missing or that WeChat would refuse."""
    if not content.template and content.way not in (Way.TEMPLATE, Way.SUBSCRIBE):
        return ()
    if not content.template:
        require_template(content.way, content.purpose, app)
    found = filling(content, app, at)
    if found and found.faults:
        require_known(content, app)
        raise InvalidRequestError(found.sentence, reason=Reason.TEMPLATE_UNFILLED, field="data")
    shortened = found.shortened if found and content.template else ()
    return (note_on_cuts(shortened),) if shortened else ()


def _webhook(app: App) -> Placed:
    if not app.callback:
        refused = Refused(Refusal.NO_CALLBACK)
        return Placed(name="callback", kind=TargetKind.WEBHOOK, refused=refused)
    return Placed(name="callback", kind=TargetKind.WEBHOOK, delivery_id=new_delivery_id())


def stable_id(*parts: str) -> int:
    """The same 52-bit id for the same parts."""
    return int.from_bytes(hashlib.sha256(msgspec.json.encode(parts)).digest()[:8], "big") >> 12
