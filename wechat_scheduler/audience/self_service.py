"""Commands of users about themselves: the link to their page, and a token to give away.

The reply shows a token once. A new token replaces the previous one.
"""

import re
from collections.abc import Callable, Sequence

from wechat_scheduler.access.model import digest
from wechat_scheduler.audience.app_events import BotDeed, BotDeedKind
from wechat_scheduler.audience.directory import Directory, apps_of
from wechat_scheduler.audience.ids import ID
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.ports import Subscriptions
from wechat_scheduler.audience.user_acts import Post, UserAct
from wechat_scheduler.engine.patterns import pattern

ASKS_SWITCHES = frozenset(("我的订阅", "我的关注"))

_ASKS_TOKEN = pattern(rf"获取\s*spt(?:\s*(?:[#＃]\s*)?({ID})(?:\s*（.*）)?)?", re.IGNORECASE)


class SelfService:
    """Listens for users' commands. `switches` gives the address of a user's own page, empty if users cannot
    reach us."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        directory: Directory,
        *,
        switches: Callable[[str], str],
        post: Post,
    ) -> None:
        self._subscriptions = subscriptions
        self._directory = directory
        self._switches = switches
        self._post = post

    async def take(self, act: UserAct, subscriber: Subscriber) -> BotDeed | None:
        """`我的订阅` asks for the link to the user's page. `获取SPT`, with an app's id if there are
        several, asks for a token whose holder may write to the user as that app."""
        text = act.text.strip()
        if text in ASKS_SWITCHES and (page := self._switches(subscriber.uid)):
            await self._say(act, subscriber, "点击管理你的订阅：", "switches", secret=page)
            return BotDeed(did=BotDeedKind.OTHER)
        command = _ASKS_TOKEN.fullmatch(text)
        if command is None:
            return None
        await self._give_token(act, subscriber, command[1])
        return BotDeed(did=BotDeedKind.OTHER)

    async def _give_token(self, act: UserAct, subscriber: Subscriber, wish: str | None) -> None:
        apps = await apps_of(subscriber, self._subscriptions, self._directory)
        meant = [app for app in apps if wish is None or app.id == int(wish)]
        if len(meant) != 1:
            await self._say(act, subscriber, _which(apps), "")
            return
        token = await self._directory.make_simple_token(meant[0].id, subscriber.uid)
        # An event of its own for each token: if WeChat repeats the message, the former token is dead, and
        # the user gets the new one.
        said = f"「{meant[0].name}」的 SPT，持有者可以给你发消息；以前的已失效，不能撤销：\n"
        await self._say(act, subscriber, said, digest(token), secret=token)

    async def _say(
        self, act: UserAct, subscriber: Subscriber, text: str, event: str, *, secret: str = ""
    ) -> None:
        event_id = f"{act.event_id}/self/{event}"
        await self._post.say(subscriber, text, event_id=event_id, app=None, secret=secret)


def _which(apps: Sequence[App]) -> str:
    if not apps:
        return "你还没有订阅任何应用"
    return "\n".join(("请发送其中一行：", *(f"获取SPT {app.id}（{app.name}）" for app in apps)))
