"""QR codes with a scene. Source: "生成带参数的二维码"."""

from datetime import timedelta
from typing import Any

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import official_account
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.limits import Limit
from wechat_scheduler.sandbox.qrcodes import LONGEST_SCENE
from wechat_scheduler.sandbox.world import World

SHORTEST_LIFE = timedelta(seconds=60)
LONGEST_LIFE = timedelta(seconds=2_592_000)
LARGEST_ID = 2**32 - 1
LARGEST_PERMANENT_ID = 100_000


def create_qrcode(world: World, call: ApiCall) -> Reply:
    """Returns the `expire_seconds` of the sandbox, whose periods shrink.

    Raises RefusedError 40053 (wrong body), 45029 (too many permanent codes), 48001 (a mini-program).
    """
    appid = official_account(world, call)
    action, scene = call.fields.get("action_name"), _scene(call)
    if action in ("QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"):
        permanent = world.qrcodes.permanent(appid, scene)
        return {"ticket": permanent.ticket, "url": permanent.url}
    lasts = world.periods.scale(_life(call))
    qrcode = world.qrcodes.temporary(appid, scene, lasts, call.now)
    seconds = max(1, int(lasts.total_seconds()))
    return {"ticket": qrcode.ticket, "expire_seconds": seconds, "url": qrcode.url}


def _scene(call: ApiCall) -> str:
    action, info = call.fields.get("action_name"), call.fields.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    given = scene if isinstance(scene, dict) else {}
    match action:
        case "QR_SCENE":
            return _number(given.get("scene_id"), LARGEST_ID)
        case "QR_LIMIT_SCENE":
            return _number(given.get("scene_id"), LARGEST_PERMANENT_ID)
        case "QR_STR_SCENE" | "QR_LIMIT_STR_SCENE":
            return _name(given.get("scene_str"))
        case _:
            raise RefusedError(40053)


def _number(scene_id: Any, largest: int) -> str:
    if not isinstance(scene_id, int) or isinstance(scene_id, bool) or not 1 <= scene_id <= largest:
        raise RefusedError(40053)
    return str(scene_id)


def _name(scene_str: Any) -> str:
    if not isinstance(scene_str, str) or not 1 <= len(scene_str) <= LONGEST_SCENE:
        raise RefusedError(40053)
    return scene_str


def _life(call: ApiCall) -> timedelta:
    seconds = call.fields.get("expire_seconds", SHORTEST_LIFE.total_seconds())
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise RefusedError(40053)
    if not 1 <= seconds <= LONGEST_LIFE.total_seconds():
        raise RefusedError(40053)
    return timedelta(seconds=seconds)


ENDPOINTS = (Endpoint("POST", "/cgi-bin/qrcode/create", create_qrcode, Limit(day=100_000)),)
