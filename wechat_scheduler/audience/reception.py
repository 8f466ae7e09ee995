"""Handles what users do: they follow, leave, scan and write.

WeChat repeats an event that is not answered within five seconds, and our caller gives up before that.
So each step may be interrupted and repeated: its effects carry the id of the event.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from wechat_scheduler.audience.app_events import BotDeed, Source
from wechat_scheduler.audience.commands import Commands
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.ids import new_uid
from wechat_scheduler.audience.joining import Joining
from wechat_scheduler.audience.model import Purpose, Scene, Subscriber
from wechat_scheduler.audience.ports import (
    HandledEvents,
    Scenes,
    Subscribers,
    Subscriptions,
    UseCounts,
)
from wechat_scheduler.audience.text_windows import window_after
from wechat_scheduler.audience.topic_store import Topics
from wechat_scheduler.audience.user_acts import (
    Effect,
    HandledAct,
    Listener,
    Post,
    Receipts,
    UserAct,
    UserActKind,
)
from wechat_scheduler.engine.clock import Clock

log = structlog.get_logger(__name__)

# These are no acts: a receipt is told with its delivery.
UNTOLD = (UserActKind.RECEIPT, UserActKind.USES, UserActKind.OTHER)

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
        topics: Topics,
        scenes: Scenes,
        handled: HandledEvents,
        uses: UseCounts,
        listeners: Sequence[Listener],
        post: Post,
        receipts: Receipts,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._subscribers = subscribers
        self._scenes = scenes
        self._handled = handled
        self._uses = uses
        self._listeners = listeners
        self._receipts = receipts
        self._clock = clock
        self._joining = Joining(subscriptions, topics, post)
        self._commands = Commands(subscriptions, directory, joining=self._joining, post=post)

    async def receive(self, act: UserAct) -> None:
        """Handle an event once. Raises StorageError if it was not handled; WeChat may then repeat it."""
        # Message ids are unique within an account.
        act = replace(act, event_id=f"{act.appid}/{act.event_id}")
        if not await self._handled.is_new(act.event_id):
            return
        effect = await self._see_to(act)
        handled = HandledAct(
            act.appid, act.openid, act.kind, act.name, effect, is_told=act.kind not in UNTOLD
        )
        await self._handled.add(act.event_id, now=self._clock.now(), act=handled)

    async def _see_to(self, act: UserAct) -> Effect:
        match act.kind:
            case UserActKind.RECEIPT:
                return await self._pass_receipt(act)
            case UserActKind.USES:
                return await self._count(act)
            case UserActKind.UNFOLLOW:
                return await self._let_go(act)
            case UserActKind.OTHER:
                return Effect.NONE
            case _:
                return await self._welcome(act)

    async def _pass_receipt(self, act: UserAct) -> Effect:
        failure = "" if act.status == SUCCESS else act.status or "failed"
        now = self._clock.now()
        delivery = await self._receipts.receipt(act.appid, act.openid, act.msgid, failure, now=now)
        if failure and delivery is not None:
            log.error("delivery.dead", delivery=delivery, channel="person", reason=failure)
        return Effect.CONFIRMED if delivery is not None else Effect.NONE

    async def _count(self, act: UserAct) -> Effect:
        """Count the notices that a user allows. Does not mark the user as a follower: mini-programs have
        none, and a web page may ask users who do not follow."""
        now = self._clock.now()
        for report in act.uses:
            if report.msgid:
                await self._receipts.receipt(
                    act.appid, act.openid, report.msgid, report.failure, now=now
                )
        await self._uses.count(act.appid, act.openid, act.uses, event=act.event_id, now=now)
        return Effect.COUNTED if act.uses else Effect.NONE

    async def _let_go(self, act: UserAct) -> Effect:
        gone = await self._subscribers.unfollow(act.appid, act.openid, now=act.at)
        if gone is not None:
            log.info("subscriber.unfollowed", uid=gone.uid, appid=act.appid)
            for listener in self._listeners:  # all of them: each may keep something of the user
                await listener.take(act, gone)
        return Effect.LEFT if gone is not None else Effect.NONE

    async def _welcome(self, act: UserAct) -> Effect:
        """A user who does something follows the account, and may get texts for a while."""
        subscriber = await self._subscribers.follow(
            act.appid, act.openid, uid=new_uid(), now=act.at, window=window_after(act.kind)
        )
        if act.kind is UserActKind.FOLLOW:
            log.info("subscriber.followed", uid=subscriber.uid, appid=act.appid)
        if act.scene and (scene := await self._open_scene(act)):
            await self._scanned(scene, replace(act, code=scene), subscriber)
            return Effect.SCANNED
        if act.text:
            return await self._said(act, subscriber)
        return Effect.FOLLOWED if act.kind is UserActKind.FOLLOW else Effect.NONE

    async def _open_scene(self, act: UserAct) -> Scene | None:
        """Also None if the scene has expired, or its app has moved to another account."""
        scene = await self._scenes.get(act.scene)
        if scene is None or (scene.expires_at is not None and scene.expires_at <= act.at):
            return None
        app = self._directory.app(scene.app_id)
        return scene if app is None or app.appid == act.appid else None

    async def _scanned(self, scene: Scene, act: UserAct, subscriber: Subscriber) -> None:
        app = self._directory.app(scene.app_id)
        match scene.purpose:
            case Purpose.APP if app:
                await self._joining.join(app, subscriber, act, Source.SCAN, extra=scene.extra)
            case Purpose.TOPIC if app:
                await self._joining.join_topic(app, int(scene.target), subscriber, act)
            case Purpose.REMINDER | Purpose.CONSENT:
                await self._offer(act, subscriber)
        # Last, so that a reader of `last_uid` finds the user subscribed.
        await self._scenes.scanned(scene.id, subscriber.uid)

    async def _said(self, act: UserAct, subscriber: Subscriber) -> Effect:
        if await self._commands.obey(act, subscriber):
            return Effect.ANSWERED
        taken = await self._offer(act, subscriber)
        # A repeat finds less to do: the app gets the event only once, as it has the same id.
        if act.kind is not UserActKind.CLICK:
            passed = await self._commands.pass_on(act, subscriber, taken)
            if not passed and not taken:
                taken = await self._offer(replace(act, unclaimed=True), subscriber)
            elif not taken:
                return Effect.PASSED_ON
        return Effect.ANSWERED if taken else Effect.NONE

    async def _offer(self, act: UserAct, subscriber: Subscriber) -> BotDeed | None:
        for listener in self._listeners:
            if taken := await listener.take(act, subscriber):
                return taken
        return None
