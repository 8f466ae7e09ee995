"""QR codes that bring users in: WeChat draws them, and tells us when one is scanned."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.model import App, Purpose, Scene
from wechat_scheduler.audience.names import new_scene_id
from wechat_scheduler.audience.ports import QrCodes, Scenes
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import InvalidRequestError

# WeChat's limit for codes that end ("qrcode/create": expire_seconds). Its lasting ones are 100,000
# for an account's whole life, so ours are codes that end, drawn anew.
LONGEST = timedelta(days=30)
# What is left when a code is drawn anew: a page that shows it may stay open for a while.
SPARE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """A scene, where WeChat shows the QR code that carries it until `ends_at`, and what that says."""

    scene: Scene
    image_url: str
    url: str
    ends_at: datetime


class QrCodeDesk:
    """All methods may raise WeChatError and StorageError."""

    def __init__(self, scenes: Scenes, drawn: QrCodes, *, clock: Clock) -> None:
        self._scenes = scenes
        self._drawn = drawn
        self._clock = clock

    async def make(
        self,
        app: App,
        purpose: Purpose,
        target: str = "",
        *,
        extra: str = "",
        lifetime: timedelta | None,
        once: Callable[[QrCode], Once | None] = lambda code: None,
    ) -> QrCode:
        """A new one, valid for `lifetime` (30 days at most); None lasts. Raises as `once.Once` says,
        and InvalidRequestError."""
        if lifetime is not None and not timedelta(0) < lifetime <= LONGEST:
            raise InvalidRequestError("a code that ends is valid for 1 second to 30 days")
        now = self._clock.now()
        scene = Scene(
            id=new_scene_id(),
            app_id=app.id,
            purpose=purpose,
            target=target,
            extra=extra,
            created_at=now,
            expires_at=now + lifetime if lifetime else None,
        )
        code = self._code(await self._draw(app, scene, lifetime or LONGEST))
        await self._scenes.add(code.scene, once=once(code))
        return code

    async def scene(self, scene_id: str) -> Scene | None:
        return await self._scenes.get(scene_id)

    async def lasting(self, app: App, purpose: Purpose, target: str = "") -> QrCode:
        """The one for that target: the same scene whenever it is asked for."""
        scene = await self._scenes.lasting(app.id, purpose.value, target)
        if scene is None:
            return await self.make(app, purpose, target, lifetime=None)
        return await self.current(app, scene)

    async def current(self, app: App, scene: Scene) -> QrCode:
        """As it can be scanned now: the code of a lasting scene is drawn anew before it ends."""
        until = scene.ticket_until
        if scene.expires_at is None and (until is None or until - self._clock.now() < SPARE):
            scene = await self._draw(app, scene, LONGEST)
            await self._scenes.keep_ticket(scene.id, scene.ticket, url=scene.url, until=_end(scene))
        return self._code(scene)

    async def _draw(self, app: App, scene: Scene, lifetime: timedelta) -> Scene:
        seconds = max(1, int(lifetime.total_seconds()))
        drawn = await self._drawn.create(app.appid, scene.id, lifetime=seconds)
        until = self._clock.now() + timedelta(seconds=drawn.lifetime)
        return replace(scene, ticket=drawn.ticket, url=drawn.url, ticket_until=until)

    def _code(self, scene: Scene) -> QrCode:
        image_url = self._drawn.image_url(scene.ticket)
        return QrCode(scene=scene, image_url=image_url, url=scene.url, ends_at=_end(scene))


def _end(scene: Scene) -> datetime:
    return scene.ticket_until or scene.expires_at or scene.created_at
