"""Makes the entries of the feed about deliveries that have ended."""

from wechat_scheduler.delivery.model import DeliveryState, Settled
from wechat_scheduler.feed.model import FeedEntry, FeedKind
from wechat_scheduler.storage.database import Row
from wechat_scheduler.storage.rows import instant


def outcome_entry(outcome: Settled, receipt: str | None, now: int) -> FeedEntry:
    """`receipt` is the failure that WeChat's receipt told, empty if it arrived, None without a receipt."""
    message = outcome.delivery.message
    state = DeliveryState(outcome.state).value if receipt is None else state_of(receipt)
    return _entry(
        now,
        id=outcome.delivery.id,
        message=message.id if message else None,
        app=message.app_id if message else 0,
        state=state,
        errcode=outcome.attempt.errcode if outcome.attempt else None,
    )


def receipt_entry(row: Row, failure: str, now: int) -> FeedEntry:
    """`row` is that of the delivery."""
    return _entry(
        now,
        id=row["id"],
        message=row["message_id"],
        app=row["app_id"],
        state=state_of(failure),
        errcode=None,
    )


def state_of(failure: str) -> str:
    """The state after a receipt."""
    return (DeliveryState.DEAD if failure else DeliveryState.DELIVERED).value


def _entry(now: int, **data: object) -> FeedEntry:
    return FeedEntry(at=instant(now), what=FeedKind.ENDED, data=data)
