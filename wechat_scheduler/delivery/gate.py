"""Decides whether and when a delivery is sent, before any call."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wechat_scheduler.audience.model import SHANGHAI, App, Quiet, Subscriber
from wechat_scheduler.delivery import refused_messages
from wechat_scheduler.delivery.model import (
    Deferred,
    Delivery,
    DeliveryState,
    Message,
    Outcome,
    Priority,
    Settled,
    TargetKind,
)
from wechat_scheduler.delivery.refused_receivers import Refusal
from wechat_scheduler.delivery.sending_app import ACCOUNT, Lookup, sender
from wechat_scheduler.engine.backoff import backoff

# After a pause of at least LONG, deliveries are spread over SPREAD.
SPREAD = timedelta(seconds=30)
LONG = timedelta(minutes=10)

# The first and the longest pause after a refused token.
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=1)

# How long an account is taken to send no texts after WeChat refused it one: then another tries whether it may by now.
WITHOUT_TEXTS = timedelta(hours=1)

# The most entries that the pacer remembers. Beyond that it forgets the oldest: messages are then
# spaced less evenly.
MOST = 200_000


class Gate:
    """Postpones deliveries of paused accounts, in quiet hours, and over an app's rate."""

    def __init__(
        self, app: Lookup, *, unreadable: Callable[[int], bool], rng: random.Random
    ) -> None:
        """`unreadable` tells whether an app that is not found exists but cannot be read."""
        self._app = app
        self._unreadable = unreadable
        self._rng = rng
        self._paused: dict[str, datetime] = {}
        self._refusals: dict[str, int] = {}
        self._without_texts: dict[str, datetime] = {}
        self._pacer = Pacer()

    def knows(self, app_id: int) -> bool:
        """Whether the app is in memory, or in the store and cannot be read."""
        return app_id == ACCOUNT or self._app(app_id) is not None or self._unreadable(app_id)

    def pause(self, appid: str, until: datetime) -> None:
        """Send nothing through the account before `until`."""
        self._paused[appid] = max(until, self._paused.get(appid, until))

    def token_refused(self, appid: str, now: datetime) -> datetime:
        """Pause the account, longer each time, because its token was refused or is missing. Returns
        when the pause ends."""
        if (until := self._paused.get(appid, now)) > now:  # a parallel delivery paused it already
            return until
        refusals = self._refusals[appid] = self._refusals.get(appid, 0) + 1
        until = now + backoff(FIRST_PAUSE, refusals, cap=LONGEST_PAUSE)
        self.pause(appid, until)
        return until

    def texts_refused(self, appid: str, now: datetime) -> None:
        """WeChat lets the account send no texts: an account that is not verified may not."""
        self._without_texts[appid] = now + WITHOUT_TEXTS

    def text_accepted(self, appid: str) -> None:
        self._without_texts.pop(appid, None)

    def takes_texts(self, appid: str, now: datetime) -> bool:
        """Whether WeChat lets the account send texts, as far as is known."""
        return self._without_texts.get(appid, now) <= now

    def forget_pauses(self) -> None:
        """Drop all pauses and turns: their ends lie too far ahead after the clock was set back."""
        self._paused.clear()
        self._without_texts.clear()
        self._pacer = Pacer()

    def token_accepted(self, appid: str) -> None:
        """Reset the account's pauses: its token was accepted."""
        self._refusals.pop(appid, None)

    def stopped(self, delivery: Delivery, now: datetime) -> Outcome | None:
        """The outcome of a delivery that is not sent now; None if it is."""
        message = delivery.message
        if message is None:
            return None
        app = sender(delivery, self._app)
        if app is None and delivery.channel != TargetKind.ALERT:  # no app sends alerts
            if self._unreadable(message.app_id):
                return _later(delivery, now + LONGEST_PAUSE, refused_messages.APP_UNREADABLE.en)
            return _cancelled(delivery, refused_messages.APP_GONE.en)
        if message.expires_at is not None and message.expires_at <= now:
            reason = refused_messages.expired(message.expires_at)
            return Settled(delivery=delivery, state=DeliveryState.EXPIRED, reason=reason)
        if delivery.channel != TargetKind.PERSON or app is None:
            return None
        return self._unreachable(delivery, app) or self._early(delivery, message, app, now)

    def _unreachable(self, delivery: Delivery, app: App) -> Outcome | None:
        receiver = delivery.receiver
        if receiver is None:
            return _cancelled(delivery, refused_messages.SUBSCRIBER_GONE.en)
        if receiver.appid != app.appid:
            return _cancelled(delivery, refused_messages.of_another_account(app.appid))
        if not receiver.follows:
            return _cancelled(delivery, Refusal.UNFOLLOWED.sentence)
        if receiver.trouble:
            return _cancelled(delivery, receiver.trouble)
        if not delivery.takes:
            return _cancelled(delivery, refused_messages.NOT_TAKEN.en)
        return None

    def _early(
        self, delivery: Delivery, message: Message, app: App, now: datetime
    ) -> Deferred | None:
        receiver = delivery.receiver
        if receiver is None:
            return None
        if (until := self._paused.get(app.appid, now)) > now:
            spread = SPREAD if until - now > LONG else timedelta(0)
            later = until + spread * self._rng.random()
            return _later(delivery, later, refused_messages.account_waits(app.appid))
        awake = waits_until(receiver, app.zone, now, message.priority)
        if awake is not None:
            return _later(delivery, awake, refused_messages.QUIET.en)
        if (until := self._pacer.slot(delivery.id, receiver.uid, app, now)) > now:
            return _later(delivery, until, refused_messages.PACED.en)
        return None


