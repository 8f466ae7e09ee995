"""The events that an app's callback gets."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


class Source(enum.StrEnum):
    """The way on which a user came to an app."""

    SCAN = "scan"
    LINK = "link"
    COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The user subscribed to the app, or scanned its code again. `extra` is that of the code."""

    uid: str
    source: Source
    extra: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """The user wrote to the app."""

    uid: str
    content: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented:
    """The user allowed the app's signed calls to set reminders. `openid` is the one for those calls;
    `extra` is that of the scanned code."""

    uid: str
    openid: str
    extra: str
    at: datetime


AppEvent: TypeAlias = Joined | Wrote | Consented
