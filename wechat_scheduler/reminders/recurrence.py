"""Recurrence: when a reminder fires again. Pure functions of their arguments.

A rule is a text of up to 20 lines; no line at all is a one-off:

    FREQ=MONTHLY;BYMONTHDAY=25         an RRULE of RFC 5545 (`RRULE:` in front is dropped)
    LUNAR-YEARLY;08-15                 a day of the lunar year; `12-LAST`; `L04-15` in a leap month
    LUNAR-MONTHLY;15                   a day of each lunar month; `LAST`
    TERM;清明                           a solar term
    WORKDAY                            a legal workday of mainland China
    EXDATE:20261120T080000             wall times (or whole days) that are left out

Every line but EXDATE may carry UNTIL, COUNT, BYHOUR, BYMINUTE and BYSECOND. Several lines are their
union. `(start, rule)` always denotes the whole series from `start` on, so an `Occurrence` can be
stored as the next `(start, rule)`.
"""

from wechat_scheduler.reminders.recurring.reading import read
from wechat_scheduler.reminders.recurring.rule import Kind, Line, Rule, anchored
from wechat_scheduler.reminders.recurring.series import Occurrence, following, upcoming

__all__ = [
    "Kind",
    "Line",
    "Occurrence",
    "Rule",
    "anchored",
    "following",
    "read",
    "upcoming",
]
