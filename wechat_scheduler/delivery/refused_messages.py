"""The daemon's own reasons for not sending a message, with the sentences that its delivery shows. Those about
its receiver are in `refused_receivers.py`.

What WeChat said of it, and what to do then, is in `wechat/sending_errcodes.py`; a receiver's answer is worded in
`webhooks/client.py`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wechat_scheduler.audience.model import App
from wechat_scheduler.audience.use_counts import UseCount
from wechat_scheduler.delivery.model import Content, Way
from wechat_scheduler.errors import SendError
from wechat_scheduler.reasons import Verdict

APP_GONE = "the app that sent it is gone"
APP_UNREADABLE = "its app cannot be read: see doctor"
SUBSCRIBER_GONE = "the subscriber is gone"
NOT_TAKEN = "the user accepts no messages of this app"

PACED = "the app's own limit of messages per minute"
QUIET = "the user's quiet hours"

AT_MOST_ONCE = "the app's delivery mode is at_most_once"
SENT_AGAIN = "it was already retried once"

ASK_AGAIN = "ask the user to allow one more, then replay"
SWITCH_ON = "only the user can switch them on, in WeChat's settings of the account; then replay"


def given_up(after: timedelta, reason: str) -> str:
    """It was tried for `after`; the last attempt failed for `reason`."""
    return f"given up after {after}: {reason}"


def expired(at: datetime) -> str:
    return f"the message expired at {at:%Y-%m-%dT%H:%M:%SZ}"


def of_another_account(appid: str) -> str:
    return f"the subscriber does not belong to {appid}"


def account_waits(appid: str) -> str:
    return f"the account {appid} is paused"


def no_template(app: App, purpose: str) -> SendError:
    return SendError(
        f"the app {app.name} has no template for the purpose {purpose}",
        verdict=Verdict.REJECTED,
        advice=f"map the purpose {purpose} to one of the account's templates",
    )


def unfilled(template_id: str, faults: Sequence[str]) -> str:
    return f"the template {template_id} is not filled: {'; '.join(faults)}"


def not_filled(sentence: str) -> SendError:
    return SendError(
        sentence,
        verdict=Verdict.REJECTED,
        advice="correct the app's template and replay, or send it again with the right data",
    )


def heard_too_long_ago(app: App, content: Content) -> SendError:
    """The error if a text is no longer allowed, and there is no template."""
    return SendError(
        f"the user was last heard of more than 48 hours ago, and the app {app.name} has no template "
        f"for the purpose {content.purpose}",
        verdict=Verdict.REJECTED,
        advice=f"map the purpose {content.purpose} to one of the account's templates, then replay",
    )


def no_notice_yet(count: UseCount, retry_after: timedelta) -> SendError:
    """No notice is left, but WeChat's event of one that the user just allowed may still come."""
    return SendError(
        f"{_none_left(count)}; WeChat was not asked yet, in case the user has just allowed one",
        verdict=Verdict.SLOWER,
        way=Way.SUBSCRIBE.value,
        retry_after=retry_after,
    )


def no_notice_left(count: UseCount) -> SendError:
    return SendError(
        f"{_none_left(count)}; WeChat was not asked",
        verdict=Verdict.USED_UP,
        way=Way.SUBSCRIBE.value,
        advice=SWITCH_ON if count.switched_off else ASK_AGAIN,
    )


def no_such_way(way: Way) -> SendError:
    return SendError(f"{way} cannot be used to reach a user", verdict=Verdict.REJECTED)


def may_have_arrived(why: str) -> SendError:
    """The error after an attempt that was cut off; `why` says why the message is not sent again."""
    return SendError(
        f"it may have arrived, and is not sent again: {why}",
        verdict=Verdict.REJECTED,
        advice="replay it if the user has not seen it",
    )


def _none_left(count: UseCount) -> str:
    if count.switched_off:
        return f"the user has switched off the notices of template {count.template_id}"
    return f"the user allows no more notices of template {count.template_id}"
