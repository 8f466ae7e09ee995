"""The bot's conversation with a user: its last act, and the question that it asked last."""

from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.audience.app_events import BotDeedKind
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.model import Reminder

# How long the last act can be undone, and the last question answered.
UNDO: Final = timedelta(minutes=10)

# The example of what the bot understands is said once in this time.
HELP_AGAIN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotEdit:
    """One reminder before the act and after it. `before` is None for a new one. Another user's reminder that
    the user joined or left is the same in both."""

    before: Reminder | None
    after: Reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class BotAct:
    """What the bot did about the event `event`: that event, if WeChat repeats it, changes nothing more.

    `half_assumed` means that it made a reminder at an hour of which the half of the day was not written."""

    event: str
    at: datetime
    did: BotDeedKind
    edits: tuple[BotEdit, ...]
    half_assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BotQuestion:
    """Which of these reminders is meant by the command. The user answers with their places, from 1 on.

    Without ids, the command is a sentence that becomes a reminder with a yes in the next message."""

    at: datetime
    command: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The stored conversation with one user."""

    act: BotAct | None = None
    question: BotQuestion | None = None
    helped_at: datetime | None = None
