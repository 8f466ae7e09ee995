"""QR codes for apps, topics, reminders and consent: WeChat draws them and reports each scan."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.model import App, Purpose, Scene
from wechat_scheduler.audience.names import new_scene_id
from wechat_scheduler.audience.ports import QrCodes, Scenes
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import InvalidRequestError

# WeChat's limit for codes that end ("qrcode/create": expire_seconds). An account has 100,000 codes
# that do not end, for its whole life; so our lasting codes are ones that end and are drawn anew.
LONGEST = timedelta(days=30)
# A code is drawn anew this long before its end: a page that shows it may stay open for a while.
SPARE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """A scene and its QR code: the address of WeChat's picture and the text of the code, both valid
    until `ends_at`."""

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
        """A new code, valid for `lifetime` (at most 30 days); None makes a lasting one. Raises
        InvalidRequestError, and as `once.Once` says."""
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
        """The lasting code for that target: the same scene each time."""
        scene = await self._scenes.lasting(app.id, purpose.value, target)
        if scene is None:
            return await self.make(app, purpose, target, lifetime=None)
        return await self.current(app, scene)

    async def current(self, app: App, scene: Scene) -> QrCode:
        """The scene's code as it can be scanned now. A lasting one is drawn anew before it ends."""
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
