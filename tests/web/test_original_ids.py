"""The original id of an account, gh_…, is refused where an appid belongs: WeChat's console shows both."""

from typing import Any

from tests.house import Caller
from tests.keeper.conftest import clock, keeper, weixin
from wechat_scheduler.web.kit.ids import ORIGINAL_ID

__all__ = ["clock", "keeper", "weixin"]

GH = "gh_0123456789ab"
ENDPOINT = {"token": "testtoken", "encoding_aes_key": "a" * 43}
PLACES: list[tuple[str, str, dict[str, Any], str]] = [
    ("POST", "/v1/keys", {"name": "x", "scopes": ["read"], "appids": [GH]}, "appids[0]"),
    ("POST", "/v1/consumers", {"name": "x", "appids": ["wx1", GH]}, "appids[1]"),
    ("POST", "/v1/apps", {"name": "x", "appid": GH}, "appid"),
    ("POST", "/register", {"appid": GH, "appsecret": "s", "tasks": [{"type": 0}]}, "appid"),
    ("PUT", f"/callbacks/{GH}", ENDPOINT, "appid"),
    ("PUT", f"/v1/jssdk/{GH}/origins", {"origins": []}, "appid"),
]


async def test_an_original_id_is_refused_by_each_route_that_takes_an_appid(keeper: Caller) -> None:
    for method, path, body, field in PLACES:
        answer = await keeper.call(method, path, body=body)

        assert answer.status == 400, path
        assert answer.json["message"] == f"{field}: {ORIGINAL_ID.en}", path
