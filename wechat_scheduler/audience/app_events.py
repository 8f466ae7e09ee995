"""The events that an app's callback gets."""

import enum
from datetime import datetime
from typing import TypeAlias

from wechat_scheduler.engine.records import dataclass


class Source(enum.StrEnum):
    """How a user came to an app."""

    SCAN = "scan"
    COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The user subscribed to the app, or scanned its code again. `extra` is that of the code."""

    uid: str
    source: Source
    extra: str
    at: datetime


class BotDeedKind(enum.StrEnum):
    """What the daemon itself did with a message. ASKED is a question back, REFUSED a reason why not, HELPED
    an example; LEFT is another user's reminder. OTHER concerns no reminder."""

    CREATED = "created"
    CANCELLED = "cancelled"
    MOVED = "moved"
    REPEATED = "repeated"
    UNDONE = "undone"
    LISTED = "listed"
    ASKED = "asked"
    REFUSED = "refused"
    HELPED = "helped"
    JOINED = "joined"
    LEFT = "left"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotDeed:
    """The daemon answered a message. `reminders` are the ids of those that it made, changed or ended."""

    did: BotDeedKind
    reminders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """The user wrote to the app, or to the account while only this app listens. `taken` is what the daemon
    did with the message; None if it left the message to the app."""

    uid: str
    content: str
    at: datetime
    taken: BotDeed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented:
    """The user allowed the app's signed calls to set reminders. `openid` is the one for those calls;
    `extra` is that of the scanned code."""

    uid: str
    openid: str
    extra: str
    at: datetime


AppEvent: TypeAlias = Joined | Wrote | Consented
