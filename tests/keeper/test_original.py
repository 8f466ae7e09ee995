"""With `compat.original_answers`, callers of the original get what it answered."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.business import Business
from tests.clock import FakeClock
from tests.house import APPID, COMPONENT, SECRET, Caller, WeChat, daemon, in_memory
from wechat_scheduler.client import Client
from wechat_scheduler.errors import NotFoundError, UnavailableError

TASK = {"type": 0}


@pytest.fixture
async def original(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    settings = {"compat__original_answers": True}
    async with daemon(tmp_path, weixin.url, clock=clock, opener=in_memory, **settings) as running:
        yield running


async def ask(caller: Caller, method: str, path: str, **options: Any) -> tuple[int, str, Any]:
    """`code`, `message` and `result`; the rest is as the original has it in every response."""
    answer = await caller.call(method, path, **options)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert list(answer.json) == ["code", "message", "result"]
    return answer.json["code"], answer.json["message"], answer.json["result"]


def body(**changes: Any) -> bytes:
    return json.dumps({"appid": APPID, "appsecret": SECRET, "tasks": [TASK]} | changes).encode()


REGISTRATIONS = [
    (b"", "注册失败: 注册参数不能为空"),
    (b"{", "注册失败: 读取参数失败"),
    (b"[]", "注册失败: 读取参数失败"),
    (body(tasks=5), "注册失败: 读取参数失败"),
    (body(tasks=[{"type": "x", "notify": 5}]), "注册失败: 读取参数失败"),
    (b"{}", "注册失败: appid 或者 appsecret 不能为空"),
    (body(appid=""), "注册失败: appid 或者 appsecret 不能为空"),
    (body(appsecret=None), "注册失败: appid 或者 appsecret 不能为空"),
    (body(tasks=[{"type": 5}]), "注册失败: 不支持的任务类型"),
    (body(tasks=[{"type": -1}]), "注册失败: 不支持的任务类型"),
    (body(tasks=[TASK, TASK]), "注册失败: tasks[1] 和前面的任务重复"),
    (
        body(tasks=[{"type": 0, "notify": "a.example/n"}]),
        "注册失败: tasks[0].notify 不正确（must begin with http:// or https:// and name a host）",
    ),
]
REGISTER_PATHS = ["/registe", "//register/"]


async def test_a_wrong_registration_is_refused_in_its_words(original: Caller) -> None:
    for sent, message in REGISTRATIONS:
        for path in REGISTER_PATHS:
            assert await ask(original, "POST", path, data=sent) == (400, message, None), (
                path,
                sent,
            )
            assert await original.jobs() == [], (path, sent)

    headers = {"Content-Encoding": "gzip"}

    refused = await ask(original, "POST", "/registe", data=b"\x1f\x8b", headers=headers)

    assert refused == (415, "不支持压缩的请求内容", None)


async def test_a_registration_is_a_success_and_one_without_tasks_says_nothing(
    original: Caller,
) -> None:
    assert await ask(original, "POST", "/registe", data=body()) == (200, "", "success")
    assert await ask(original, "POST", "/registe", data=body(tasks=[])) == (200, "", "")
    # Nor does one whose tasks have another name.
    misspelt = json.dumps({"appid": APPID, "appsecret": SECRET, "task": [TASK]}).encode()
    assert await ask(original, "POST", "/registe", data=misspelt) == (200, "", "")


async def test_a_value_that_is_not_there_is_empty_at_once(
    original: Caller, clock: FakeClock, weixin: WeChat
) -> None:
    await original.register(TASK)
    path = f"/task/{APPID}/0"

    before = await ask(original, "GET", path)
    await original.settle()
    fetched = [await ask(original, "GET", path) for _ in range(3)]
    weixin.sandbox.script("/cgi-bin/stable_token", errcode=40164, times=None)
    clock.advance(timedelta(hours=3))
    await original.settle()
    expired = await ask(original, "GET", path)

    assert before == expired == (200, "", "")
    assert {code for code, _, _ in fetched} == {200}
    assert all(result for _, _, result in fetched)


ABSENT = [
    ("GET", "/task/wx-unknown/0", 400, "非法的 AppID"),
    ("GET", f"/task/{APPID}/1", 400, "当前 AppID 并未注册指定类型的 任务"),
    ("GET", f"/task/{APPID}/9", 400, "非法的任务类型"),
    ("GET", f"/task/{APPID}/-1", 400, "非法的任务类型"),
    ("GET", f"/task/{APPID}/token", 400, "请求地址格式不正确"),
    ("GET", f"/task/{APPID}/%00", 400, "请求地址格式不正确"),
    ("GET", f"/task/{APPID}", 404, "请求地址不存在"),
    ("GET", "/task", 404, "请求地址不存在"),
    ("GET", "/registe", 405, "请求方法不支持"),
    ("PUT", f"/task/{APPID}/0", 405, "请求方法不支持"),
]


async def test_what_is_not_there_is_said_in_its_words(original: Caller) -> None:
    await original.register(TASK)
    for method, path, code, message in ABSENT:
        assert await ask(original, method, path) == (code, message, None), (method, path)

    # A key is still needed.
    refused = await ask(original, "GET", f"/task/{APPID}/0", key="wsk_wrong")
    missing = await ask(original, "POST", "/registe", data=body(), key="")

    assert refused == missing == (401, "缺少 API key，或者 API key 无效", None)

    # All other paths keep their own answers.
    unknown = await original.call("GET", "/v1/apps/1")
    removed = await original.call("DELETE", f"/task/{APPID}/3")

    assert (unknown.status, unknown.json["reason"]) == (404, "app.unknown")
    assert (removed.status, removed.json["reason"]) == (404, "task.unknown")


async def test_the_client_of_this_package_gets_errors_as_ever(
    original: Caller, clock: FakeClock
) -> None:
    await original.register({"type": 3, "params": "http://127.0.0.1:9/"}, appid=COMPONENT)
    await original.settle()
    async with Client(original.daemon.url, original.daemon.admin_key, clock=clock) as client:
        with pytest.raises(NotFoundError):
            await client.credential(APPID, "access_token")
        with pytest.raises(UnavailableError, match="no valid value"):
            await client.credential(COMPONENT, "component_access_token")


async def test_the_first_program_of_a_business_goes_on(
    original: Caller, business: Business, weixin: WeChat
) -> None:
    """Go's net/http as the original's callers use it: http.Post, then http.Get, and a notify URL with
    the names that the original filled."""
    notify = business.url("/notify?appid=&type=")
    sent = json.dumps({
        "AppID": APPID, "AppSecret": SECRET,
        "Tasks": [{"Notify": notify, "Params": None}, {"type": 1, "notify": "", "params": ""}],
    })  # fmt: skip
    address = original.daemon.url.replace("http://", f"http://x:{original.daemon.admin_key}@")

    async with aiohttp.ClientSession() as session:
        posted = await read(session, "POST", f"{address}/registe", sent)
        await original.settle()
        got = await read(session, "GET", f"{address}/task/{APPID}/1")

    assert posted == {"code": 200, "message": "", "result": "success"}
    assert got["code"] == 200
    assert got["result"]
    (call,) = business.calls
    assert call.target == f"/notify?appid={APPID}&type=0"
    assert call.json.keys() == {"access_token", "expires_in"}


async def read(session: aiohttp.ClientSession, method: str, url: str, sent: str = "") -> Any:
    headers = {"User-Agent": "Go-http-client/1.1", "Content-Type": "application/json"}
    async with session.request(method, url, data=sent or None, headers=headers) as response:
        return await response.json()
