"""Counts the subscribe notices that users still allow. WeChat gives no number: it reports when a user allows
one more, when one is sent, and when the user switches a template's notices off.

Source: "订阅通知 事件推送". One-time templates (一次性订阅) allow one notice each time; lasting ones (长期订阅) any
number, and WeChat's events do not say which a template is: the list of the account's templates
does. A count may also be too low, since the user may have allowed more before the daemon listened,
or while it was down. So a count of none is believed only where WeChat or the user said so, and only
for a while.
"""

import enum
from datetime import datetime, timedelta

from wechat_scheduler.engine.records import dataclass, replace

# How long a count of none is believed. An event that comes while the daemon is down is lost.
BELIEVED = timedelta(hours=1)


class UseChange(enum.StrEnum):
    """What an event, or WeChat's answer to a notice, says about the uses of one template."""

    GRANTED = "granted"
    """The user allowed one more notice."""

    SWITCHED_ON = "switched_on"
    SWITCHED_OFF = "switched_off"
    """In the settings of the account or mini-program."""

    SENT = "sent"
    FAILED = "failed"
    """A notice was accepted, and did not arrive. Whether that cost a use is not known."""

    NONE_LEFT = "none_left"
    """WeChat refused a notice with 43101."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseReport:
    """One entry of an event. `msgid` and `failure`, WeChat's words, belong to a notice that was sent."""

    template_id: str
    change: UseChange
    msgid: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCount:
    """The notices of one template that a user still allows, `remaining` at least: if `certain`, exactly.

    `granted_at` is by our clock, as is `changed_at`.
    """

    template_id: str
    remaining: int = 0
    certain: bool = False
    switched_off: bool = False
    granted_at: datetime | None = None
    changed_at: datetime

    def is_used_up(self, now: datetime) -> bool:
        """Whether WeChat would refuse a notice, as far as we know. False if we do not know."""
        return self.certain and not self.remaining and now - self.changed_at < BELIEVED


def counted(count: UseCount, change: UseChange, now: datetime) -> UseCount:
    """The count after a change."""
    match change:
        case UseChange.GRANTED:
            return replace(
                count,
                remaining=count.remaining + 1,
                # Those from before the switch may be valid again.
                certain=count.certain and not count.switched_off,
                switched_off=False,
                granted_at=now,
                changed_at=now,
            )
        case UseChange.SWITCHED_ON:
            return replace(count, certain=False, switched_off=False, granted_at=now, changed_at=now)
        case UseChange.SWITCHED_OFF:
            return replace(count, remaining=0, certain=True, switched_off=True, changed_at=now)
        case UseChange.NONE_LEFT:
            return replace(count, remaining=0, certain=True, changed_at=now)
        case UseChange.SENT if count.remaining:
            return replace(count, remaining=count.remaining - 1, changed_at=now)
        case UseChange.SENT:  # one more than we heard of: the count was too low
            return replace(count, certain=False, switched_off=False, changed_at=now)
        case UseChange.FAILED:
            return count
