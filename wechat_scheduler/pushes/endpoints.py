"""The desk for push URLs: which accounts' pushes are accepted, and how these fare."""

from collections.abc import Sequence

from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.pushes.intake import Intake
from wechat_scheduler.pushes.model import CallbackView, PushRefusal
from wechat_scheduler.pushes.ports import Callbacks


class EndpointDesk:
    """All methods may raise StorageError."""

    def __init__(self, store: Callbacks, intake: Intake, *, clock: Clock) -> None:
        self._store = store
        self._intake = intake
        self._clock = clock

    async def put(self, appid: str, *, token: str, aes_key: str) -> None:
        """Accept pushes made with these secrets, and for a while those made with the former
        ones."""
        await self._store.put_secrets(appid, token=token, aes_key=aes_key, now=self._clock.now())
        self._intake.forget(appid)

    async def remove(self, appid: str) -> bool:
        """Accept no more pushes and drop the tickets. Returns whether pushes were accepted."""
        if removed := await self._store.remove_secrets(appid):
            self._intake.forget(appid)
        return removed

    async def view(self) -> Sequence[tuple[CallbackView, PushRefusal | None]]:
        """Each account, with its last refused push since the daemon started. By appid."""
        return [(one, self._intake.last_refusal(one.appid)) for one in await self._store.view()]
