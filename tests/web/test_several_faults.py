"""A body with several wrong fields is refused for all of them at once; the first stands in `message` as ever."""

import json
from typing import Annotated, Any

import msgspec
import pytest

from tests.house import Answer, Caller
from tests.keeper.conftest import clock, keeper, weixin
from tests.web.tenants import bound, made_app
from wechat_scheduler.engine.wrong_fields import MOST_WRONG
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.bodies import decode

__all__ = ["clock", "keeper", "weixin"]


class Inner(msgspec.Struct, frozen=True):
    days: Annotated[int, msgspec.Meta(ge=1)] = 1


class Form(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    count: int
    inner: Inner = Inner()
    texts: dict[str, str] = {}


def faults(answer: Answer) -> dict[str, str]:
    """What is wrong, by field; the message tells of the first."""
    assert answer.status in (400, 422), answer.json
    told = {one["field"]: one["message"] for one in answer.json["errors"]}
    field, said = next(iter(told.items()))
    assert answer.json["message"] == f"{field}: {said}"
    return told


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"name": 1, "inner": {"days": 0}, "texts": {"a": 7}}, ["name", "count", "inner.days", "texts.a"]),
        ({"count": "x", "texts": []}, ["count", "name", "texts"]),
        ({"name": "x"}, ["count"]),
        ([], [""]),
    ],
)  # fmt: skip
def test_each_field_of_a_body_is_read_by_itself(body: Any, fields: list[str]) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        decode(json.dumps(body).encode(), Form)

    found = [raised.value.field, *(one.field for one in raised.value.further)]
    assert sorted(found) == sorted(fields)


async def test_a_registration_is_refused_for_all_that_is_wrong(keeper: Caller) -> None:
    tasks = [{"type": 99, "notify": "x"}, {"type": 1, "params": "http://a b"}, {"type": 1}]
    body = {"appid": "wx 1", "appsecret": "", "tasks": tasks}

    refused = faults(await keeper.call("POST", "/register", body=body))
    many = [{"type": 0, "notify": "x"} for _ in range(40)]
    long = await keeper.call(
        "POST", "/register", body={"appid": "", "appsecret": "", "tasks": many}
    )
    one = await keeper.call("POST", "/register", body={"appid": "wx1", "appsecret": ""})

    assert [*refused] == [
        "appid", "appsecret", "tasks[0].type", "tasks[0].notify", "tasks[1].params", "tasks[2]",
    ]  # fmt: skip
    assert len(faults(long)) == MOST_WRONG
    assert one.json["message"] == "appsecret: must not be empty"
    assert "errors" not in one.json


async def test_a_message_is_refused_for_all_that_is_wrong(keeper: Caller) -> None:
    app = await made_app(keeper)
    body = {
        "app": app["id"], "to": ["", "alice", "a\nb"], "title": "x" * 101, "url": "javascript:1",
        "not_before": "2036-01-01T00:00:00Z", "expires": "2020-01-01T00:00:00Z",
    }  # fmt: skip

    refused = faults(await keeper.call("POST", "/v1/messages", body=body))
    unread = faults(await keeper.call("POST", "/v1/messages", body=body | {"app": "x", "to": 7}))

    assert [*refused] == ["to[0]", "to[2]", "title", "url", "not_before", "expires"]
    assert [*unread] == ["app", "to"]


async def test_a_reminder_is_refused_for_all_that_is_wrong(keeper: Caller) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, "alice")
    wrong = {"app": app["id"], "to": ["stranger"], "url": "x", "grace": 5, "text": "\0"}
    late = {
        "app": app["id"],
        "to": ["alice"],
        "time": "2020-01-01T08:00:00Z",
        "title": " ",
        "url": "x",
    }

    unsaid = faults(await keeper.call("POST", "/v1/reminders", body=wrong | {"when": "浇花"}))
    nobody = faults(await keeper.call("POST", "/v1/reminders", body=wrong | {"to": []}))
    past = faults(await keeper.call("POST", "/v1/reminders", body=late))

    assert [*unsaid] == ["when", "to[0]", "text", "url"]
    assert [*nobody] == ["time", "to", "text", "url"]
    assert [*past] == ["title", "url", "time"]
