"""What WeChat tells of people, and whom that is handed to."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wechat_scheduler.audience.app_events import AppEvent
from wechat_scheduler.audience.model import App, Scene, Subscriber


class HeardKind(enum.StrEnum):
    """What somebody did; MEDIA is a message without words. RECEIPT is WeChat's own word on a template
    message."""

    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    SCAN = "scan"
    TEXT = "text"
    VOICE = "voice"
    CLICK = "click"
    MEDIA = "media"
    RECEIPT = "receipt"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """`event_id` is the same however often WeChat repeats it: its MsgId, or FromUserName and
    CreateTime. `scene` is a scene's id where a code was scanned, followed by or not; `text` is what
    was written, said (as WeChat understood it) or the menu's key; `msgid` and `status` (`success`,
    `failed:user block` …) come with a RECEIPT. `at` is by WeChat's clock, to the second.

    Two are filled in on the way: `code` is the scene that was scanned, if it is ours and has not
    ended; `unclaimed` says that nobody took what was written, no app either.
    """

    event_id: str
    appid: str
    openid: str
    kind: HeardKind
    scene: str = ""
    text: str = ""
    msgid: str = ""
    status: str = ""
    at: datetime
    code: Scene | None = None
    unclaimed: bool = False


class Listener(Protocol):
    """Somebody whom people talk to: the reminders' bot."""

    async def take(self, heard: Heard, subscriber: Subscriber) -> bool:
        """Whether this was for them; if so nobody else gets it. What is `unclaimed` is offered a
        second time. The same event may come again, and must not be acted on twice."""
        ...


class Post(Protocol):
    """How an answer leaves. What was put under an `event_id` before changes nothing."""

    async def tell(self, app: App, event: AppEvent, *, event_id: str) -> None:
        """Tell the app's callback of an event."""
        ...

    async def say(
        self,
        subscriber: Subscriber,
        text: str,
        *,
        event_id: str,
        app: App | None,
        secret: str = "",
    ) -> None:
        """Write to somebody who did something just now; in the name of `app`, if any. What is
        `secret` follows the text, and stands nowhere else in plain."""
        ...


class Receipts(Protocol):
    """Whom WeChat's receipts are for."""

    async def receipt(self, appid: str, msgid: str, failure: str, *, now: datetime) -> bool:
        """`failure` is empty if the message was delivered."""
        ...
