"""The followers of an account. Source: "获取用户基本信息"."""

from wechat_scheduler.sandbox.call import Call, Endpoint, Reply
from wechat_scheduler.sandbox.endpoints.access import ACCOUNT_TOKENS, bearer
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.limits import Limit
from wechat_scheduler.sandbox.world import World


def get_user(world: World, call: Call) -> Reply:
    """Whoever has an openid (they begin with o) follows, since the sandbox began."""
    bearer(world, call, *ACCOUNT_TOKENS)
    openid = call.text("openid", missing=41009)
    if not openid.startswith("o"):
        raise RefusedError(40003)
    return {
        "subscribe": 1,
        "openid": openid,
        "language": call.fields.get("lang", "zh_CN"),
        "subscribe_time": int(world.began_at.timestamp()),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE",
        "qr_scene": 0,
        "qr_scene_str": "",
    }


ENDPOINTS = (
    Endpoint(method="GET", path="/cgi-bin/user/info", answer=get_user, limit=Limit(day=5_000_000)),
)
