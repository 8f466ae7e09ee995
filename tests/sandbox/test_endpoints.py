"""Tests for all paths, those that will be added as well."""

import pytest

from tests.sandbox.conftest import WeChat
from wechat_scheduler.sandbox.calls import Endpoint
from wechat_scheduler.sandbox.endpoints import ENDPOINTS

EVERY_PATH = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda it: it.path)


def test_no_path_is_listed_twice() -> None:
    paths = [endpoint.path for endpoint in ENDPOINTS]

    assert sorted(set(paths)) == sorted(paths)


@EVERY_PATH
async def test_a_call_without_parameters_is_refused_with_an_errcode(
    wechat: WeChat, endpoint: Endpoint
) -> None:
    response = await wechat.http.request(endpoint.method, endpoint.path)

    answer = await response.json(content_type=endpoint.content_type)
    assert response.status == 200
    assert 40000 < answer["errcode"] < 50000


@EVERY_PATH
async def test_a_call_with_the_wrong_method_is_refused_with_the_right_one(
    wechat: WeChat, endpoint: Endpoint
) -> None:
    wrong, errcode = ("POST", 43001) if endpoint.method == "GET" else ("GET", 43002)

    response = await wechat.http.request(wrong, endpoint.path)

    assert (await response.json(content_type=None))["errcode"] == errcode


BODIES = [b"[]", b"{", b"\xff", b"[" * 100_000, b'{"appid":[1]}', b"1" * 999]


@EVERY_PATH
async def test_any_body_and_any_query_get_a_reply(wechat: WeChat, endpoint: Endpoint) -> None:
    for body in BODIES:
        path = f"{endpoint.path}?access_token=%FF&appid=%ED%A0%80&secret=%ff&grant_type=%00"

        response = await wechat.http.request(endpoint.method, path, data=body)

        assert response.status == 200, body[:10]
        assert (await response.json(content_type=None))["errcode"] != 0, body[:10]
