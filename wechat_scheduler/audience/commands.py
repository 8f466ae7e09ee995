"""Commands that users write to an account: show my uid, subscribe me, pass a text to the app."""

import re
from collections.abc import Sequence

from wechat_scheduler.audience.app_events import BotDeed, Source, Wrote
from wechat_scheduler.audience.directory import Directory, apps_of
from wechat_scheduler.audience.ids import ID
from wechat_scheduler.audience.joining import Joining
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.ports import Subscriptions
from wechat_scheduler.audience.user_acts import Post, UserAct
from wechat_scheduler.engine.patterns import pattern

ASKS_UID = frozenset(("获取uid", "我的uid"))

# Chinese keyboards write the second sign.
_TO_APP = pattern(rf"[#＃]\s*({ID})(?:\s+(.*))?", re.DOTALL)


class Commands:
    """Carries out commands. Each method returns whether it handled the text."""

    def __init__(
        self, subscriptions: Subscriptions, directory: Directory, *, joining: Joining, post: Post
    ) -> None:
        self._subscriptions = subscriptions
        self._directory = directory
        self._joining = joining
        self._post = post

    async def obey(self, act: UserAct, subscriber: Subscriber) -> bool:
        """`获取UID` asks for the uid; `#{app id}` subscribes; `#{app id} content` writes to the app."""
        text = act.text.strip()
        if text.replace(" ", "").lower() in ASKS_UID:
            await self._say(act, subscriber, subscriber.uid)
            return True
        command = _TO_APP.fullmatch(text)
        app = self._directory.app(int(command[1])) if command else None
        if command is None or app is None or app.appid != act.appid:
            return False
        if command[2]:
            await self._write(app, command[2], act, subscriber)
        else:
            await self._joining.join(app, subscriber, act, Source.COMMAND)
        return True

    async def pass_on(self, act: UserAct, subscriber: Subscriber, taken: BotDeed | None) -> bool:
        """Pass any other text to the user's app, if exactly one of them has a callback, with what a
        listener did with it."""
        listening = [app for app in await self._apps_of(subscriber) if app.callback]
        if len(listening) != 1:
            return False
        await self._up(listening[0], act.text, act, subscriber, taken)
        return True

    async def _write(self, app: App, content: str, act: UserAct, subscriber: Subscriber) -> None:
        if app not in await self._apps_of(subscriber):
            await self._say(act, subscriber, f"你还没有订阅「{app.name}」，发送 #{app.id} 订阅")
        elif not app.callback:
            await self._say(act, subscriber, f"「{app.name}」不接收消息")
        else:
            await self._up(app, content, act, subscriber)

    async def _up(
        self,
        app: App,
        content: str,
        act: UserAct,
        subscriber: Subscriber,
        taken: BotDeed | None = None,
    ) -> None:
        wrote = Wrote(uid=subscriber.uid, content=content, at=act.at, taken=taken)
        await self._post.tell(app, wrote, event_id=f"{act.event_id}/{app.id}/up")

    async def _apps_of(self, subscriber: Subscriber) -> Sequence[App]:
        return await apps_of(subscriber, self._subscriptions, self._directory)

    async def _say(self, act: UserAct, subscriber: Subscriber, text: str) -> None:
        await self._post.say(subscriber, text, event_id=f"{act.event_id}/say", app=None)
