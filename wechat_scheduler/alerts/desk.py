"""Shows alerts, and mutes them."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from wechat_scheduler.alerts.model import Alert
from wechat_scheduler.alerts.ports import AlertFilter, AlertStore
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import ConflictError, NotFoundError
from wechat_scheduler.reasons import Reason


class AlertDesk:
    """All methods may raise StorageError."""

    def __init__(self, store: AlertStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def page(self, wanted: AlertFilter) -> Sequence[Alert]:
        """The newest first."""
        return await self._store.page(wanted)

    async def alert(self, alert_id: int, *, shows: Callable[[Alert], bool]) -> Alert:
        """Raises NotFoundError."""
        alert = await self._store.alert(alert_id)
        if alert is None or not shows(alert):
            raise NotFoundError(f"there is no alert {alert_id}", reason=Reason.ALERT_UNKNOWN)
        return alert

    async def mute(
        self, alert_id: int, lasts: timedelta, *, shows: Callable[[Alert], bool]
    ) -> Alert:
        """Send no message about a firing alert for so long. Raises NotFoundError, ConflictError."""
        await self.alert(alert_id, shows=shows)
        muted = await self._store.mute(alert_id, self._clock.now() + lasts)
        if muted is None:
            raise ConflictError("it is over: there is nothing to mute", reason=Reason.ALERT_STATE)
        return muted
