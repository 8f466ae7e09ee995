"""A path with slashes too many is the path without; an empty id never means all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.house import APPID, Caller, daemon, in_memory, wechat
from wechat_scheduler.web.kit.slashes import tidied

TASK = {"appid": APPID, "appsecret": "sandbox-secret", "tasks": [{"type": 0}]}


@pytest.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[Caller]:
    clock = FakeClock()
    async with (
        wechat(clock) as weixin,
        daemon(tmp_path, weixin.url, clock=clock, loops=False, opener=in_memory) as opened,
    ):
        yield opened


async def test_a_registration_is_taken_at_a_path_with_slashes_too_many(keeper: Caller) -> None:
    for number, path in enumerate(("/registe/", "//registe", "/register//", "///register/")):
        appid = f"wx000000000000000{number}"

        answer = await keeper.call("POST", path, body=TASK | {"appid": appid})

        assert answer.result == "success", path
        assert (await keeper.job(f"appid={appid}"))["kind"] == "access_token", path


async def test_a_value_is_fetched_at_a_path_with_slashes_too_many(keeper: Caller) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    value = await keeper.value(f"{APPID}/0")

    for path in ("/task/{}/0/", "//task/{}/0", "/task//{}//0", "/task/{}//0//?a=b"):
        assert (await keeper.call("GET", path.format(APPID))).result == value, path


async def test_requests_are_counted_under_the_route_however_they_are_spelled(
    keeper: Caller,
) -> None:
    await keeper.call("POST", "//registe/", body=TASK)

    metrics = (await keeper.call("GET", "/metrics/")).json

    assert 'route="/registe"' in metrics
    assert "//registe" not in metrics


REFUSED = [
    ("DELETE", f"/task/{APPID}/0/", 404),
    ("DELETE", f"/task/{APPID}//0", 404),
    ("POST", "/v1/deliveries//cancel", 404),
    ("GET", "/registe/", 405),
    ("GET", "//nowhere", 404),
    ("GET", "/nothing//here/", 404),
]


async def test_an_empty_id_and_an_unknown_path_are_refused(keeper: Caller) -> None:
    await keeper.register({"type": 0})

    for method, path, status in REFUSED:
        answer = await keeper.call(method, path)

        assert answer.status == status, path
        assert len(await keeper.jobs()) == 1, path


OTHERS = [
    ("//api/send/nothing", '"code":1004'),
    ("//v3/spread/nothing", '"ret":-'),
    ("//message/v2/notices/", "'code': 401"),
    ("/reminds//api//", "身份认证信息未提供。"),
]


async def test_other_apis_answer_there_in_their_own_form(keeper: Caller) -> None:
    for path, said in OTHERS:
        answer = await keeper.call("POST", path, key="", body={})

        assert said in str(answer.json).replace("'code': 1004", '"code":1004'), path


def test_only_what_changes_nothing_by_mistake_is_tidied() -> None:
    assert tidied("GET", "//v1//apps/") == "/v1/apps"
    assert tidied("POST", "//v1//apps/") == "/v1//apps/"
    assert tidied("DELETE", "//task//wx1/0/") == "/task//wx1/0/"
    assert tidied("DELETE", "/api//send/message/") == "/api/send/message"


async def test_a_path_is_not_searched_for_once_it_has_too_many_slashes(keeper: Caller) -> None:
    for path, status in (("/" * 32, 200), ("/" * 33, 404), ("/a" * 200_000 + "/", 404)):
        answer = await keeper.call("GET", f"{path}healthz", key="")

        assert answer.status == status, path[:50]


def test_a_path_with_too_many_slashes_is_left_as_it_is() -> None:
    assert tidied("GET", "//a" * 16) == "/a" * 16
    assert tidied("GET", "//a" * 17) == "//a" * 17
