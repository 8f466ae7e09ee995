"""Each reason of an error: raised with its status, listed in the documents, and what a program gets."""

import ast
import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.access.doors import make
from tests.clock import FakeClock
from tests.documents import PACKAGE, ROOT, blocks
from tests.house import APPID, AUTHORIZER, Answer, Caller, WeChat, daemon
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import bound, made_app, send
from wechat_scheduler import errors
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.client.client import Client
from wechat_scheduler.errors import RequestError, UnprocessableError
from wechat_scheduler.reasons import Reason

__all__ = ["clock", "keeper", "weixin"]

ERRORS = ROOT / "docs" / "errors.md"
PAGES = (ERRORS, ERRORS.with_name("errors.zh-CN.md"))
CODE = [ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_reason_is_listed_with_its_status(page: Path) -> None:
    rows = re.findall(r"(?m)^\| `([^`]+)` \| (\d+) \|", page.read_text("utf-8"))

    assert len(rows) == len(Reason)
    assert {name: int(status) for name, status in rows} == {
        reason.value: reason.status for reason in Reason
    }


def test_every_reason_is_one_that_an_error_gives() -> None:
    given = {name for tree in CODE for name in _reasons(tree)}

    assert given == {reason.name for reason in Reason}


def _reasons(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Reason":
            yield node.attr


def test_an_error_has_a_reason_of_its_own_status() -> None:
    raised = [call for tree in CODE for call in ast.walk(tree) if isinstance(call, ast.Call)]

    for call in raised:
        kind = getattr(errors, ast.unparse(call.func), None)
        if kind is not None and issubclass(kind, RequestError):
            for word in (word for word in call.keywords if word.arg == "reason"):
                for name in _reasons(word.value):
                    assert Reason[name].status == kind.status, ast.unparse(call)


def test_a_reason_that_only_a_newer_daemon_knows_is_its_word() -> None:
    reason = Reason("tomorrow.unknown")

    assert (reason, f"{reason}", reason.status) == ("tomorrow.unknown", "tomorrow.unknown", 0)
    assert reason not in list(Reason)


@pytest.mark.parametrize(
    ("method", "path", "body", "reason"),
    [
        ("GET", "/v1/reminder", None, "route.unknown"),
        ("PATCH", "/tasks", None, "route.method"),
        ("POST", "/register", {"appid": APPID}, "request.invalid"),
        ("POST", "/register", b"{", "body.unreadable"),
        ("GET", "/tasks?after=x", None, "page.unknown"),
        ("GET", f"/task/{APPID}/0", None, "task.unknown"),
        ("GET", f"/task/{APPID}/99", None, "type.unknown"),
        ("DELETE", "/v1/keys/key_000000000000", None, "key.unknown"),
        ("DELETE", f"/callbacks/{APPID}", None, "pushes.unknown"),
        ("POST", f"/wechat/callback/{APPID}", b"<xml/>", "push.refused"),
        ("GET", "/v1/apps/17", None, "app.unknown"),
        ("GET", "/v1/messages/17", None, "message.unknown"),
        ("GET", "/v1/deliveries/x", None, "delivery.unknown"),
        ("GET", f"/v1/reminders/{'0' * 32}", None, "reminder.unknown"),
        ("POST", "/v1/reminders/parse", {"text": "买菜"}, "sentence.nothing"),
        ("POST", "/v1/reminders/parse", {"text": "昨天开会"}, "sentence.past"),
        ("POST", "/v1/reminders/parse", {"text": "明天3点或4点开会"}, "sentence.ambiguous"),
    ],
)
async def test_what_is_refused_has_a_reason(
    keeper: Caller, method: str, path: str, body: Any, reason: str
) -> None:
    sent = {"data": body} if isinstance(body, bytes) else {"body": body}

    answer = await keeper.call(method, path, **sent)

    _is_refused(answer, reason)


def _is_refused(answer: Answer, reason: str) -> None:
    assert answer.json["reason"] == reason
    assert answer.status == answer.json["code"] == Reason(reason).status
    assert answer.json["message"]


async def test_a_body_that_is_too_large_says_so(tmp_path: Path, weixin: WeChat) -> None:
    async with daemon(tmp_path, weixin.url, server__body_limit="1KiB") as small:
        answer = await small.register({"type": 0}, note="x" * 2000)

    _is_refused(answer, "body.too_large")


async def test_keys_that_do_not_fit_say_why(keeper: Caller) -> None:
    limited = (await make(keeper, "read", "register", appids=[AUTHORIZER])).text

    _is_refused(await keeper.call("GET", "/tasks", key=""), "key.missing")
    _is_refused(await keeper.call("GET", "/tasks", key="wsk_nothing"), "key.invalid")
    _is_refused(await keeper.call("GET", "/v1/keys", key=limited), "key.scope")
    _is_refused(await keeper.call("GET", f"/task/{APPID}/0", key=limited), "key.reach")


async def test_a_task_without_a_value_says_whether_to_wait(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    weixin.sandbox.script("/cgi-bin/stable_token", errcode=40164)
    await keeper.register({"type": 0})

    async with asyncio.TaskGroup() as group:
        pending = group.create_task(keeper.fetch(f"{APPID}/0"))
        await clock.asleep()
        clock.advance(timedelta(seconds=10))
    await keeper.settle()
    expired = await keeper.fetch(f"{APPID}/0")

    _is_refused(pending.result(), "task.pending")
    _is_refused(expired, "task.expired")


async def test_a_task_that_another_key_registered_is_not_yours(keeper: Caller) -> None:
    other = (await make(keeper, "register")).text
    await keeper.register({"type": 0})

    answer = await keeper.call("DELETE", f"/task/{APPID}/0", key=other)

    _is_refused(answer, "task.not_yours")


async def test_a_key_that_comes_with_another_request_is_a_conflict(keeper: Caller) -> None:
    once = {"Idempotency-Key": "17"}
    await keeper.call("POST", "/v1/apps", body={"name": "a", "appid": APPID}, headers=once)

    answer = await keeper.call("POST", "/v1/apps", body={"name": "b", "appid": APPID}, headers=once)

    _is_refused(answer, "idempotency.conflict")


async def test_a_message_to_unknown_receivers_says_so_of_each(keeper: Caller) -> None:
    app = await made_app(keeper)

    answer = await send(keeper, app, "nobody")

    _is_refused(answer, "message.unsendable")
    assert answer.json["result"]["deliveries"][0]["to"] == "nobody"


async def test_a_delivery_that_is_over_cannot_be_cancelled(keeper: Caller) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    sent = (await send(keeper, app, "alice")).result
    path = f"/v1/deliveries/{sent['deliveries'][0]['id']}/cancel"

    await keeper.call("POST", path)
    again = await keeper.call("POST", path)

    _is_refused(again, "delivery.state")


async def test_a_good_answer_has_no_reason(keeper: Caller) -> None:
    answer = await keeper.register({"type": 0})

    assert answer.json == {"code": 200, "message": "", "result": "success"}


async def test_the_example_of_the_page_registers_what_is_unknown(
    tmp_path: Path, weixin: WeChat
) -> None:
    (example,) = [block.text for block in blocks(ERRORS) if block.language == "python"]
    known: dict[str, Any] = {}
    exec(example, known)

    async with (
        daemon(tmp_path / "loops", weixin.url) as running,
        Client(running.daemon.url, running.daemon.admin_key) as client,
    ):
        token = await known["token"](client)

    assert weixin.sandbox.kill(token)


async def test_the_client_raises_a_422_with_its_reason(keeper: Caller) -> None:
    async with Admin(keeper.daemon.url, keeper.daemon.admin_key) as client:
        with pytest.raises(UnprocessableError) as refused:
            await client.ask(object, "POST", "v1", "reminders", "parse", body={"text": "买菜"})

    assert refused.value.reason == Reason.SENTENCE_NOTHING
