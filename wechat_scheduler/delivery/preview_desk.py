"""Shows a message to one user as it would come, and sends nothing."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from wechat_scheduler.audience.model import App, Found, Subscriber
from wechat_scheduler.audience.ports import Aliases, Subscriptions, UseCounts
from wechat_scheduler.audience.text_windows import texts_ended
from wechat_scheduler.delivery.model import Content, Message, Priority, Way
from wechat_scheduler.delivery.previews import Preview, preview
from wechat_scheduler.delivery.refused_messages import (
    NOBODY_RECEIVES,
    NOBODY_SUBSCRIBED,
    TEXTS_USED_UP,
    no_notice_left,
)
from wechat_scheduler.delivery.refused_receivers import Refusal, refusal_of
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass, replace

# Receivers of a topic, of whom the first is shown that the message reaches.
MOST_LOOKED_AT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedReceiver:
    """The user that a name means, None if it means none, and what comes to them."""

    subscriber: Subscriber | None
    preview: Preview


class PreviewDesk:
    """`landing` gives the address of the page of a message, as for `channels.PeopleChannel`; `lack` says why
    nothing can be sent through an account, empty if it can. All methods may raise StorageError."""

    def __init__(
        self,
        aliases: Aliases,
        subscriptions: Subscriptions,
        uses: UseCounts,
        *,
        lack: Callable[[str], Awaitable[str]],
        landing: Callable[[Message, Subscriber], str],
        clock: Clock,
    ) -> None:
        self._aliases = aliases
        self._subscriptions = subscriptions
        self._uses = uses
        self._lack = lack
        self._landing = landing
        self._clock = clock

    async def preview(
        self,
        app: App,
        content: Content,
        to: str | int,
        *,
        not_before: datetime | None = None,
        priority: Priority = Priority.NORMAL,
    ) -> PreviewedReceiver:
        """What the user with the uid, alias or openid `to` would see; of the receivers of a topic with that id, or of
        all subscribers for 0, the first whom it reaches."""
        find = self._receiver(app, to) if isinstance(to, str) else self._first(app, to)
        subscriber, error = await find
        error = await self._lack(app.appid) or error
        if subscriber is None:
            return PreviewedReceiver(subscriber=None, preview=Preview(error=error))
        now = self._clock.now()
        message = Message(
            id=0,
            app_id=app.id,
            content=content,
            created_at=now,
            not_before=not_before,
            priority=priority,
        )
        shown = preview(message, app, subscriber, now, self._landing(message, subscriber))
        warnings = (*shown.warnings, *await self._used_up(shown, subscriber, now))
        error = error or shown.error
        is_text = isinstance(to, str) and all(one.way is Way.TEXT for one in shown.ways)
        if not error and is_text and texts_ended(subscriber):
            error = TEXTS_USED_UP.en
        seen = replace(shown, warnings=warnings, error=error)
        return PreviewedReceiver(subscriber=subscriber, preview=seen)

    async def hindrance(self, app: App, receiver: Subscriber | None, *, only_text: bool) -> str:
        """Why nothing that the app sends would arrive now, or no text for the only receiver; empty if it would."""
        if lack := await self._lack(app.appid):
            return lack
        if only_text and receiver is not None and texts_ended(receiver):
            return TEXTS_USED_UP.en
        return ""

    async def _receiver(self, app: App, name: str) -> tuple[Subscriber | None, str]:
        """The user, and why the app may not write to them."""
        found: Found | None = (await self._aliases.find(app, [name])).get(name)
        refused = refusal_of(found)
        sentence = refused.sentence if refused else ""
        return (found.subscriber, sentence) if found else (None, Refusal.UNKNOWN_USER.sentence)

    async def _first(self, app: App, topic_id: int) -> tuple[Subscriber | None, str]:
        """As the sending does: whom the store gives for the topic, and who does not refuse the app itself. Of more than
        are looked at, others may be reached."""
        uids = await self._subscriptions.receivers(app.id, topic_id, after="", limit=MOST_LOOKED_AT)
        known = await self._aliases.find(app, uids)
        found = [known[uid] for uid in uids if uid in known]
        refused = [(one, refusal_of(one, among_subscribers=True)) for one in found]
        reached = [one.subscriber for one, refusal in refused if refusal is None]
        if reached:
            return reached[0], ""
        if not uids and not await self._subscriptions.count(app.id, topic_id=topic_id):
            return None, NOBODY_SUBSCRIBED.en
        may_be_more = len(uids) == MOST_LOOKED_AT
        return (found[0].subscriber if found else None), "" if may_be_more else NOBODY_RECEIVES.en

    async def _used_up(
        self, shown: Preview, subscriber: Subscriber, now: datetime
    ) -> tuple[str, ...]:
        notice = next((one for one in shown.ways if one.way is Way.SUBSCRIBE), None)
        if notice is None:
            return ()
        count = await self._uses.get(subscriber.appid, subscriber.openid, notice.template_id)
        return (str(no_notice_left(count)),) if count and count.is_used_up(now) else ()
