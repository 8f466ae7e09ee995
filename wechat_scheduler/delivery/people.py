"""The channel to people: chooses the way, and falls back where WeChat leaves another."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.delivery import ways
from wechat_scheduler.delivery.model import (
    Attempt,
    Content,
    Delivery,
    DeliveryState,
    Message,
    Sent,
    TargetKind,
    Way,
)
from wechat_scheduler.delivery.ports import Messenger
from wechat_scheduler.delivery.senders import Lookup, sender
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import SendError, Verdict


class PeopleChannel:
    """`app` finds the sender of a message; `landing` gives the address of its page, empty where
    users cannot reach us."""

    name = TargetKind.PERSON.value

    def __init__(
        self,
        messenger: Messenger,
        *,
        app: Lookup,
        landing: Callable[[Message], str],
        clock: Clock,
    ) -> None:
        self._messenger = messenger
        self._app = app
        self._landing = landing
        self._clock = clock

    async def send(self, delivery: Delivery) -> Sent:
        """By the first way that WeChat takes. What it takes is accepted, until its receipt comes."""
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
                if error.verdict is not Verdict.FALL_BACK:
                    raise
                took = timedelta(seconds=self._clock.boottime() - began)
                refused += (_refusal(way, error, at, took),)
        sent = await self._send_by(last, delivery, message, app, receiver)
        return replace(sent, before=refused)

    async def _send_by(
        self, way: Way, delivery: Delivery, message: Message, app: App, receiver: Subscriber
    ) -> Sent:
        content = message.said
        is_repeat = self._repeats(way, content, delivery, app)
        appid, openid = receiver.appid, receiver.openid
        reference = ""
        match way:
            case Way.TEMPLATE:
                filled = ways.filled(message, app, self._clock.now())
                reference = await self._messenger.template(
                    appid,
                    openid,
                    template_id=filled.template_id,
                    data=filled.data,
                    url=self._whole(message),
                    client_msg_id=str(delivery.id),
                )
            case Way.SUBSCRIBE:
                filled = ways.filled(message, app, self._clock.now())
                await self._messenger.subscribe(
                    appid,
                    openid,
                    template_id=filled.template_id,
                    data=filled.data,
                    url=self._url(message),
                )
            case Way.TEXT:
                url = self._url(message)
                if not ways.fits(content, url):
                    url = self._landing(message) or url
                await self._messenger.text(appid, openid, ways.text(content, url))
            case _:
                raise SendError(f"nobody is reached by {way}", verdict=Verdict.REJECTED)
        return Sent(
            state=DeliveryState.ACCEPTED, way=way.value, reference=reference, duplicate=is_repeat
        )

    def _repeats(self, way: Way, content: Content, delivery: Delivery, app: App) -> bool:
        """Whether the user may see it twice. It is risked once, and never for an app that would
        rather have it lost. Raises SendError if it may not be risked."""
        now = self._clock.now()
        if delivery.doubts == 0 or ways.is_recognised(content, delivery, way, now):
            return False
        if app.at_most_once:
            raise _may_have_arrived("the app is at_most_once")
        if delivery.doubts > 1:
            raise _may_have_arrived("it was sent again once already")
        return True

    def _whole(self, message: Message) -> str:
        """Where all of it can be read. What has keywords of its own is whole as it is."""
        url = self._url(message)
        return url if url or message.content.template else self._landing(message)

    def _url(self, message: Message) -> str:
        content = message.content
        return (self._landing(message) if content.landing else "") or content.url


def _refusal(way: Way, error: SendError, at: datetime, took: timedelta) -> Attempt:
    return Attempt(
        at=at,
        duration=took,
        way=way.value,
        errcode=error.errcode,
        rid=error.rid,
        error=str(error),
    )


def _may_have_arrived(why: str) -> SendError:
    return SendError(
        f"it may have arrived, and is not sent again: {why}",
        verdict=Verdict.REJECTED,
        advice="replay it if the user has not seen it",
    )
