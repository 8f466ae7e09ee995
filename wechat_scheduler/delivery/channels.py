"""Carries out a delivery: sends it to a user, or spreads it over the subscribers of a topic or those who
joined a reminder.

A message to a topic is one delivery, which becomes one for each person. So a message to a hundred
thousand is accepted as fast as one to a single user. An interrupted spread continues after the last
page that was stored; no user gets a second delivery.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.ports import UseCounts
from wechat_scheduler.delivery import ways
from wechat_scheduler.delivery.filling import filled
from wechat_scheduler.delivery.model import (
    Attempt,
    Content,
    Delivery,
    DeliveryState,
    Message,
    Sent,
    Target,
    TargetKind,
    Way,
)
from wechat_scheduler.delivery.orders import stable_id
from wechat_scheduler.delivery.ports import Departures, Messages, Messenger
from wechat_scheduler.delivery.refused_messages import (
    AT_MOST_ONCE,
    SENT_AGAIN,
    may_have_arrived,
    no_such_way,
)
from wechat_scheduler.delivery.sending_app import Lookup, sender
from wechat_scheduler.delivery.subscribe_notices import SubscribeNotices
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import SendError, StorageError
from wechat_scheduler.reasons import Verdict

# Of a message, a target, the last uid and a limit.
Page: TypeAlias = Callable[[Message, str, str, int], Awaitable[Sequence[str]]]

# Persons in one transaction: short enough for other writers not to wait long.
PAGE = 250


class PeopleChannel:
    """Sends to users, by the ways that `ways.ways` chooses.

    `app` finds the sender of a message. `landing` gives the URL of its page for a receiver, empty
    without `server.public_url`. It may be a secret of the receiver's, and so is not stored.
    """

    name = TargetKind.PERSON.value

    def __init__(
        self,
        messenger: Messenger,
        uses: UseCounts,
        departures: Departures,
        *,
        app: Lookup,
        landing: Callable[[Message, Subscriber], str],
        clock: Clock,
        lease: timedelta,
    ) -> None:
        self._messenger = messenger
        self._departures = departures
        self._lease = lease
        self._notices = SubscribeNotices(messenger, uses, clock=clock)
        self._app = app
        self._landing = landing
        self._clock = clock

    async def send(self, delivery: Delivery) -> Sent:
        """Send by the first way that WeChat accepts."""
        message, receiver = delivery.message, delivery.receiver
        app = sender(delivery, self._app)
        if message is None or receiver is None or app is None:
            return Sent(state=DeliveryState.CANCELLED)
        *first, last = ways.ways(message.content, app, receiver, self._clock.now())
        refused: tuple[Attempt, ...] = ()
        for way in first:
            at, began = self._clock.now(), self._clock.boottime()
            try:
                return await self._send_by(way, delivery, message, app, receiver)
            except SendError as error:
                if error.verdict is not Verdict.TEXTS_ENDED:
                    raise
                took = timedelta(seconds=self._clock.boottime() - began)
                refused += (_refusal(way, error, at, took),)
        try:
            sent = await self._send_by(last, delivery, message, app, receiver)
        except SendError as error:
            error.before = refused
            raise
        return replace(sent, before=refused)

    async def _send_by(
        self, way: Way, delivery: Delivery, message: Message, app: App, receiver: Subscriber
    ) -> Sent:
        content = message.whole
        repeats = self._repeats(way, content, delivery, app)
        await self._depart(delivery, way, repeats=repeats)
        appid, openid = receiver.appid, receiver.openid
        page, reference = ways.page(content, app), ""
        match way:
            case Way.TEMPLATE:
                template = filled(message, app, self._clock.now())
                reference = await self._messenger.template(
                    appid,
                    openid,
                    template_id=template.template_id,
                    data=template.data,
                    colors=content.colors,
                    url=self._full_url(message, receiver),
                    page=page,
                    client_msg_id=str(delivery.id),
                )
            case Way.SUBSCRIBE:
                template = filled(message, app, self._clock.now())
                reference = await self._notices.send(
                    message,
                    app,
                    receiver,
                    template_id=template.template_id,
                    data=template.data,
                    url=self._url(message, receiver),
                    page=page,
                )
            case Way.TEXT:
                url = self._url(message, receiver)
                if not ways.fits(content, url, page):
                    url = self._landing(message, receiver) or url
                await self._messenger.text(appid, openid, ways.text(content, url, page))
            case _:
                raise no_such_way(way)
        return Sent(state=DeliveryState.ACCEPTED, way=way.value, reference=reference)

    async def _depart(self, delivery: Delivery, way: Way, *, repeats: bool) -> None:
        """Store that the message may arrive, before it can. Raises SendError if it must not be sent."""
        try:
            is_ours = await self._departures.depart(
                delivery, repeats=repeats, now=self._clock.now(), lease=self._lease
            )
        except StorageError as error:
            raise SendError(str(error), verdict=Verdict.RETRY, way=way.value) from error
        if not is_ours:
            reason = "another process has taken it over"
            raise SendError(reason, verdict=Verdict.RETRY, way=way.value)

    def _repeats(self, way: Way, content: Content, delivery: Delivery, app: App) -> bool:
        """Whether the user may see the message twice. A doubtful message is sent again once, and never
        for an `at_most_once` app: then raises SendError."""
        now = self._clock.now()
        if delivery.doubts == 0 or ways.is_recognised(content, delivery, way, now):
            return False
        if app.at_most_once:
            raise may_have_arrived(AT_MOST_ONCE)
        if delivery.doubts > 1:
            raise may_have_arrived(SENT_AGAIN)
        return True

    def _full_url(self, message: Message, receiver: Subscriber) -> str:
        """The URL that shows the whole message. A message with keywords of its own needs none."""
        url = self._url(message, receiver)
        return url if url or message.content.template else self._landing(message, receiver)

    def _url(self, message: Message, receiver: Subscriber) -> str:
        content = message.content
        return (self._landing(message, receiver) if content.landing else "") or content.url


def _refusal(way: Way, error: SendError, at: datetime, took: timedelta) -> Attempt:
    return Attempt(
        at=at,
        duration=took,
        way=way.value,
        errcode=error.errcode,
        rid=error.rid,
        error=str(error),
        texts_ended=error.verdict is Verdict.TEXTS_ENDED,
    )


class CrowdChannel:
    """Spreads a message to very many persons, page by page: to all who accept messages of a topic, or to
    all who joined a reminder.

    `page` lists the uids of the receivers of a message, the delivery's target, after a uid, in order.
    `lease` is the time for one page.
    """

    def __init__(
        self, kind: TargetKind, page: Page, messages: Messages, *, clock: Clock, lease: timedelta
    ) -> None:
        self.name = kind.value
        self._page = page
        self._messages = messages
        self._clock = clock
        self._lease = lease

    async def send(self, delivery: Delivery) -> Sent:
        message, after = delivery.message, delivery.reached
        if message is None:
            return Sent(state=DeliveryState.CANCELLED)
        while page := await self._page(message, delivery.target, after, PAGE):
            if page[-1] == after:
                break  # a damaged name, which would be read again and again
            targets, now = [_target(message.id, uid) for uid in page], self._clock.now()
            until = now + self._lease
            if not await self._messages.spread(delivery, targets, now=now, until=until):
                break  # another process continues
            after = page[-1]
        return Sent()


def _target(message_id: int, uid: str) -> Target:
    return Target(
        delivery_id=stable_id("spread", str(message_id), uid), kind=TargetKind.PERSON, name=uid
    )
