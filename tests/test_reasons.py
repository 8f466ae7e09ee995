"""Each reason of an error: raised with its status, listed in the documents, and what a program gets."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.documents import PACKAGE, ROOT, blocks, dotted, nodes
from tests.house import Answer, Caller, WeChat, daemon
from tests.keeper.conftest import clock, keeper, weixin
from tests.refusals import DAMAGED, REFUSALS, Place, PlainRequest
from tests.web.tenants import made_app, send
from wechat_scheduler import errors
from wechat_scheduler.client.admin import Admin
from wechat_scheduler.client.client import Client
from wechat_scheduler.errors import RequestError, UnprocessableError
from wechat_scheduler.reasons import Reason

__all__ = ["clock", "keeper", "weixin"]

ERRORS = ROOT / "docs" / "errors.md"
# Those for which no place has to be prepared.
PLAIN = [reason for reason, request in REFUSALS.items() if isinstance(request, PlainRequest)]
PAGES = (ERRORS, ERRORS.with_name("errors.zh-CN.md"))


def code() -> Iterator[ast.AST]:
    return (node for path in sorted(PACKAGE.rglob("*.py")) for node in nodes(path))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_reason_is_listed_with_its_status(page: Path) -> None:
    rows = re.findall(r"(?m)^\| `([^`]+)` \| (\d+) \|", page.read_text("utf-8"))

    assert len(rows) == len(Reason)
    assert {name: int(status) for name, status in rows} == {
        reason.value: reason.status for reason in Reason
    }


def test_an_error_has_a_reason_of_its_own_status() -> None:
    raised = [call for call in code() if isinstance(call, ast.Call)]

    for call in raised:
        kind = getattr(errors, dotted(call.func), None)
        if kind is not None and issubclass(kind, RequestError):
            for word in (word for word in call.keywords if word.arg == "reason"):
                for name in _reasons(word.value):
                    assert Reason[name].status == kind.status, ast.unparse(call)


def _reasons(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Reason":
            yield node.attr


def test_a_reason_that_only_a_newer_daemon_knows_is_its_word() -> None:
    reason = Reason("tomorrow.unknown")

    assert (reason, f"{reason}", reason.status) == ("tomorrow.unknown", "tomorrow.unknown", 0)
    assert reason not in list(Reason)


def test_each_reason_has_a_request_that_is_refused_with_it() -> None:
    assert REFUSALS.keys() == set(Reason)


@pytest.fixture
def place(keeper: Caller, weixin: WeChat, clock: FakeClock, tmp_path: Path) -> Place:
    return Place(
        keeper=keeper,
        weixin=weixin,
        clock=clock,
        folder=tmp_path / "state",
        spare=tmp_path / "spare",
    )


async def test_what_is_refused_at_any_time_has_a_reason(place: Place) -> None:
    wrong = {}
    for reason in PLAIN:
        answer = await REFUSALS[reason](place)
        if not _says(answer, reason):
            wrong[reason] = answer

    assert len(PLAIN) > 30
    assert wrong == {}


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param(reason, marks=[pytest.mark.on_disk] if reason in DAMAGED else [])
        for reason in REFUSALS
        if reason not in PLAIN
    ],
)
async def test_what_is_refused_has_a_reason(place: Place, reason: Reason) -> None:
    answer = await REFUSALS[reason](place)

    assert _says(answer, reason), answer


def _says(answer: Answer, reason: Reason) -> bool:
    said = answer.json
    known = (said["reason"], said["code"], answer.status) == (reason, reason.status, reason.status)
    return known and bool(said["message"])


async def test_a_message_to_unknown_receivers_says_so_of_each(keeper: Caller) -> None:
    answer = await send(keeper, await made_app(keeper), "nobody")

    assert answer.json["result"]["deliveries"][0]["to"] == "nobody"


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
