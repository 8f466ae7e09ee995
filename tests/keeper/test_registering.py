"""What registering does, again and again, and what bad input gets."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.business import Business
from tests.clock import FakeClock
from tests.house import APPID, COMPONENT, SECRET, Caller, WeChat, daemon
from wechat_scheduler.errors import InUseError

TASK = {"type": 0}


async def test_the_seeds_json_is_taken_as_it_stands(keeper: Caller) -> None:
    body = b'{"appid": "wx1", "appsecret": "s", "tasks": [{"type": 0, "notify": "", "params": ""}]}'

    answer = await keeper.call("POST", "/registe", data=body)

    assert answer.status == 200
    assert answer.json == {"code": 200, "message": "", "result": "success"}


async def test_registering_the_same_again_changes_nothing(
    keeper: Caller, weixin: WeChat, business: Business
) -> None:
    task = {"type": 0, "notify": business.url("/n"), "params": business.url("/p")}
    await keeper.register(task)
    await keeper.settle()
    before = await keeper.jobs()

    answer = await keeper.register(task)
    await keeper.settle()

    assert answer.result == "success"
    assert await keeper.jobs() == before
    assert len(business.calls) == 1
    assert weixin.sandbox.calls("/cgi-bin/stable_token", APPID) == 1


async def test_registrations_of_one_account_add_up(keeper: Caller) -> None:
    await keeper.register(TASK)
    await keeper.register({"type": 1})

    kinds = [job["kind"] for job in await keeper.jobs()]

    assert kinds == ["access_token", "jsapi_ticket"]


async def test_an_empty_list_of_tasks_stores_the_account_alone(keeper: Caller) -> None:
    answer = await keeper.register()

    assert answer.result == "success"
    assert await keeper.jobs() == []


async def test_tasks_under_another_name_are_no_silent_success(keeper: Caller) -> None:
    body = {"appid": APPID, "appsecret": SECRET, "task": [TASK]}

    with capture_logs() as logs:
        answer = await keeper.call("POST", "/register", body=body)

    note = "no task is registered: task is not known here, and is ignored; did you mean tasks?"
    assert answer.json == {"code": 200, "message": note, "result": "success"}
    (said,) = [line for line in logs if line["event"] == "registration.fields_ignored"]
    assert (said["appid"], said["note"]) == (APPID, note)


async def test_a_corrected_secret_takes_effect_at_once(keeper: Caller, weixin: WeChat) -> None:
    await keeper.register(TASK, appsecret="wrong")
    await keeper.settle()
    assert (await keeper.job())["error"]["errcode"] in (40001, 40125)

    await keeper.register(TASK, appsecret=SECRET)
    await keeper.settle()

    assert await keeper.value(f"{APPID}/0")


async def test_a_changed_notify_is_told_the_current_value_at_once(
    keeper: Caller, business: Business
) -> None:
    await keeper.register({"type": 0, "notify": business.url("/old")})
    await keeper.settle()

    await keeper.register({"type": 0, "notify": business.url("/new")})
    await keeper.settle()

    assert [call.path for call in business.calls] == ["/old", "/new"]
    assert business.calls[1].json["access_token"] == await keeper.value(f"{APPID}/0")


async def test_a_job_that_waits_for_input_is_woken_by_registering_again(
    keeper: Caller, weixin: WeChat, business: Business
) -> None:
    task = {"type": 3, "params": business.url("/t")}
    await keeper.register(task, appid=COMPONENT)
    await keeper.settle()
    assert (await keeper.job())["waits_for"] == "component_verify_ticket"

    business.params = {"component_verify_ticket": weixin.sandbox.ticket(COMPONENT).value}
    await keeper.register(task, appid=COMPONENT)
    await keeper.settle()

    assert await keeper.value(f"{COMPONENT}/3")


async def test_a_removed_task_is_gone_and_counts_on_when_it_comes_back(keeper: Caller) -> None:
    await keeper.register(TASK)
    await keeper.settle()
    first = (await keeper.fetch(f"{APPID}/0")).headers["ETag"]

    removed = await keeper.call("DELETE", f"/task/{APPID}/0")
    gone = await keeper.fetch(f"{APPID}/0")
    await keeper.register(TASK)
    await keeper.settle()

    assert removed.result == "success"
    assert gone.status == 404
    assert (await keeper.fetch(f"{APPID}/0")).headers["ETag"] != first


async def test_what_a_restart_finds_fresh_is_not_asked_for_again(
    tmp_path: Any, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path, weixin.url, clock=clock) as before:
        await before.register(TASK, {"type": 1})
        await before.settle()
        value = await before.value(f"{APPID}/0")

    async with daemon(tmp_path, weixin.url, clock=clock) as after:
        await after.settle()

        assert await after.value(f"{APPID}/0") == value
    assert weixin.sandbox.calls() == 2


def body(**changes: Any) -> Any:
    return {"appid": APPID, "appsecret": SECRET, "tasks": [TASK]} | changes


BAD = [
    (b"", "the body is not JSON"),
    (b"appid=wx1", "the body is not JSON"),
    (b'\xff{"appid": "a"}', "the body is not JSON"),
    (b"[]", "expected an object"),
    (b'{"more": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", "the body is nested too deeply"),
    (b"{}", "appid"),
    (body(appid=""), "appid"),
    (body(appid=7), "appid"),
    (body(appid=None), "appid"),
    (body(appid="wx/1"), "appid"),
    (body(appid="wx\n1"), "appid"),
    (body(appid="wx 1"), "appid"),
    (body(appid="w" * 129), "appid"),
    (body(appsecret=""), "appsecret"),
    (body(appsecret="a\nb"), "appsecret"),
    (body(tasks={}), "tasks"),
    (body(tasks=[TASK, 5]), "tasks[1]"),
    (body(tasks=[TASK, {}]), "tasks[1]: the body has the same task"),
    (body(tasks=[{"type": 9}]), "tasks[0].type"),
    (body(tasks=[{"type": -1}]), "tasks[0].type"),
    (body(tasks=[{"type": "nonsense"}]), "tasks[0].type"),
    (body(tasks=[{"type": 0.5}]), "tasks[0].type"),
    (body(tasks=[{"type": True}]), "tasks[0].type"),
    (body(tasks=[TASK, TASK]), "tasks[1]"),
    (body(tasks=[TASK | {"notify": "ftp://host/"}]), "tasks[0].notify"),
    (body(tasks=[TASK | {"notify": "host/path"}]), "tasks[0].notify"),
    (body(tasks=[TASK | {"notify": 5}]), "tasks[0].notify"),
    (body(tasks=[TASK | {"params": "http://"}]), "tasks[0].params"),
    (body(tasks=[TASK | {"subject": "x"}]), "tasks[0].subject"),
    (body(tasks=[{"type": 2, "openid": "a/b", "params": "http://h/"}]), "tasks[0].openid"),
    (body(tasks=[{"type": 4}]), "tasks[0].authorizer_appid"),
    (body(access_token_endpoint="other"), "access_token_endpoint"),
]


async def test_bad_input_is_a_400_that_names_the_field_and_stores_nothing(keeper: Caller) -> None:
    for sent, field in BAD:
        data = sent if isinstance(sent, bytes) else json.dumps(sent).encode()

        answer = await keeper.call("POST", "/register", data=data)

        assert answer.status == answer.json["code"] == 400, data[:100]
        assert answer.json["message"].startswith(field), data[:100]
        assert await keeper.jobs() == [], data[:100]
        assert not await keeper.daemon.cores.credentials.clockwork.run_once(), data[:100]

    over_the_limit = io.BytesIO(b" " * (1 << 20) + b"{}")
    answer = await keeper.call("POST", "/register", data=over_the_limit)
    assert answer.status == answer.json["code"] == 413


async def test_what_is_not_there_is_said_in_the_envelope(keeper: Caller) -> None:
    unknown_fields = body(colour="blue", tasks=[TASK | {"x": 1}])
    registered = await keeper.call("POST", "/register", body=unknown_fields)
    absent = ["wx-nobody/0", f"{APPID}/9", f"{APPID}/nonsense", f"{APPID}/1"]
    asked = [(method, f"/task/{path}", 404) for path in absent for method in ("GET", "DELETE")]
    asked += [("GET", "/nowhere", 404), ("PUT", "/tasks", 405), ("GET", "/registe", 405)]

    answers = [await keeper.call(method, path) for method, path, _ in asked]

    assert registered.result == "success"
    assert [(it.status, it.json["code"]) for it in answers] == [(s, s) for _, _, s in asked]


async def test_pages_of_tasks_follow_one_another(keeper: Caller) -> None:
    for number in range(5):
        await keeper.register(TASK, appid=f"wx{number}")

    first = await keeper.call("GET", "/tasks?limit=3")
    path = first.headers["Link"].partition(">")[0].removeprefix("<")
    second = await keeper.call("GET", path)

    assert [job["appid"] for job in first.result + second.result] == [f"wx{n}" for n in range(5)]
    assert (await keeper.call("GET", "/tasks?limit=0")).status == 400


async def test_one_database_belongs_to_one_daemon_whatever_their_folders(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    (tmp_path / "link.db").symlink_to("shared.db")
    database = f"sqlite://{tmp_path}/shared.db"
    async with daemon(tmp_path / "one", weixin.url, clock=clock, state__database=database):
        for name in ("shared.db", "link.db"):
            database = f"sqlite://{tmp_path}/{name}"
            with pytest.raises(InUseError, match="another daemon is using the database"):
                async with daemon(
                    tmp_path / "two", weixin.url, clock=clock, state__database=database
                ):
                    pass
