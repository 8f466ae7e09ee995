"""Counts what the cores do, for the statistics and the metrics."""

from collections.abc import Callable
from typing import Protocol

from wechat_scheduler.credentials.journal import only_waits
from wechat_scheduler.credentials.model import Failed, Fault, Rotated
from wechat_scheduler.credentials.model import Outcome as RefreshOutcome
from wechat_scheduler.credentials.ports import RefreshObserver
from wechat_scheduler.delivery.model import Attempt, Deferred, Delivery, DeliveryState, TargetKind
from wechat_scheduler.delivery.model import Outcome as DeliveryOutcome
from wechat_scheduler.delivery.ports import DeliveryObserver
from wechat_scheduler.pushes.model import PushedMessage
from wechat_scheduler.pushes.ports import PushObserver
from wechat_scheduler.reminders.model import Fired
from wechat_scheduler.statistics.egress import EgressWatch
from wechat_scheduler.statistics.meter import StatisticsMeter
from wechat_scheduler.statistics.model import NO_ERRCODE, Counted

_MESSAGES = {
    DeliveryState.ACCEPTED: Counted.ACCEPTED,
    DeliveryState.DELIVERED: Counted.ACCEPTED,
    DeliveryState.DEAD: Counted.DEAD,
    DeliveryState.EXPIRED: Counted.DEAD,
}
_CALLBACKS = {
    DeliveryState.DELIVERED: Counted.CALLED_BACK,
    DeliveryState.DEAD: Counted.CALLBACK_DEAD,
    DeliveryState.EXPIRED: Counted.CALLBACK_DEAD,
}


class CoresObserver(RefreshObserver, DeliveryObserver, PushObserver, Protocol):
    """The observer of each core."""


class StatisticsObserver:
    """Passes all on to `metrics`. `account_of` gives the account of an app, empty if it is not known;
    `address_in` the address that WeChat refused, by its errcode and words, empty if it named none."""

    def __init__(
        self,
        meter: StatisticsMeter,
        egress: EgressWatch,
        metrics: CoresObserver,
        *,
        account_of: Callable[[int], str],
        address_in: Callable[[int, str], str],
    ) -> None:
        self._meter = meter
        self._egress = egress
        self._metrics = metrics
        self._account_of = account_of
        self._address_in = address_in

    def refreshed(self, outcome: RefreshOutcome) -> None:
        """Like `credentials.ports.RefreshObserver`."""
        self._metrics.refreshed(outcome)
        appid = outcome.job.key.appid
        match outcome:
            case Rotated():  # not the same value again
                self._meter.count(Counted.REFRESHED, appid)
            case Failed(fault=fault) if not only_waits(outcome):
                self._meter.count(Counted.REFRESH_FAILED, appid)
                self._failed(appid, fault)

    def sent(self, outcome: DeliveryOutcome, receipt: str | None) -> None:
        """Like `delivery.ports.DeliveryObserver`."""
        self._metrics.sent(outcome, receipt)
        delivery = outcome.delivery
        appid = self._appid(delivery)
        match delivery.channel:
            case TargetKind.PERSON:
                self._of_message(outcome, appid)
                if receipt is not None:
                    self.receipt(appid, receipt)
            case TargetKind.CREDENTIAL | TargetKind.WEBHOOK:
                self._of_callback(outcome, appid)

    def receipt(self, appid: str, failure: str) -> None:
        """WeChat told what became of a message that it had accepted."""
        self._meter.count(Counted.DEAD if failure else Counted.DELIVERED, appid)
        if failure:
            self._meter.count(Counted.ERROR, appid, errcode=NO_ERRCODE)

    def fired(self, fired: Fired) -> None:
        """A reminder was due."""
        appid = self._account_of(fired.next.app_id)
        before, after = fired.claimed.reminder, fired.next
        if number := after.fired - before.fired:
            self._meter.count(Counted.FIRED, appid, number=number)
        if number := after.missed - before.missed:
            self._meter.count(Counted.MISSED, appid, number=number)

    def received(self, appid: str) -> None:
        """Like `pushes.ports.PushObserver`."""
        self._metrics.received(appid)
        self._meter.count(Counted.PUSHED, appid)

    def mended(self, message: PushedMessage) -> None:
        """Like `pushes.ports.PushObserver`."""
        self._metrics.mended(message)

    def unread(self, message: PushedMessage) -> None:
        """Like `pushes.ports.PushObserver`."""
        self._metrics.unread(message)

    def _of_message(self, outcome: DeliveryOutcome, appid: str) -> None:
        """Each failed attempt and each message that is dead counts as one error, never as two."""
        attempt = outcome.attempt  # not what WeChat refused before it accepted another way
        failed = attempt is not None and bool(attempt.error)
        if attempt is not None and failed:
            self._failed(appid, attempt)
        if isinstance(outcome, Deferred):
            if outcome.attempt is not None:
                self._meter.count(Counted.SEND_FAILED, appid)
        elif what := _MESSAGES.get(outcome.state):
            self._meter.count(what, appid)
            if what is Counted.DEAD and not failed:
                self._meter.count(Counted.ERROR, appid, errcode=NO_ERRCODE)

    def _of_callback(self, outcome: DeliveryOutcome, appid: str) -> None:
        if isinstance(outcome, Deferred):
            if outcome.counts:
                self._meter.count(Counted.CALLBACK_FAILED, appid)
        elif what := _CALLBACKS.get(outcome.state):
            self._meter.count(what, appid)

    def _failed(self, appid: str, failure: Fault | Attempt) -> None:
        if failure.errcode is None:
            self._meter.count(Counted.ERROR, appid, errcode=NO_ERRCODE)
            return
        self._meter.count(Counted.ERROR, appid, errcode=str(failure.errcode))
        words = failure.message if isinstance(failure, Fault) else failure.error
        if address := self._address_in(failure.errcode, words):
            self._egress.note(address)

    def _appid(self, delivery: Delivery) -> str:
        """Notifications of credentials belong to no app, and are in the totals only."""
        if delivery.receiver is not None:
            return delivery.receiver.appid
        return self._account_of(delivery.message.app_id) if delivery.message else ""
