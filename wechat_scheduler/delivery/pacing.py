"""How fast an app may send: at even distances, to all and to each."""

from datetime import datetime, timedelta

from wechat_scheduler.audience.model import App

# Reservations and last times that are kept at most; beyond that the oldest are forgotten, which
# costs evenness and nothing else.
MOST = 200_000


class Pacer:
    """Hands out the next free moment. A delivery keeps the moment that it was given."""

    def __init__(self) -> None:
        self._free: dict[tuple[int, str], datetime] = {}
        self._given: dict[int, datetime] = {}

    def slot(self, delivery_id: int, uid: str, app: App, now: datetime) -> datetime:
        """When the delivery may go: `now` or earlier means now."""
        if not app.per_minute and not app.recipient_per_minute:
            return now
        given = self._given.pop(delivery_id, None)
        if given is not None and given <= now:
            return given
        slot = given or self._reserve(uid, app, now)
        if slot > now:
            self._remember(delivery_id, slot)
        return slot

    def _reserve(self, uid: str, app: App, now: datetime) -> datetime:
        to_all = self._take((app.id, ""), app.per_minute, now)
        # One who has to wait takes a turn among all, and leaves the turns behind it to others.
        slot = self._take((app.id, uid), app.recipient_per_minute, to_all)
        while len(self._free) > MOST:
            del self._free[next(iter(self._free))]
        return slot

    def _take(self, key: tuple[int, str], per_minute: int, earliest: datetime) -> datetime:
        if not per_minute:
            return earliest
        moment = max(earliest, self._free.pop(key, earliest))
        self._free[key] = moment + timedelta(minutes=1) / per_minute
        return moment

    def _remember(self, delivery_id: int, slot: datetime) -> None:
        self._given[delivery_id] = slot
        while len(self._given) > MOST:
            del self._given[next(iter(self._given))]