class Pacer:
    """Spaces the messages of an app evenly, to all its users and to each user. A delivery keeps the
    time that it was given."""

    def __init__(self) -> None:
        self._free: dict[tuple[int, str], datetime] = {}
        self._given: dict[int, datetime] = {}

    def slot(self, delivery_id: int, uid: str, app: App, now: datetime) -> datetime:
        """When the delivery may be sent: `now` or earlier means now."""
        if not app.per_minute and not app.recipient_per_minute:
            return now
        given = self._given.pop(delivery_id, None)
        if given is not None and given <= now:
            return given
        slot = given or self._reserve(uid, app, now)
        if slot > now:
            self._remember(delivery_id, slot)
        return slot

    def _reserve(self, uid: str, app: App, now: datetime) -> datetime:
        to_all = self._take((app.id, ""), app.per_minute, now)
        # A message that waits for its user's turn uses its turn among all and delays no other user.
        slot = self._take((app.id, uid), app.recipient_per_minute, to_all)
        while len(self._free) > MOST:
            del self._free[next(iter(self._free))]
        return slot

    def _take(self, key: tuple[int, str], per_minute: int, earliest: datetime) -> datetime:
        if not per_minute:
            return earliest
        moment = max(earliest, self._free.pop(key, earliest))
        self._free[key] = moment + timedelta(minutes=1) / per_minute
        return moment

    def _remember(self, delivery_id: int, slot: datetime) -> None:
        self._given[delivery_id] = slot
        while len(self._given) > MOST:
            del self._given[next(iter(self._given))]


def waits_until(
    receiver: Subscriber, zone: str, at: datetime, priority: Priority
) -> datetime | None:
    """The end of the receiver's quiet hours, for which a message waits that is due `at`; None if it waits for none."""
    return None if priority is Priority.URGENT else awake_at(receiver, zone, at)


def awake_at(receiver: Subscriber, zone: str, now: datetime) -> datetime | None:
    """When the receiver's quiet hours end; None outside of them."""
    quiet = receiver.quiet
    if quiet is None:
        return None
    local = now.astimezone(ZoneInfo(receiver.zone or zone or SHANGHAI))
    if not _covers(quiet, local):
        return None
    # `local` keeps its fold: in an hour that a clock change repeats, the end is in the same repetition.
    ends = local.replace(hour=quiet.ends.hour, minute=quiet.ends.minute, second=0, microsecond=0)
    return (ends if ends > local else ends + timedelta(days=1)).astimezone(UTC)


def _covers(quiet: Quiet, local: datetime) -> bool:
    moment = local.time()
    if quiet.begins <= quiet.ends:
        return quiet.begins <= moment < quiet.ends
    return moment >= quiet.begins or moment < quiet.ends


def _cancelled(delivery: Delivery, reason: str) -> Settled:
    return Settled(delivery=delivery, state=DeliveryState.CANCELLED, reason=reason)


def _later(delivery: Delivery, due_at: datetime, why: str) -> Deferred:
    return Deferred(delivery=delivery, due_at=due_at, error=why, counts=False)
