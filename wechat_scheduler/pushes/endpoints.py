"""Push URLs: their secrets, their state, and what an operator should do about them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.credentials.model import COMPONENT_TOKEN
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import replace
from wechat_scheduler.pushes import sentences
from wechat_scheduler.pushes.events import TICKET_OVERDUE
from wechat_scheduler.pushes.history import EndpointFilter, Fate, PastPush, PushFilter
from wechat_scheduler.pushes.intake import Intake
from wechat_scheduler.pushes.model import PushEndpointView, PushRefusal
from wechat_scheduler.pushes.ports import PushEndpoints, PushHistory

# Push URLs that are looked at for the alerts in one check.
MOST_REFUSING: Final = 1000


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


async def refusing(
    store: PushEndpoints, intake: Intake
) -> Sequence[tuple[PushEndpointView, PushRefusal]]:
    """The push URLs that refuse WeChat's pushes for minutes, and at which nothing passes since the first refusal. Strangers
    send what looks alike: of that only counts what may be WeChat's. Raises StorageError."""
    lasting = intake.lasting_refusals()
    if not lasting:
        return []
    found = await store.view(EndpointFilter(within=tuple(sorted(lasting)[:MOST_REFUSING])))
    both = [(view, lasting[view.appid]) for view in found]
    for view, refusal in both:
        if not _lasts(view, refusal):
            intake.overcome(view.appid)
    return [
        (view, refusal)
        for view, refusal in both
        if _lasts(view, refusal) and (refusal.signed or _may_differ(view))
    ]


def _lasts(view: PushEndpointView, refusal: PushRefusal) -> bool:
    return refuses(view, replace(refusal, at=refusal.since or refusal.at))


def _may_differ(view: PushEndpointView) -> bool:
    """Whether WeChat may push with a Token that is not the one here: WeChat knows the URL, and has not verified it since
    the Token is set. The console of an account verifies it with each change of the Token."""
    is_known = view.verified_at or view.pushed_at or view.ticket_at or view.heard
    return bool(is_known) and (view.verified_at is None or view.verified_at < view.changed_at)


def refuses(view: PushEndpointView, refusal: PushRefusal) -> bool:
    """Whether nothing shows that pushes pass since this refusal: neither a push nor WeChat's verification of the URL."""
    newest = max(view.ticket_at or view.changed_at, view.verified_at or view.changed_at)
    return not refusal.overcome and refusal.at >= newest


def stored_refusal(view: PushEndpointView, past: Iterable[PastPush]) -> PushRefusal | None:
    """The last refused push among those of the history, the newest first, for a program that is not the daemon."""
    mine = (one for one in past if one.appid == view.appid and one.fate is Fate.REFUSED)
    last = next(mine, None)
    if last is None:
        return None
    overcome = view.pushed_at is not None and view.pushed_at > last.at
    return PushRefusal(count=last.count, at=last.at, reason=last.reason, overcome=overcome)


def advice(view: PushEndpointView, refusal: PushRefusal | None, now: datetime) -> str:
    """What the operator should do about a push URL, in one sentence; empty if all is well."""
    newest = view.ticket_at or view.changed_at
    if refusal is not None and refuses(view, refusal):
        return sentences.LAST_REFUSED.fill(reason=refusal.reason)
    if view.waiting and view.waiting[0].note:
        first = view.waiting[0]
        return sentences.EVENT_WAITS.fill(name=first.name, note=first.note)
    if not view.platform and not view.ticket_at and (view.account or view.heard):
        return "" if view.heard else sentences.NOTHING_YET.en
    if not view.platform:
        ask = sentences.REGISTER if view.ticket_at else sentences.REGISTER_IF
        return ask.fill(job=f"{view.appid}/{COMPONENT_TOKEN}")
    if now - newest < TICKET_OVERDUE:
        return "" if view.ticket_at else sentences.FIRST_TICKET.en
    minutes = (now - newest) // timedelta(minutes=1)
    if view.asked_at is None:
        return sentences.NO_TICKET.fill(minutes=minutes)
    return sentences.ASKED_AGAIN.fill(minutes=minutes, answer=repr(view.answer))
