"""Fires a due reminder: which occurrences are sent, and which one is next. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from wechat_scheduler.delivery.keyword_times import minute_text
from wechat_scheduler.delivery.mappings import REMINDER
from wechat_scheduler.delivery.model import Content, Message, Target, TargetKind, Way
from wechat_scheduler.delivery.orders import stable_id
from wechat_scheduler.engine.places import BEHIND, PLACES
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.reminders.language.wording import hour_words
from wechat_scheduler.reminders.model import (
    Claimed,
    Fired,
    Firing,
    Late,
    Reminder,
    ReminderState,
    place_of,
)
from wechat_scheduler.reminders.planning import rule_of
from wechat_scheduler.reminders.recurrence.rule import Rule
from wechat_scheduler.reminders.recurrence.series import Occurrence, following

MOST = 100
"""Occurrences in one transaction. The rest are due at once."""

MOST_SENT = 24
"""Of more occurrences that are due at once, the newest are sent or recorded as missed, under every
policy; the others are only counted as missed."""


class Choice(NamedTuple):
    """The due occurrences that are sent, and those that are recorded as missed. Others are only
    counted."""

    sent: tuple[datetime, ...]
    missed: tuple[datetime, ...] = ()

    def newest(self, most: int) -> "Choice":
        """Occurrences that are sent are newer than those that are missed."""
        older = max(0, most - len(self.sent))
        return Choice(self.sent[-most:] if most else (), self.missed[-older:] if older else ())


def fire(claimed: Claimed, now: datetime) -> Fired:
    """The messages of the occurrences that are due, and the reminder at its next one.

    An occurrence that is fired twice makes the same message. Raises InvalidRequestError if the rule
    cannot be followed any more.
    """
    reminder = claimed.reminder
    due, rest = _due(reminder, reminder.start, rule_of(reminder.rule), now, most=MOST)
    newer = len(_due(reminder, rest.at, rest.rule, now, most=MOST_SENT)[0]) if rest else 0
    choice = _chosen(reminder, due, now, is_caught_up=not newer).newest(MOST_SENT - newer)
    composer = _Composer(claimed=claimed, now=now)
    return Fired(
        claimed=claimed,
        firings=(
            *(composer.firing(at, is_missed=True) for at in choice.missed),
            *(composer.firing(at) for at in choice.sent),
        ),
        next=_moved_on(reminder, rest, now, sent=len(choice.sent), of=len(due)),
    )


def _due(
    reminder: Reminder, start: datetime, rule: Rule, now: datetime, *, most: int
) -> tuple[Sequence[datetime], Occurrence | None]:
    """The first `most` due occurrences from `start` on, and the one after them."""
    found: list[datetime] = []
    latest, zone = now - reminder.defer, ZoneInfo(reminder.zone)
    rest: Occurrence | None = Occurrence(at=start, rule=rule)
    while rest is not None and rest.at <= latest and len(found) < most:
        found.append(rest.at)
        rest = following(rest.rule, start=rest.at, after=rest.at, zone=zone)
    return found, rest


def _chosen(
    reminder: Reminder, due: Sequence[datetime], now: datetime, *, is_caught_up: bool
) -> Choice:
    """Occurrences within the grace are sent under every policy."""
    in_time = tuple(at for at in due if not _is_late(reminder, at, now))
    match reminder.late:
        case Late.ALL:
            return Choice(tuple(due))
        case Late.SKIP:
            return Choice(in_time, tuple(due[: len(due) - len(in_time)]))
        case Late.ONCE:
            return Choice(in_time or tuple(due[-1:] if is_caught_up else ()))


def _moved_on(
    reminder: Reminder, rest: Occurrence | None, now: datetime, *, sent: int, of: int
) -> Reminder:
    changes: dict[str, Any] = {
        "fired": reminder.fired + sent,
        "missed": reminder.missed + of - sent,
        "last_at": now if sent else reminder.last_at,
    }
    if rest is None:
        is_missed = not reminder.rule and not sent
        state = ReminderState.MISSED if is_missed else ReminderState.DONE
        changes |= {"state": state, "due_at": None, "ended_at": now}
    else:
        due_at = rest.at + reminder.defer
        changes |= {"start": rest.at, "rule": str(rest.rule), "due_at": due_at}
    return replace(reminder, **changes)


def _is_late(reminder: Reminder, at: datetime, now: datetime) -> bool:
    return now - (at + reminder.defer) > reminder.grace


@dataclass(frozen=True, slots=True, kw_only=True)
class _Composer:
    """Makes the messages of one reminder at one moment."""

    claimed: Claimed
    now: datetime

    def firing(self, at: datetime, *, is_missed: bool = False) -> Firing:
        reminder, late = self.claimed.reminder, ""
        # The id has the time of sending, so that an occurrence that is put off after it was sent is
        # sent again.
        due_at = at + reminder.defer
        if _is_late(reminder, at, self.now):
            was_due = self._local(due_at)
            late = f"原定{was_due.month}月{was_due.day}日 {hour_words(was_due)}"
        message = Message(
            id=_near(_place(reminder.id, due_at), "reminder", reminder.id, due_at.isoformat()),
            app_id=reminder.app_id,
            content=self._content(at, late),
            created_at=self.now,
            priority=reminder.priority,
            notes=(f"it was due at {due_at:%Y-%m-%dT%H:%M:%SZ}",) if late else (),
        )
        return Firing(message=message, targets=self._targets(message.id), is_missed=is_missed)

    def _content(self, at: datetime, late: str) -> Content:
        reminder = self.claimed.reminder
        text = _late(late, reminder.detail) if late else reminder.detail or reminder.title
        return Content(
            way=reminder.way,
            purpose=REMINDER,
            title=reminder.title,
            text=text,
            url=reminder.url,
            landing=not reminder.url,
            reminder=reminder.id,
            owner=reminder.owner,
            data={"time": minute_text(self._local(at))},
            body=self._body(at, text) if reminder.way is Way.WEBHOOK else "",
        )

    def _body(self, at: datetime, text: str) -> str:
        """The body for the app's callback."""
        reminder = self.claimed.reminder
        data = {"id": reminder.id, "appId": reminder.app_id, "title": reminder.title, "text": text}
        data["time"] = int(at.timestamp() * 1000)
        return msgspec.json.encode({"action": "reminder_due", "data": data}).decode()

    def _targets(self, message_id: int) -> tuple[Target, ...]:
        reminder = self.claimed.reminder
        if reminder.way is Way.WEBHOOK:
            return (_target(message_id, TargetKind.WEBHOOK, ""),)
        joined = self.claimed.people
        people = dict.fromkeys(filter(None, (reminder.owner, *(joined or ()))))
        crowd = () if joined is not None else (reminder.id,)
        return (
            *(_target(message_id, TargetKind.PERSON, uid) for uid in people),
            *(_target(message_id, TargetKind.PARTICIPANTS, name) for name in crowd),
            *(_target(message_id, TargetKind.TOPIC, str(topic)) for topic in reminder.topics),
        )

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.claimed.reminder.zone))


def _late(was: str, detail: str) -> str:
    """Begins with the note that it is late, as a template shows 20 characters of a long text."""
    return f"（迟到）{detail}（{was}）" if detail else f"（迟到）{was}"


def _place(reminder_id: str, due_at: datetime) -> int:
    """The place of the reminder, moved on by one each minute: else all messages of one that repeats would share a place, and
    of a million ids of 36 bits some are the same."""
    return (place_of(reminder_id) + int(due_at.timestamp()) // 60) % PLACES


def _near(place: int, *parts: str) -> int:
    """A stable id of 52 bits that begins with the place. Reminders that fall due together are fired in the order in which
    they were made: then their messages, and their deliveries, lie near each other in indexes, and one write has several."""
    return place << BEHIND | stable_id(*parts) >> 52 - BEHIND


def _target(message_id: int, kind: TargetKind, name: str) -> Target:
    delivery_id = _near(message_id >> BEHIND, "delivery", str(message_id), kind, name)
    return Target(delivery_id=delivery_id, kind=kind, name=name)
