"""Wires the statistics: what is counted of the cores, and the address that WeChat sees."""

import socket
from collections.abc import Callable
from datetime import datetime

from wechat_scheduler.access.keyring import Keyring
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.user_acts import Receipts
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.metrics.observer import StatisticsObserver
from wechat_scheduler.statistics.egress import EgressWatch
from wechat_scheduler.statistics.meter import StatisticsMeter
from wechat_scheduler.wechat.errcode_lookup import caller_address
from wechat_scheduler.wechat.errcodes import ERRCODES


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsParts:
    """`observer` is that of every core; `receipts` stores WeChat's receipts and counts them."""

    meter: StatisticsMeter
    egress: EgressWatch
    observer: StatisticsObserver
    receipts: Receipts


def wire_statistics(ground: Ground, directory: Directory, keyring: Keyring) -> StatisticsParts:
    stores, clock = ground.stores, ground.clock
    meter = StatisticsMeter(stores.statistics, clock=clock, is_named=keyring.names)
    egress = EgressWatch(stores.egress, host=socket.gethostname(), clock=clock)

    def account_of(app_id: int) -> str:
        app = directory.app(app_id)
        return app.appid if app else ""

    observer = StatisticsObserver(
        meter, egress, ground.counters, account_of=account_of, address_in=_address_in
    )
    return StatisticsParts(
        meter=meter,
        egress=egress,
        observer=observer,
        receipts=_CountedReceipts(stores.deliveries, observer.receipt),
    )


class _CountedReceipts:
    def __init__(self, receipts: Receipts, count: Callable[[str, str], None]) -> None:
        self._receipts = receipts
        self._count = count

    async def receipt(
        self, appid: str, openid: str, msgid: str, failure: str, *, now: datetime
    ) -> int | None:
        """One that comes before its delivery was stored is counted with that."""
        delivery = await self._receipts.receipt(appid, openid, msgid, failure, now=now)
        if delivery is not None:
            self._count(appid, failure)
        return delivery


def _address_in(errcode: int, words: str) -> str:
    """The codes about addresses mean the same at each endpoint."""
    return caller_address(words) if ERRCODES.read("", errcode, words).of_address else ""
