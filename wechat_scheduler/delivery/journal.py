"""The log lines of deliveries."""

import logging

import structlog

from wechat_scheduler.delivery.model import Deferred, DeliveryState, Outcome, Settled
from wechat_scheduler.log.level import is_debugging

log = structlog.get_logger(__name__)


def log_outcome(outcome: Outcome, failure: str) -> None:
    """Log an error if a person must act and does not know it yet."""
    delivery = outcome.delivery
    names = {"delivery": delivery.id, "channel": delivery.channel}
    match outcome:
        case Settled(state=DeliveryState.DEAD):
            log.error("delivery.dead", **names, reason=outcome.reason)
        case Settled() if failure:
            log.error("delivery.dead", **names, reason=failure)
        case Settled() if delivery.message is not None:
            if is_debugging():
                log.debug(f"delivery.{outcome.state}", **names)
        case Settled():
            log.info(f"delivery.{outcome.state}", **names)
        case Deferred(counts=False, attempt=None):
            log.debug("delivery.postponed", **names, reason=outcome.error)
        case Deferred():
            level = logging.ERROR if outcome.lasts and not outcome.is_known else logging.WARNING
            attempts = delivery.attempts + outcome.counts
            log.log(level, "delivery.deferred", **names, attempts=attempts, error=outcome.error)
