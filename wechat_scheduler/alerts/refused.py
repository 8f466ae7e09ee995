"""Finds what is refused until a person acts: what accounts send to WeChat, and what WeChat pushes to this daemon."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.alerts import sentences
from wechat_scheduler.alerts.model import AlertKey, Condition, Severity
from wechat_scheduler.alerts.ports import WaitingDeliveries
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.engine.records import dataclass

# WeChat's next push, which may pass, comes when a user does something.
PUSHES_LAST: Final = timedelta(minutes=5)
# Anyone may send a push that is refused. The alert ends after this long without another one.
REFUSED_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPush:
    """The last push to an account's URL, which was refused for `reason`, and after which none passed."""

    appid: str
    at: datetime
    reason: str


def refused_sends(
    waiting: Sequence[WaitingDeliveries], advice: Callable[[int, str], str]
) -> Iterator[Condition]:
    """`advice` is what a person does about an errcode with its error; empty where none has to."""
    for each in waiting:
        said = advice(each.errcode, each.error)
        if not said:
            continue
        yield Condition(
            key=AlertKey(AlertRule.SENDS_REFUSED, f"{each.appid}/{each.errcode}"),
            appid=each.appid,
            severity=Severity.WARNING,
            text=sentences.WAITS.fill(
                appid=each.appid, errcode=each.errcode, count=each.deliveries
            ),
            advice=said,
        )


def refused_pushes(
    refused: Sequence[RefusedPush], *, node: str, now: datetime
) -> Iterator[Condition]:
    """`node` is the host of this daemon, which alone knows what it refused."""
    for each in refused:
        if now - each.at > REFUSED_FOR:
            continue
        yield Condition(
            key=AlertKey(AlertRule.PUSHES_REFUSED, each.appid, node),
            appid=each.appid,
            severity=Severity.WARNING,
            text=sentences.PUSH_REFUSED.fill(appid=each.appid, reason=each.reason),
            advice=sentences.SAME_SECRETS.en,
            lasts=PUSHES_LAST,
        )
