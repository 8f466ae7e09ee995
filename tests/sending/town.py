"""A daemon that sends, the WeChat it sends through, and the people it reaches: on real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.audience.named_by_openid import by_openid
from tests.audience.people import subscribe
from tests.clock import FakeClock
from tests.house import APPID, Answer, Caller, WeChat, daemon, wechat
from wechat_scheduler.access.links import Links
from wechat_scheduler.audience.desk import AudienceDesk
from wechat_scheduler.audience.directory import Directory, draft_app
from wechat_scheduler.audience.model import App, Template
from wechat_scheduler.audience.qrcodes import QrCodeDesk
from wechat_scheduler.daemon.cores import Cores
from wechat_scheduler.daemon.stores import Stores
from wechat_scheduler.delivery.orders import Sending
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView
from wechat_scheduler.reminders.desk import ReminderDesk
from wechat_scheduler.sandbox.options import AccountReceiver, PushMode
from wechat_scheduler.sandbox.phones import PhoneMessage as Shown

TOKEN = "callbacktoken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TEMPLATE = "Q57J4mJLPXxiBNTzRqkB93eB_64KLnRmAgNcoRiOMpk"
PUBLIC = "http://wx.example.com"

# What an app with a template for everything is told.
TEMPLATES = {
    purpose: Template(template_id=TEMPLATE, fields={"keyword1": "{title}", "keyword2": "{content}"})
    for purpose in ("message", "reminder")
}


@dataclass(slots=True, kw_only=True)
class Town:
    """One account with a registered credential and callback, and one app that sends through it."""

    wechat: WeChat
    caller: Caller
    clock: Any
    app: App
    token: str = field(repr=False)

    @property
    def stores(self) -> Stores:
        return self.caller.daemon.ground.stores

    @property
    def cores(self) -> Cores:
        return self.caller.daemon.cores

    @property
    def directory(self) -> Directory:
        return self.cores.audience.directory

    @property
    def audience(self) -> AudienceDesk:
        return self.cores.audience.desk

    @property
    def codes(self) -> QrCodeDesk:
        return self.cores.audience.codes

    @property
    def sending(self) -> Sending:
        return self.cores.delivery.sending

    @property
    def desk(self) -> ReminderDesk:
        return self.cores.reminders.desk

    @property
    def links(self) -> Links:
        return self.caller.daemon.ground.links

    @property
    def people(self) -> Any:
        return self.wechat.sandbox.people

    async def another(self, appid: str) -> "Town":
        """The same daemon and sandbox, seen from another account and an app of its own."""
        return await settled_in(self.wechat, self.caller, self.clock, appid)

    async def follow(self, openid: str | None = None, *, subscribe: bool = True) -> str:
        """Somebody follows the account, and takes the app's messages; returns their uid."""
        openid = self.people.follow(self.app.appid, openid)
        await self.tell()
        uid = await self.uid(openid)
        if subscribe:
            await self.subscribe(self.app, uid)
        return uid

    async def subscribe(self, app: App, uid: str, *, topic_id: int = 0) -> None:
        await subscribe(self.stores.subscriptions, app, uid, topic_id=topic_id)

    async def uid(self, openid: str) -> str:
        found = await by_openid(self.stores.subscribers, self.app.appid, openid)
        assert found is not None
        return found.uid

    async def openid(self, uid: str) -> str:
        found = await self.stores.subscribers.by_uid(uid)
        assert found is not None
        return found.openid

    async def tell(self) -> None:
        """What WeChat owes us is pushed, and what follows from it is done."""
        await self.wechat.sandbox.push_once()
        await self.settle()

    async def settle(self) -> None:
        """Turn the clockworks until nothing is due, and nothing is owed by WeChat, any more."""
        await self.caller.settle()
        while await self.wechat.sandbox.push_once():
            await self.caller.settle()

    async def arrived(self, uid: str) -> list[Shown]:
        """What their phone shows."""
        shown: list[Shown] = self.people.arrived(self.app.appid, await self.openid(uid))
        return shown

    async def deliveries(self, **wanted: Any) -> list[DeliveryView]:
        store = self.stores.deliveries
        return list(await store.deliveries(DeliveryFilter(**wanted), after=0, limit=10_000))

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        return await self.caller.call(method, path, body=body, **options)


@asynccontextmanager
async def town(
    state: Path,
    *,
    clock: Any = None,
    options: dict[str, Any] | None = None,
    bot: bool = False,
    name: str = "127.0.0.1",
    **settings: Any,
) -> AsyncIterator[Town]:
    """On a clock that the test moves, unless another is given. With `bot`, it answers. `name` is that of
    WeChat's host."""
    clock = clock or FakeClock()
    chosen: dict[str, Any] = {
        "server__public_url": PUBLIC,
        "reminders__bot": "on" if bot else "off",
    } | settings
    async with (
        wechat(clock, **(options or {})) as upstream,
        daemon(state, upstream.url.replace("127.0.0.1", name), clock=clock, **chosen) as caller,
    ):
        yield await settled_in(upstream, caller, clock)


async def settled_in(upstream: WeChat, caller: Caller, clock: Any, appid: str = APPID) -> Town:
    await caller.register({"type": 0}, appid=appid)
    await caller.settle()
    answer = await caller.call(
        "PUT", f"/callbacks/{appid}", body={"token": TOKEN, "encoding_aes_key": AES_KEY}
    )
    assert answer.status == 200, answer.json
    await upstream.sandbox.register_account(
        AccountReceiver(
            appid=appid,
            url=f"{caller.daemon.url}/wechat/callback/{appid}",
            token=TOKEN,
            encoding_aes_key=AES_KEY,
            mode=PushMode.SAFE,
        )
    )
    app = replace(draft_app("shop", appid, now=clock.now()), templates=TEMPLATES)
    made = await caller.daemon.cores.audience.directory.make_app(app)
    return Town(wechat=upstream, caller=caller, clock=clock, app=made.app, token=made.token)
