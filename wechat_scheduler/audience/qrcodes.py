"""QR codes for apps, topics, reminders and consent: WeChat creates them and reports each scan."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.filters import ScenePlace
from wechat_scheduler.audience.ids import new_scene_id
from wechat_scheduler.audience.model import App, Purpose, Scene
from wechat_scheduler.audience.ports import QrCodes, Scenes
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.records import dataclass, field, replace
from wechat_scheduler.engine.supervisor import Background
from wechat_scheduler.errors import InvalidRequestError, SchedulerError, WeChatError
from wechat_scheduler.reasons import Reaction

# WeChat's limit for temporary codes ("qrcode/create": expire_seconds). An account may create 100,000
# permanent codes, ever, so our permanent codes are temporary ones that we renew.
LONGEST = timedelta(days=30)
# A code is renewed this long before it expires: a page that shows it may stay open for a while.
SPARE = timedelta(days=1)
# How long a request waits for a code. A code that WeChat has not created by then is stored after the response.
PATIENCE = timedelta(seconds=2)
# The pauses between retries. After the last one, the next request for the code starts again.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """A scene and its QR code: the address of WeChat's picture and the text of the code, both valid
    until `ends_at`."""

    scene: Scene
    image_url: str
    url: str
    ends_at: datetime


@dataclass(slots=True)
class Drawing:
    """A permanent code that is being created. `done` is set with the `code`, or with an `error`, after
    which it is retried: soon, or at once if it is `wanted`."""

    done: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    code: QrCode | None = None
    error: SchedulerError | None = None


class QrCodeDesk:
    """Creates and renews QR codes. All methods may raise WeChatError and StorageError."""

    def __init__(
        self, scenes: Scenes, drawn: QrCodes, *, clock: Clock, background: Background
    ) -> None:
        self._scenes = scenes
        self._drawn = drawn
        self._clock = clock
        self._background = background
        self._drawings: dict[tuple[int, Purpose, str], Drawing] = {}

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
        """A new code, valid for `lifetime` (at most 30 days); None makes a permanent one. Raises
        InvalidRequestError, and as `once.Once` says."""
        if lifetime is not None and not timedelta(0) < lifetime <= LONGEST:
            raise InvalidRequestError(
                "the lifetime of a temporary code must be 1 second to 30 days"
            )
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
        scene = await self._draw(app, scene, lifetime or LONGEST)
        code = self._code(replace(scene, created_at=self._clock.now()))
        await self._scenes.add(code.scene, once=once(code))
        return code

    async def scene(self, scene_id: str) -> Scene | None:
        return await self._scenes.get(scene_id)

    async def of_app(self, app: App, *, after: ScenePlace, limit: int) -> Sequence[QrCode]:
        """Those that were made, the newest first, from the one after `after`. Nothing is drawn: the code of a permanent one may have ended."""
        found = await self._scenes.of_app(app.id, after=after, limit=limit)
        return [self._code(scene) for scene in found]

    async def lasting(self, app: App, purpose: Purpose, target: str = "") -> QrCode:
        """The permanent code for that target: the same scene each time."""
        scene = await self._scenes.lasting(app.id, purpose.value, target)
        if scene is None:
            return await self.make(app, purpose, target, lifetime=None)
        return await self.current(app, scene)

    async def begin(self, app: App, purpose: Purpose, target: str) -> Drawing:
        """The permanent code for that target, which may not exist yet: `wait` for it. Never raises
        WeChatError."""
        key = (app.id, purpose, target)
        if key in self._drawings:
            return _nudged(self._drawings[key])
        scene = await self._scenes.lasting(app.id, purpose.value, target)
        if scene is not None and not self._ends_soon(scene):
            there = Drawing(code=self._code(scene))
            there.done.set()
            return there
        if key not in self._drawings:  # another request may have begun it meanwhile
            self._drawings[key] = Drawing()
            self._background("drawing", self._finish(app, purpose, target))
        return self._drawings[key]

    async def wait(self, drawings: Iterable[Drawing]) -> None:
        """Wait until all are done, at most PATIENCE."""
        until = self._clock.boottime() + PATIENCE.total_seconds()
        for drawing in drawings:
            left = timedelta(seconds=max(0.0, until - self._clock.boottime()))
            await self._clock.wait(drawing.done, left)

    async def _finish(self, app: App, purpose: Purpose, target: str) -> None:
        key = (app.id, purpose, target)
        drawing = self._drawings[key]
        try:
            for pause in (*PAUSES, None):
                try:
                    drawing.code = await self.lasting(app, purpose, target)
                except SchedulerError as error:
                    drawing.error = error
                drawing.done.set()
                if drawing.code or pause is None or not _may_pass(drawing.error):
                    break
                await self._clock.wait(drawing.wanted, pause)
                drawing.wanted.clear()
        finally:
            del self._drawings[key]

    async def current(self, app: App, scene: Scene) -> QrCode:
        """The scene's code as it can be scanned now. A permanent one is renewed before it expires."""
        if self._ends_soon(scene):
            scene = await self._draw(app, scene, LONGEST)
            await self._scenes.keep_ticket(scene.id, scene.ticket, url=scene.url, until=_end(scene))
        return self._code(scene)

    def _ends_soon(self, scene: Scene) -> bool:
        until = scene.ticket_until
        return scene.expires_at is None and (until is None or until - self._clock.now() < SPARE)

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


def _nudged(drawing: Drawing) -> Drawing:
    if drawing.error and drawing.done.is_set():
        drawing.error = None
        drawing.done.clear()
        drawing.wanted.set()
    return drawing


def _may_pass(error: SchedulerError | None) -> bool:
    """Whether a retry may help: not if WeChat refuses the account until a person acts."""
    return not isinstance(error, WeChatError) or error.reaction is not Reaction.OPERATOR
