"""The acts of users that WeChat reports, and the ports that handle them."""

import enum
from datetime import datetime
from typing import NamedTuple, Protocol

from wechat_scheduler.audience.app_events import AppEvent, BotDeed
from wechat_scheduler.audience.model import App, Scene, Subscriber
from wechat_scheduler.audience.use_counts import UseReport
from wechat_scheduler.engine.records import dataclass


class UserActKind(enum.StrEnum):
    """What a user did. MEDIA is a message without text. RECEIPT is WeChat's report on a template
    message. USES is about subscribe notices: which the user allows, and which were sent."""

    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    SCAN = "scan"
    TEXT = "text"
    VOICE = "voice"
    CLICK = "click"
    MEDIA = "media"
    RECEIPT = "receipt"
    USES = "uses"
    OTHER = "other"


class Effect(enum.StrEnum):
    """What the daemon did with an act of a user."""

    FOLLOWED = "followed"
    LEFT = "left"
    SCANNED = "scanned"
    """The code is one of ours: the user subscribed, joined or consented."""

    ANSWERED = "answered"
    """The bot, or a command, took the message."""

    PASSED_ON = "passed_on"
    """The app's callback gets the message."""

    CONFIRMED = "confirmed"
    """The receipt is one of a delivery of ours."""

    COUNTED = "counted"
    """The subscribe notices that the user allows, or that were sent."""

    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAct:
    """One act of a user.

    `event_id` is the same for each repeat by WeChat: its MsgId, or FromUserName and CreateTime.
    `name` is WeChat's name of the event or of the type of message.
    `scene` is a scene's id if the user scanned a code. `text` is a written text, a spoken one as
    WeChat understood it, or the key of a menu entry. `msgid` and `status` (`success`, `failed:user
    block` …) belong to a RECEIPT, `uses` to USES. `at` is by WeChat's clock, in whole seconds.

    The reception adds two: `code` is the scanned scene, if it is ours and has not ended; `unclaimed`
    means that no listener and no app took the text.
    """

    event_id: str
    appid: str
    openid: str
    kind: UserActKind
    name: str = ""
    scene: str = ""
    text: str = ""
    msgid: str = ""
    status: str = ""
    uses: tuple[UseReport, ...] = ()
    at: datetime
    code: Scene | None = None
    unclaimed: bool = False


class HandledAct(NamedTuple):
    """What a user did, and what was done with it. `name` is WeChat's; those who follow what happens hear
    of it if it `is_told`."""

    appid: str
    openid: str
    kind: str
    name: str
    effect: str
    is_told: bool


class Listener(Protocol):
    """Handles what users do, such as the reminders' bot."""

    async def take(self, act: UserAct, subscriber: Subscriber) -> BotDeed | None:
        """Returns what the listener did; None if it did nothing, and the next listener gets the act. An
        unclaimed text comes a second time. A repeat of an event must not be handled twice."""


class Post(Protocol):
    """Sends replies and events. A second call with the same `event_id` does nothing."""

    async def tell(self, app: App, event: AppEvent, *, event_id: str) -> None:
        """Send an event to the app's callback."""

    async def say(
        self,
        subscriber: Subscriber,
        text: str,
        *,
        event_id: str,
        app: App | None,
        secret: str = "",
    ) -> None:
        """Reply to the user, in the name of `app` if given. `secret` is appended to the text, and is
        stored sealed only."""


class Receipts(Protocol):
    """Stores WeChat's receipts."""

    async def receipt(
        self, appid: str, openid: str, msgid: str, failure: str, *, now: datetime
    ) -> int | None:
        """`failure` is empty if the message was delivered. Returns the id of its delivery; None if the
        receipt came first, or is for a message of another program or to another user."""
