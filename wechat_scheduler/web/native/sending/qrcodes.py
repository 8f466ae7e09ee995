"""Has WeChat draw QR codes, by which users subscribe."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final, TypeAlias

import msgspec
from aiohttp import web

from wechat_scheduler.access.links import Links
from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.filters import ScenePlace
from wechat_scheduler.audience.model import App, Purpose
from wechat_scheduler.audience.names import AppPerson
from wechat_scheduler.audience.qrcodes import LONGEST, QrCode
from wechat_scheduler.engine.clock import EPOCH
from wechat_scheduler.errors import (
    InvalidRequestError,
    NotFoundError,
)
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.idempotency import KeepResult, asked_for, created
from wechat_scheduler.web.kit.ids import Id, ReminderId
from wechat_scheduler.web.kit.query import limit_of, next_page, place_of
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.kit.texts import read_text
from wechat_scheduler.web.native.reach import app_of
from wechat_scheduler.web.native.refused_by_wechat import asking_wechat
from wechat_scheduler.web.native.route import LINK, PAGED, NativeRoute
from wechat_scheduler.web.pages.paths import subscribe_path
from wechat_scheduler.web.pages.qr_images import qr_path

LONGEST_EXTRA: Final = 256
# The time and the beginning of the id of the last code of a page: the whole id is a secret.
PLACE: Final = re.compile(r"([0-9]{1,17})_([A-Za-z0-9]{1,8})")
# The codes that have a page of ours.
FOLLOWED: Final = (Purpose.APP, Purpose.TOPIC)

Lifetime: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=int(LONGEST.total_seconds()))]


class QrCodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """A code for the app, for one of its `topic`s, or for a `reminder` that users join. With `consent`, a user
    who scans it also allows the app's signed calls to set reminders. `extra` is sent to the app's callback. The
    code expires in `expires_in` seconds, or never."""

    topic: Id | None = None
    reminder: ReminderId | None = None
    consent: bool = False
    extra: str = ""
    expires_in: Lifetime | None = None


class QrCodeResult(msgspec.Struct, kw_only=True):
    """`url` is the content of the code, for a system that draws it itself; `image_url` is WeChat's
    image. Both are valid until `image_until`; repeat the request to have a code without `expires_at`
    drawn again. `stable_url` is the daemon's address of the image, which stays the same; `page_url`
    is its page that shows a code without `expires_at`. Both are empty without
    server.public_url."""

    scene: str
    url: str
    image_url: str
    image_until: datetime
    expires_at: datetime | None
    stable_url: str = ""
    page_url: str = ""


class ListedQrCodeResult(QrCodeResult, kw_only=True):
    """The `purpose` of a code is `app`, `topic`, `reminder` or `consent`, and `target` the id of the topic or reminder. `last_uid` scanned it
    last; it is empty for a code that no user has scanned. `person` is what the app calls that user, or the nickname."""

    purpose: str
    target: str
    extra: str
    last_uid: str
    person: str
    created_at: datetime


async def listed(request: web.Request) -> web.Response:
    """Nothing is drawn for it."""
    app, limit, services = await app_of(request), limit_of(request), request.app[SERVICES]
    found = await services.codes.of_app(app, after=_after(request), limit=limit)
    users = {AppPerson(app.id, code.scene.last_uid) for code in found if code.scene.last_uid}
    called = await services.audience.called(users)
    names = {user.uid: name for user, name in called.items()}
    results = [_listed(services.links, code, names) for code in found]
    return envelope.success(results, headers=next_page(request, found, _place))


def _after(request: web.Request) -> ScenePlace:
    place = place_of(request, PLACE)
    if place is None:
        return ScenePlace()
    return ScenePlace(EPOCH + timedelta(microseconds=int(place[1])), place[2])


def _place(code: QrCode) -> str:
    return f"{(code.scene.created_at - EPOCH) // timedelta(microseconds=1)}_{code.scene.id[:8]}"


def _listed(links: Links, code: QrCode, names: Mapping[str, str]) -> ListedQrCodeResult:
    scene, result = code.scene, _result(links, code)
    return ListedQrCodeResult(
        **msgspec.structs.asdict(result),
        purpose=scene.purpose.value,
        target=scene.target,
        extra=scene.extra,
        last_uid=scene.last_uid,
        person=names.get(scene.last_uid, ""),
        created_at=scene.created_at,
    )


async def create(request: web.Request) -> web.Response:
    """A code that neither expires nor has an `extra` is the same each time."""
    app, body = await app_of(request), await request.read()
    wish = decode(body, QrCodeBody)
    read_text(wish.extra, "extra", longest=LONGEST_EXTRA)
    await _check(request, app, wish)
    with asking_wechat("WeChat did not create a code"):
        return await _create(request, app, wish, body)


async def _check(request: web.Request, app: App, wish: QrCodeBody) -> None:
    """Raises InvalidRequestError for what does not fit together, NotFoundError for what does not exist."""
    if wish.topic is not None and wish.reminder is not None:
        raise InvalidRequestError("a code is for a topic or for a reminder", field="reminder")
    if wish.consent and _target(wish):
        raise InvalidRequestError("is given to an app, to nothing else", field="consent")
    if wish.topic is not None:
        await request.app[SERVICES].audience.topics.one(app, wish.topic)
    if wish.reminder is not None:
        reminder = await request.app[SERVICES].reminders.reminder(wish.reminder)
        if reminder.app_id != app.id:
            raise NotFoundError(
                f"the app has no reminder {wish.reminder}", reason=Reason.REMINDER_UNKNOWN
            )


async def _create(request: web.Request, app: App, wish: QrCodeBody, body: bytes) -> web.Response:
    codes, links = request.app[SERVICES].codes, request.app[SERVICES].links
    purpose, target = _purpose(wish), _target(wish)
    if wish.expires_in is None and not wish.extra:
        asked_for(request, request[CALLER].id, body)  # for its check of the Idempotency-Key
        return envelope.success(_result(links, await codes.lasting(app, purpose, target)))

    async def make(keep: KeepResult) -> None:
        await codes.make(
            app,
            purpose,
            target,
            extra=wish.extra,
            lifetime=None if wish.expires_in is None else timedelta(seconds=wish.expires_in),
            once=lambda code: keep(_result(links, code)),
        )

    return await created(request, body, make)


def _purpose(wish: QrCodeBody) -> Purpose:
    if wish.topic is not None:
        return Purpose.TOPIC
    if wish.reminder is not None:
        return Purpose.REMINDER
    return Purpose.CONSENT if wish.consent else Purpose.APP


def _target(wish: QrCodeBody) -> str:
    return str(wish.topic) if wish.topic is not None else wish.reminder or ""


def _result(links: Links, code: QrCode) -> QrCodeResult:
    scene = code.scene
    stable = links.url_if_public(qr_path(links, scene.id))
    has_page = stable and scene.expires_at is None and not scene.extra and scene.purpose in FOLLOWED
    return envelope.result_of(
        QrCodeResult,
        code,
        scene=scene.id,
        image_until=code.ends_at,
        expires_at=scene.expires_at,
        stable_url=stable,
        page_url=links.url(subscribe_path(links, scene.app_id, scene.target)) if has_page else "",
    )


ROUTES = (
    NativeRoute(
        "POST", "/v1/apps/{app}/qrcodes", create, Scope.PUSH,
        "Creates a QR code at WeChat; a user who scans it subscribes, or authorises reminders.",
        body=QrCodeBody, result=QrCodeResult, once=True,
    ),
    NativeRoute(
        "GET", "/v1/apps/{app}/qrcodes", listed, Scope.PUSH,
        "Lists the QR codes of an app that are kept, the newest first.",
        result=list[ListedQrCodeResult], takes=PAGED, gives=LINK,
    ),
)  # fmt: skip
