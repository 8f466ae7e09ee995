"""Tests for all paths, those that will be added as well."""

from tests.sandbox.conftest import WeChat
from wechat_scheduler.sandbox.endpoints import ENDPOINTS

BODIES = [b"[]", b"{", b"\xff", b"[" * 100_000, b'{"appid":[1]}', b"1" * 999]


def test_no_path_is_listed_twice() -> None:
    paths = [endpoint.path for endpoint in ENDPOINTS]

    assert sorted(set(paths)) == sorted(paths)


async def test_a_call_without_parameters_is_refused_with_an_errcode(wechat: WeChat) -> None:
    wrong = []
    for endpoint in ENDPOINTS:
        async with wechat.http.request(endpoint.method, endpoint.path) as response:
            answer = await response.json(content_type=endpoint.content_type)
        if response.status != 200 or not 40000 < answer["errcode"] < 50000:
            wrong.append((endpoint.path, response.status, answer))

    assert wrong == []


async def test_a_call_with_the_wrong_method_is_refused_with_the_right_one(wechat: WeChat) -> None:
    refused = {"POST": ("GET", 43002), "GET": ("POST", 43001)}
    wrong = []
    for endpoint in ENDPOINTS:
        method, errcode = refused[endpoint.method]
        async with wechat.http.request(method, endpoint.path) as response:
            answer = await response.json(content_type=None)
        if answer["errcode"] != errcode:
            wrong.append((endpoint.path, answer))

    assert wrong == []


async def test_any_body_and_any_query_get_a_reply(wechat: WeChat) -> None:
    query = "access_token=%FF&appid=%ED%A0%80&secret=%ff&grant_type=%00"
    wrong = []
    for endpoint in ENDPOINTS:
        for body in BODIES:
            path = f"{endpoint.path}?{query}"
            async with wechat.http.request(endpoint.method, path, data=body) as response:
                answer = await response.json(content_type=None)
            if response.status != 200 or answer["errcode"] == 0:
                wrong.append((endpoint.path, body[:10], response.status, answer))

    assert wrong == []
