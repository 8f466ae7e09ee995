"""What is known of a delivery before it is tried: whether, and when. No calls are made here."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wechat_scheduler.audience.model import SHANGHAI, App, Quiet, Subscriber
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
from wechat_scheduler.delivery.pacing import Pacer
from wechat_scheduler.delivery.refusals import Refusal
from wechat_scheduler.delivery.senders import ACCOUNT, Lookup, sender

# After a long pause not everything is tried at the same moment.
SPREAD = timedelta(seconds=30)
LONG = timedelta(minutes=10)

# How long a dead token is given to be replaced, at first and at most.
FIRST_KNOCK = timedelta(seconds=1)
LONGEST_KNOCK = timedelta(minutes=1)


class Gate:
    """Remembers which accounts have to wait, and how fast each app may send."""

    def __init__(self, app: Lookup, *, rng: random.Random) -> None:
        self._app = app
        self._rng = rng
        self._paused: dict[str, datetime] = {}
        self._knocks: dict[str, int] = {}
        self._pacer = Pacer()

    def knows(self, app_id: int) -> bool:
        """Whether there is such an app, as far as memory knows."""
        return app_id == ACCOUNT or self._app(app_id) is not None

    def pause(self, appid: str, until: datetime) -> None:
        """Nothing goes to that account's users before `until`; other accounts go on."""
        self._paused[appid] = max(until, self._paused.get(appid, until))

    def knocked(self, appid: str, now: datetime) -> datetime:
        """The account's token was refused, or there is none yet: everything of its waits for the next
        one, each time longer. Returns until when."""
        if (until := self._paused.get(appid, now)) > now:  # one of those that were under way
            return until
        knocks = self._knocks.get(appid, 0)
        self._knocks[appid] = knocks + 1
        until = now + min(FIRST_KNOCK * 2.0 ** min(knocks, 20), LONGEST_KNOCK)
        self.pause(appid, until)
        return until

    def opened(self, appid: str) -> None:
        """The account's token was taken."""
        self._knocks.pop(appid, None)

    def stopped(self, delivery: Delivery, now: datetime) -> Outcome | None:
        """Why it is not tried now; None if it is."""
        message = delivery.message
        if message is None:
            return None
        app = sender(delivery, self._app)
        if app is None:
            return _cancelled(delivery, "the app that sent it is gone")
        if message.expires_at is not None and message.expires_at <= now:
            reason = f"it was to arrive before {message.expires_at:%Y-%m-%dT%H:%M:%SZ}"
            return Settled(delivery=delivery, state=DeliveryState.EXPIRED, reason=reason)
        if delivery.channel != TargetKind.PERSON:
            return None
        return self._unreachable(delivery, app) or self._early(delivery, message, app, now)

    def _unreachable(self, delivery: Delivery, app: App) -> Outcome | None:
        receiver = delivery.receiver
        if receiver is None:
            return _cancelled(delivery, "the subscriber is gone")
        if receiver.appid != app.appid:
            return _cancelled(delivery, f"the subscriber does not belong to {app.appid}")
        if not receiver.follows:
            return _cancelled(delivery, Refusal.UNFOLLOWED.sentence)
        if receiver.trouble:
            return _cancelled(delivery, receiver.trouble)
        if not delivery.takes:
            return _cancelled(delivery, "the user does not take messages of this app (any more)")
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
            return _later(delivery, later, f"the account {app.appid} has to wait")
        awake = awake_at(receiver, app.zone, now)
        if awake is not None and message.priority is not Priority.URGENT:
            return _later(delivery, awake, "the user's quiet hours")
        if (until := self._pacer.slot(delivery.id, receiver.uid, app, now)) > now:
            return _later(delivery, until, "the app's own limit of messages per minute")
        return None


def awake_at(receiver: Subscriber, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours that it is in end; None if it is in none."""
    quiet = receiver.quiet
    if quiet is None:
        return None
    local = now.astimezone(ZoneInfo(receiver.zone or zone or SHANGHAI))
    if not _covers(quiet, local):
        return None
    # In an hour that comes twice the end is that of the same one, or it would be past already.
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
