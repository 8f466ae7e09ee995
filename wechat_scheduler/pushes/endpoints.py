"""Push URLs: their secrets, their state, and what an operator should do about them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wechat_scheduler.config.consoles import PLATFORM, PUSH_URL
from wechat_scheduler.credentials.model import COMPONENT_TOKEN
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.pushes.events import TICKET_OVERDUE
from wechat_scheduler.pushes.history import EndpointFilter, PastPush, PushFilter
from wechat_scheduler.pushes.intake import Intake
from wechat_scheduler.pushes.model import PushEndpointView, PushRefusal
from wechat_scheduler.pushes.ports import PushEndpoints, PushHistory

_CHECK_PLATFORM = f"check that the platform's 授权事件接收URL leads here ({PLATFORM})"
_CHECK_ACCOUNT = (
    "once a user did something, check that the account's 服务器URL leads here and is enabled "
    f"({PUSH_URL})"
)


class EndpointDesk:
    """Manages the push URLs of accounts and platforms. All methods may raise StorageError."""

    def __init__(
        self, store: PushEndpoints, history: PushHistory, intake: Intake, *, clock: Clock
    ) -> None:
        self._store = store
        self._history = history
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

    async def view(
        self, wanted: EndpointFilter
    ) -> Sequence[tuple[PushEndpointView, PushRefusal | None]]:
        """Accounts, ordered by appid, each with its last refused push since the daemon started."""
        found = await self._store.view(wanted)
        return [(one, self._intake.last_refusal(one.appid)) for one in found]

    async def history(self, wanted: PushFilter) -> Sequence[PastPush]:
        return await self._history.find(wanted)


def advice(view: PushEndpointView, refusal: PushRefusal | None, now: datetime) -> str:
    """What the operator should do about a push URL, in one sentence; empty if all is well."""
    newest = view.ticket_at or view.changed_at
    if refusal is not None and not refusal.overcome and refusal.at >= newest:
        return f"the last push was refused: {refusal.reason}"
    if view.waiting and view.waiting[0].note:
        return f"{view.waiting[0].name} waits: {view.waiting[0].note}"
    if not view.platform and not view.ticket_at and (view.account or view.heard):
        return "" if view.heard else f"nothing has come yet: {_CHECK_ACCOUNT}"
    if not view.platform:
        job = f"{view.appid}/{COMPONENT_TOKEN}"
        return f"register {job}" if view.ticket_at else f"if it is a platform's, register {job}"
    if now - newest < TICKET_OVERDUE:
        return "" if view.ticket_at else "waiting for the first ticket: one comes every ten minutes"
    minutes = (now - newest) // timedelta(minutes=1)
    return f"no ticket has come for {minutes} minutes: {_asked(view)}{_CHECK_PLATFORM}"


def _asked(view: PushEndpointView) -> str:
    if view.asked_at is None:
        return ""
    return f"asked to push again, WeChat said {view.answer!r}; "
