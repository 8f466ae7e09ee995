"""Handles what users do: they follow, leave, scan and write.

WeChat repeats an event that is not answered within five seconds, and our caller gives up before that.
So each step may be interrupted and repeated: its effects carry the id of the event.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from wechat_scheduler.audience.app_events import Source
from wechat_scheduler.audience.commands import Commands
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.joining import Joining
from wechat_scheduler.audience.model import Purpose, Scene, Subscriber
from wechat_scheduler.audience.names import new_uid
from wechat_scheduler.audience.ports import HandledEvents, Scenes, Subscribers, Subscriptions
from wechat_scheduler.audience.user_acts import Heard, HeardKind, Listener, Post, Receipts
from wechat_scheduler.engine.clock import Clock

log = structlog.get_logger(__name__)

# The status of a template message that arrived.
SUCCESS = "success"


class Reception:
    """The `listeners` get an event in this order, until one handles it."""

    def __init__(
        self,
        directory: Directory,
        *,
        subscribers: Subscribers,
        subscriptions: Subscriptions,
        scenes: Scenes,
        handled: HandledEvents,
        listeners: Sequence[Listener],
        post: Post,
        receipts: Receipts,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._subscribers = subscribers
        self._scenes = scenes
        self._handled = handled
        self._listeners = listeners
        self._receipts = receipts
        self._clock = clock
        self._joining = Joining(subscriptions, post)
        self._commands = Commands(subscriptions, directory, joining=self._joining, post=post)

    async def receive(self, heard: Heard) -> None:
        """Handle an event once. Raises StorageError: then it is not done, and may come again."""
        # Message ids are unique within an account.
        heard = replace(heard, event_id=f"{heard.appid}/{heard.event_id}")
        if not await self._handled.is_new(heard.event_id):
            return
        await self._see_to(heard)
        await self._handled.add(heard.event_id, now=self._clock.now())

    async def _see_to(self, heard: Heard) -> None:
        match heard.kind:
            case HeardKind.RECEIPT:
                await self._pass_receipt(heard)
            case HeardKind.UNFOLLOW:
                await self._let_go(heard)
            case HeardKind.OTHER:
                pass
            case _:
                await self._welcome(heard)

    async def _pass_receipt(self, heard: Heard) -> None:
        failure = "" if heard.status == SUCCESS else heard.status or "failed"
        now = self._clock.now()
        await self._receipts.receipt(heard.appid, heard.msgid, failure, now=now)

    async def _let_go(self, heard: Heard) -> None:
        gone = await self._subscribers.unfollow(heard.appid, heard.openid, now=heard.at)
        if gone is not None:
            log.info("subscriber.unfollowed", uid=gone.uid, appid=heard.appid)
            for listener in self._listeners:  # all of them: each may keep something of the user
                await listener.take(heard, gone)

    async def _welcome(self, heard: Heard) -> None:
        """A user who does something follows the account, and may be written to for a while."""
        subscriber = await self._subscribers.follow(
            heard.appid, heard.openid, uid=new_uid(), now=heard.at
        )
        if heard.kind is HeardKind.FOLLOW:
            log.info("subscriber.followed", uid=subscriber.uid, appid=heard.appid)
        if heard.scene and (scene := await self._open_scene(heard)):
            await self._scanned(scene, replace(heard, code=scene), subscriber)
        elif heard.text:
            await self._said(heard, subscriber)

    async def _open_scene(self, heard: Heard) -> Scene | None:
        """None also if the scene has ended, or its app has moved to another account."""
        scene = await self._scenes.get(heard.scene)
        if scene is None or (scene.expires_at is not None and scene.expires_at <= heard.at):
            return None
        app = self._directory.app(scene.app_id)
        return scene if app is None or app.appid == heard.appid else None

    async def _scanned(self, scene: Scene, heard: Heard, subscriber: Subscriber) -> None:
        app = self._directory.app(scene.app_id)
        match scene.purpose:
            case Purpose.APP if app:
                await self._joining.join(app, subscriber, heard, Source.SCAN, extra=scene.extra)
            case Purpose.TOPIC if app:
                await self._joining.join_topic(app, int(scene.target), subscriber, heard)
            case Purpose.REMINDER | Purpose.CONSENT:
                await self._offer(heard, subscriber)
        # Last, so that a reader of `last_uid` finds the user subscribed.
        await self._scenes.scanned(scene.id, subscriber.uid)

    async def _said(self, heard: Heard, subscriber: Subscriber) -> None:
        if await self._commands.obey(heard, subscriber) or await self._offer(heard, subscriber):
            return
        if heard.kind is HeardKind.CLICK or await self._commands.pass_on(heard, subscriber):
            return
        await self._offer(replace(heard, unclaimed=True), subscriber)

    async def _offer(self, heard: Heard, subscriber: Subscriber) -> bool:
        for listener in self._listeners:
            if await listener.take(heard, subscriber):
                return True
        return False
