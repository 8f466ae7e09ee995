"""Names that a database cannot store, in every place where a caller writes one."""

from pathlib import Path

from tests.clock import FakeClock
from tests.house import WeChat, daemon
from tests.keeper.conftest import clock, weixin

__all__ = ["clock", "weixin"]

# A NUL, which PostgreSQL refuses; half of a surrogate pair; bytes that are no UTF-8.
ODD = ["%00", "a%00b", "%ED%A0%80", "%FF%FE", "%2F%2E%2E%2F", "%F0%9F%92%A9"]
PLACES = [
    ("GET", "/tasks?appid={}"),
    ("GET", "/tasks?subject={}"),
    ("GET", "/tasks?type={}"),
    ("GET", "/tasks?after=a/b/{}"),
    ("GET", "/v1/audit?key={}"),
    ("GET", "/v1/audit?object={}"),
    ("GET", "/v1/audit?action={}"),
    ("GET", "/task/{}/0"),
    ("GET", "/task/wx1/{}"),
    ("GET", "/task/wx1/2/{}"),
    ("DELETE", "/task/{}/0"),
    ("DELETE", "/task/wx1/2/{}"),
    ("POST", "/task/wx1/2/{}/refresh"),
    ("DELETE", "/v1/keys/{}"),
    ("DELETE", "/callbacks/{}"),
    ("POST", "/v1/jssdk/{}/signature"),
    ("GET", "/v1/jssdk/{}/signature?url=https://a.example/"),
    ("GET", "/v1/jssdk/wx1/signature?url={}"),
    ("POST", "/wechat/callback/{}"),
    ("GET", "/wechat/callback/{}?echostr=a"),
]


async def test_an_odd_name_is_nobodys(
    tmp_path: Path, database_url: str, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(
        tmp_path / "state", weixin.url, clock=clock, state__database=database_url
    ) as keeper:
        answers = {
            f"{method} {path.format(name)}": await keeper.call(method, path.format(name))
            for name in ODD
            for method, path in PLACES
        }

    for place, answer in answers.items():
        assert answer.status in (200, 400, 403, 404), (place, answer.json)
        assert answer.status != 200 or answer.result == [], place
