"""`audience.ports.People` on a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.model import (
    Alias,
    App,
    Found,
    Quiet,
    Scene,
    Subscriber,
    Subscription,
)
from wechat_scheduler.storage import aliases, scenes, subscribers, subscriptions
from wechat_scheduler.storage.database import Database, Statement, rows_of
from wechat_scheduler.storage.people_rows import alias_of, scene_of, subscription_of
from wechat_scheduler.storage.rows import Vault, micros
from wechat_scheduler.storage.subscriptions import Wanted


class SqlPeople:
    """Subscribers, what they subscribed to, their other names, and what they scan."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def find(self, app: App, names: Sequence[str]) -> Mapping[str, Found]:
        return await subscribers.find(self._database, app, names)

    async def subscriber(self, uid: str) -> Subscriber | None:
        return await subscribers.one(self._database, subscribers.ONE, uid)

    async def subscriber_of(self, appid: str, openid: str) -> Subscriber | None:
        return await subscribers.one(self._database, subscribers.ONE_OF, appid, openid)

    async def follow(self, appid: str, openid: str, *, uid: str, now: datetime) -> Subscriber:
        return await self.heard(appid, openid, uid=uid, now=now)

    async def heard(self, appid: str, openid: str, *, uid: str, now: datetime) -> Subscriber:
        return await self._database.write(lambda: subscribers.heard(appid, openid, uid, now))

    async def unfollow(self, appid: str, openid: str, *, now: datetime) -> Subscriber | None:
        return await self._database.write(lambda: subscribers.unfollow(appid, openid, now))

    async def change(
        self,
        uid: str,
        *,
        zone: str | None = None,
        quiet: Quiet | None = None,
        no_quiet: bool = False,
        nickname: str | None = None,
        avatar: str | None = None,
        morning: str | None = None,
        hears_joins: bool | None = None,
    ) -> Subscriber | None:
        return await self._database.write(
            lambda: subscribers.change(
                uid,
                zone=zone,
                quiet=quiet,
                no_quiet=no_quiet,
                nickname=nickname,
                avatar=avatar,
                morning=morning,
                hears_joins=hears_joins,
            )
        )

    async def bind(
        self, app: App, names: Mapping[str, tuple[str, str, int]], *, now: datetime
    ) -> Mapping[str, str]:
        return await self._database.write(lambda: aliases.bind(app, names, now))

    async def unbind(self, app_id: int, name: str) -> bool:
        return await self._changed(aliases.REMOVE, app_id, name)

    async def subscribe(self, subscription: Subscription) -> tuple[Subscription, bool]:
        return await self._database.write(lambda: subscriptions.subscribe(subscription))

    async def subscription(self, subscription_id: int) -> Subscription | None:
        rows = await self._database.read(subscriptions.ONE, subscription_id)
        return subscription_of(rows[0]) if rows else None

    async def subscriptions(
        self,
        app_id: int,
        *,
        topic_id: int | None,
        uid: str = "",
        blocked: bool | None = None,
        after: int = 0,
        offset: int = 0,
        limit: int,
    ) -> Sequence[tuple[Subscription, Subscriber]]:
        wanted = Wanted(app_id, topic_id, uid, blocked, after)
        return await subscriptions.listed(self._database, wanted, offset=offset, limit=limit)

    async def count(
        self, app_id: int, *, topic_id: int | None, uid: str = "", blocked: bool | None = None
    ) -> int:
        return await subscriptions.count(self._database, Wanted(app_id, topic_id, uid, blocked))

    async def subscriptions_of(self, uid: str) -> Sequence[Subscription]:
        rows = await self._database.read(subscriptions.OF, uid)
        return [subscription_of(row) for row in rows]

    async def set_blocked(self, subscription_id: int, *, blocked: bool) -> bool:
        return await self._changed(subscriptions.SET_BLOCKED, subscription_id, int(blocked))

    async def set_muted(self, subscription_id: int, *, muted: bool) -> bool:
        return await self._changed(subscriptions.SET_MUTED, subscription_id, int(muted))

    async def unsubscribe(self, subscription_id: int) -> bool:
        return await self._changed(subscriptions.REMOVE, subscription_id)

    async def page_of(self, app_id: int, topic_id: int, *, after: str, limit: int) -> Sequence[str]:
        rows = await self._database.read(subscriptions.PAGE, app_id, topic_id, after, limit)
        return [row["uid"] for row in rows]

    async def add_scene(self, scene: Scene, *, once: Once | None) -> None:
        await self._database.write(lambda: scenes.add(self._vault, scene, once))

    async def scene(self, scene_id: str) -> Scene | None:
        return await self._scene(scenes.ONE, scene_id)

    async def scene_for(self, app_id: int, purpose: str, target: str) -> Scene | None:
        return await self._scene(scenes.LASTING, app_id, str(purpose), target)

    async def scanned(self, scene_id: str, uid: str) -> None:
        await self._changed(scenes.SCANNED, scene_id, uid)

    async def keep_ticket(self, scene_id: str, ticket: str, *, url: str, until: datetime) -> None:
        await self._changed(scenes.KEEP_TICKET, scene_id, ticket, url, micros(until))

    async def alias(self, app_id: int, name: str) -> Alias | None:
        rows = await self._database.read(aliases.ONE, app_id, name)
        return alias_of(rows[0]) if rows else None

    async def aliases_of(self, app_id: int, uid: str) -> Sequence[Alias]:
        rows = await self._database.read(aliases.OF, app_id, uid)
        return sorted(map(alias_of, rows), key=lambda alias: alias.name)

    async def put_alias(self, alias: Alias) -> None:
        await self._database.write(lambda: rows_of(aliases.put(alias)))

    async def first_time(self, event: str, *, now: datetime) -> bool:
        return not await self._database.read(scenes.HEARD, event)

    async def done(self, event: str, *, now: datetime) -> None:
        await self._database.write(lambda: scenes.done(event, now))

    async def _scene(self, sql: str, *params: object) -> Scene | None:
        rows = await self._database.read(sql, *params)
        return scene_of(rows[0]) if rows else None

    async def _changed(self, sql: str, *params: object) -> bool:
        return bool(await self._database.write(lambda: rows_of(Statement(sql, params))))
