"""Shows a message to one user as it would come, and sends nothing."""

from collections.abc import Callable
from datetime import datetime

from wechat_scheduler.audience.model import App, Found, Subscriber
from wechat_scheduler.audience.ports import Aliases, UseCounts
from wechat_scheduler.delivery.model import Content, Message, Priority, Way
from wechat_scheduler.delivery.previews import Preview, preview
from wechat_scheduler.delivery.refused_messages import no_notice_left
from wechat_scheduler.delivery.refused_receivers import Refusal, refusal_of
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedReceiver:
    """The user that a name means, None if it means none, and what comes to them."""

    subscriber: Subscriber | None
    preview: Preview


class PreviewDesk:
    """`landing` gives the address of the page of a message, as for `channels.PeopleChannel`. All methods may
    raise StorageError."""

    def __init__(
        self,
        aliases: Aliases,
        uses: UseCounts,
        *,
        landing: Callable[[Message, Subscriber], str],
        clock: Clock,
    ) -> None:
        self._aliases = aliases
        self._uses = uses
        self._landing = landing
        self._clock = clock

    async def preview(
        self,
        app: App,
        content: Content,
        name: str,
        *,
        not_before: datetime | None = None,
        priority: Priority = Priority.NORMAL,
    ) -> PreviewedReceiver:
        """What the user with the uid, alias or openid `name` would see."""
        subscriber, error = await self._receiver(app, name)
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
        seen = replace(shown, warnings=warnings, error=error or shown.error)
        return PreviewedReceiver(subscriber=subscriber, preview=seen)

    async def _receiver(self, app: App, name: str) -> tuple[Subscriber | None, str]:
        """The user, and why the app may not write to them."""
        found: Found | None = (await self._aliases.find(app, [name])).get(name)
        refused = refusal_of(found)
        sentence = refused.sentence if refused else ""
        return (found.subscriber, sentence) if found else (None, Refusal.UNKNOWN_USER.sentence)

    async def _used_up(
        self, shown: Preview, subscriber: Subscriber, now: datetime
    ) -> tuple[str, ...]:
        notice = next((one for one in shown.ways if one.way is Way.SUBSCRIBE), None)
        if notice is None:
            return ()
        count = await self._uses.get(subscriber.appid, subscriber.openid, notice.template_id)
        return (str(no_notice_left(count)),) if count and count.is_used_up(now) else ()
