"""Handles a scanned consent code: the app's signed calls may then set reminders for the user."""

import structlog

from wechat_scheduler.audience.app_events import BotDeed, BotDeedKind, Consented
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.ids import new_subscription
from wechat_scheduler.audience.model import Alias, App, Purpose, Subscriber
from wechat_scheduler.audience.openids import Openids
from wechat_scheduler.audience.ports import Subscriptions
from wechat_scheduler.audience.user_acts import Post, UserAct

log = structlog.get_logger(__name__)


class Consenting:
    """Listens for scans of consent codes. A repeat of the same event changes nothing."""

    def __init__(
        self, subscriptions: Subscriptions, openids: Openids, *, directory: Directory, post: Post
    ) -> None:
        self._subscriptions = subscriptions
        self._openids = openids
        self._directory = directory
        self._post = post

    async def take(self, act: UserAct, subscriber: Subscriber) -> BotDeed | None:
        """A scan unmutes the app too. If the app blocks the user, nothing happens and no reply is
        sent."""
        scene = act.code
        if scene is None or scene.purpose is not Purpose.CONSENT:
            return None
        app = self._directory.app(scene.app_id)
        if app is not None and await self._subscribe(app, subscriber, act):
            alias = await self._openids.consent(app, subscriber.uid)
            log.info("subscriber.consented", uid=subscriber.uid, app=app.id)
            await self._tell(app, alias, subscriber, act, extra=scene.extra)
        return BotDeed(did=BotDeedKind.OTHER)

    async def _subscribe(self, app: App, subscriber: Subscriber, act: UserAct) -> bool:
        """Reminders need a subscription that is not muted. Returns False if it is blocked."""
        wanted = new_subscription(app.id, subscriber.uid, at=act.at)
        kept, _ = await self._subscriptions.subscribe(wanted)
        if kept.muted:
            await self._subscriptions.set_muted(kept.id, muted=False)
        return not kept.blocked

    async def _tell(
        self, app: App, alias: Alias, subscriber: Subscriber, act: UserAct, *, extra: str
    ) -> None:
        consented = Consented(uid=alias.uid, openid=alias.name, extra=extra, at=act.at)
        event = f"{act.event_id}/{app.id}"
        await self._post.tell(app, consented, event_id=f"{event}/consent")
        text = f"已允许「{app.name}」提醒你，到时由微信通知。"
        await self._post.say(subscriber, text, event_id=f"{event}/allowed", app=app)
