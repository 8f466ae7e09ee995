"""Temporary media, and pictures for articles. Sources: "新增临时素材", "获取临时素材", "上传图文消息内的图片"."""

from types import MappingProxyType

from wechat_scheduler.sandbox.calls import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.callers import ACCOUNT_TOKENS, bearer
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.limits import Limit
from wechat_scheduler.sandbox.tokens import random_text
from wechat_scheduler.sandbox.uploads import SandboxFile
from wechat_scheduler.sandbox.world import World

_MIB = 1024 * 1024
# The largest file of each type.
LARGEST = MappingProxyType(
    {"image": 10 * _MIB, "voice": 2 * _MIB, "video": 10 * _MIB, "thumb": 64 * 1024}
)
LARGEST_PICTURE = _MIB


def upload(world: World, call: ApiCall) -> Reply:
    """Raises RefusedError 40004 (no such type), 41005 (no file), 45001 (too large)."""
    appid = bearer(world, call, *ACCOUNT_TOKENS).owner.appid
    kind = call.query.get("type", "")
    if kind not in LARGEST:
        raise RefusedError(40004)
    media_id = world.uploads.put(appid, _file(call, LARGEST[kind]), call.now)
    name = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, name: media_id, "created_at": int(call.now.timestamp())}


def download(world: World, call: ApiCall) -> SandboxFile:
    """Raises RefusedError 40007 if there is no such file, or no longer."""
    appid = bearer(world, call, *ACCOUNT_TOKENS).owner.appid
    found = world.uploads.find(appid, call.query.get("media_id", ""), call.now)
    if found is None:
        raise RefusedError(40007)
    return found


def upload_picture(world: World, call: ApiCall) -> Reply:
    """A picture whose address articles may show; it is at no such address. Raises RefusedError 41005, 45001."""
    bearer(world, call, *ACCOUNT_TOKENS)
    _file(call, LARGEST_PICTURE)
    return {"url": f"http://mmbiz.qpic.cn/mmbiz/{random_text(world.rng, 33)}/0"}


def _file(call: ApiCall, largest: int) -> SandboxFile:
    file = call.file("media")
    if file is None or not file.data:
        raise RefusedError(41005)
    if len(file.data) > largest:
        raise RefusedError(45001)
    return file


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/media/upload", upload, Limit(day=100_000), takes_file=True),
    Endpoint("GET", "/cgi-bin/media/get", download, Limit(day=200_000)),
    Endpoint("POST", "/cgi-bin/media/uploadimg", upload_picture, takes_file=True),
)
