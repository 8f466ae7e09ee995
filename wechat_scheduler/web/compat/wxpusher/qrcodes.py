"""QR codes that tell who scanned them: `/api/fun/create/qrcode`, `/api/fun/scan-qrcode-uid`."""

import re
from datetime import timedelta
from typing import Final

import msgspec
from aiohttp import web

from wechat_scheduler.access.once import Keep
from wechat_scheduler.audience import qrcodes
from wechat_scheduler.audience.model import Purpose
from wechat_scheduler.audience.qrcodes import LONGEST
from wechat_scheduler.engine.clock import millis
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.web.compat.wxpusher.callers import app_of
from wechat_scheduler.web.compat.wxpusher.envelope import (
    ErrorCode,
    Loose,
    WxPusherError,
    read,
    success,
    text_of,
    whole,
)
from wechat_scheduler.web.kit.idempotency import asked_for
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.pages.qr_images import qr_path

LONGEST_EXTRA: Final = 64
DEFAULT_LIFE: Final = 1800

_CODE = re.compile(r"[A-Za-z0-9]{1,64}")


class CodeBody(msgspec.Struct, rename="camel"):
    """`validTime` is in seconds."""

    app_token: str | None = None
    extra: Loose = None
    valid_time: Loose = None


class CodeResult(msgspec.Struct, rename="camel"):
    """`url` is the picture, and `shortUrl` the content of the code."""

    expires: int
    code: str
    short_url: str
    url: str
    extra: str


async def create(request: web.Request) -> str:
    """`POST /api/fun/create/qrcode`."""
    body = await request.read()
    wish = read(body, CodeBody, request.path)
    services, app = request.app[SERVICES], await app_of(request, wish.app_token)
    extra, lifetime = _extra(wish), _lifetime(wish)

    async def make(keep: Keep) -> None:
        await services.codes.make(
            app,
            Purpose.APP,
            extra=extra,
            lifetime=lifetime,
            once=lambda code: keep(success(_result(services, code))),
        )

    try:
        asked = asked_for(request, f"app {app.id}", body)
        return (await services.idempotency.once(asked, make)).text
    except WeChatError as error:
        raise WxPusherError(f"与微信交互异常：{error}", code=ErrorCode.WECHAT) from error


async def scanned_by(request: web.Request) -> str:
    """`GET /api/fun/scan-qrcode-uid?code=`: the user who scanned it last. The code is a secret."""
    code = request.query.get("code", "").strip()
    scene = await request.app[SERVICES].codes.scene(code) if _CODE.fullmatch(code) else None
    if scene is None or scene.purpose is not Purpose.APP:
        raise WxPusherError("code 不存在", field="code")
    if not scene.last_uid:
        raise WxPusherError("二维码还没有人扫描", field="code")
    return success(scene.last_uid)


def _extra(wish: CodeBody) -> str:
    extra = text_of(wish.extra)
    if not extra.strip():
        raise WxPusherError("extra 不能为空", field="extra")
    if "\0" in extra:
        raise WxPusherError("extra 不能包含 NUL 字符", field="extra")
    if len(extra) > LONGEST_EXTRA:
        raise WxPusherError(f"extra 不能超过 {LONGEST_EXTRA} 个字符", field="extra")
    return extra


def _lifetime(wish: CodeBody) -> timedelta:
    most = int(LONGEST.total_seconds())
    return timedelta(
        seconds=whole(wish.valid_time, "validTime", least=1, most=most, default=DEFAULT_LIFE)
    )


def _result(services: Services, code: qrcodes.QrCode) -> CodeResult:
    scene = code.scene
    # Clients look for `.jpg`. Without `server.public_url` it is WeChat's own picture.
    ours = services.links.url_if_public(qr_path(services.links, scene.id))
    return CodeResult(
        expires=millis(scene.expires_at or code.ends_at),
        code=scene.id,
        short_url=code.url,
        url=ours or f"{code.image_url}&file=.jpg",
        extra=scene.extra,
    )
