"""The settings of the alerts."""

import enum
from datetime import timedelta
from typing import Annotated, Final

from wechat_scheduler.config import notation
from wechat_scheduler.config.alert_targets import AlertTarget
from wechat_scheduler.config.notation import listed
from wechat_scheduler.config.section import Count, Duration, Section
from wechat_scheduler.config.target_notation import TARGETS


class AlertRule(enum.StrEnum):
    """What an alert is about."""

    CREDENTIAL_EXPIRES = "credential_expires"
    DEAD_LETTERS = "dead_letters"
    TICKET_MISSING = "ticket_missing"
    CREDENTIAL_CONTESTED = "credential_contested"
    QUOTA_NEARLY_SPENT = "quota_nearly_spent"
    STORE_SLOW = "store_slow"
    SENDS_REFUSED = "sends_refused"
    PUSHES_REFUSED = "pushes_refused"


def _rule(text: str) -> AlertRule:
    try:
        return AlertRule(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not one of {', '.join(AlertRule)}") from error


RULES: Final = listed("a list of rules", _rule)


class AlertSettings(Section, frozen=True, kw_only=True):
    """Alerts by `rules`, which are sent to `targets`, again after `pause` while they last. A ticket is missing
    after `ticket_age`; a quota is nearly spent at `quota_share` of it; `dead_letters` of an app in an hour are too
    many; a commit that takes `commit_time` is slow."""

    targets: Annotated[tuple[AlertTarget, ...], TARGETS] = ()
    rules: Annotated[tuple[AlertRule, ...], RULES] = tuple(AlertRule)
    pause: Duration = timedelta(hours=24)
    ticket_age: Duration = timedelta(minutes=30)
    quota_share: Annotated[float, notation.SHARE] = 0.8
    dead_letters: Count = 1
    commit_time: Duration = timedelta(seconds=1)
