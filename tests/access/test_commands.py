"""`keys` and `audit`, with a daemon that runs and with the store alone."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.cli.commands import Ended, invoke, terminal
from tests.clock import START, FakeClock
from tests.house import APPID, Caller, WeChat, daemon, in_memory

NOWHERE = "http://127.0.0.1:9"


@asynccontextmanager
async def running(
    state: Path, weixin: WeChat, clock: FakeClock, **options: Any
) -> AsyncIterator[Caller]:
    """A daemon whose log is not mixed up with what commands print."""
    with structlog.testing.capture_logs():
        async with daemon(state, weixin.url, clock=clock, **options) as opened:
            yield opened


@pytest.fixture
async def caller(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    """Commands ask the daemon of the folder, whose store is in memory."""
    async with running(tmp_path, weixin, clock, opener=in_memory) as opened:
        yield opened


@pytest.fixture
async def left(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> Path:
    """A state folder that a daemon has left."""
    async with running(tmp_path, weixin, clock):
        pass
    return tmp_path


async def command(*words: str, state: Path, **environ: str) -> Ended:
    """Here, beside the loop that the daemon turns in."""
    with structlog.testing.capture_logs():
        return await asyncio.to_thread(invoke, *words, "--state", str(state), **environ)


async def created(*words: str, state: Path) -> dict[str, Any]:
    ended = await command("keys", "create", *words, "--json", state=state)
    made: dict[str, Any] = json.loads(ended.out)
    return made


async def test_a_key_is_made_by_the_daemon_and_shown_once(caller: Caller, tmp_path: Path) -> None:
    ended = await command("keys", "create", "shop", "--scope", "read", state=tmp_path)

    shown = dict(line.rsplit(maxsplit=1) for line in ended.out.splitlines())
    assert list(shown) == ["id", "key", "signing secret"]
    assert ended.err == "Store both now: they are not shown again.\n"
    assert (await caller.call("GET", "/tasks", key=shown["key"])).status == 200


async def test_every_limit_of_a_key_can_be_said(caller: Caller, tmp_path: Path) -> None:
    made = await created(
        "shop", "--scope", "read", "--scope", "register", "--appid", APPID, "--appid", "wx2",
        "--type", "0", "--type", "jsapi_ticket", "--expires", "90d", "--allow", "127.0.0.0/8",
        state=tmp_path,
    )  # fmt: skip

    assert {name: made[name] for name in ("scopes", "appids", "types", "networks")} == {
        "scopes": ["read", "register"],
        "appids": [APPID, "wx2"],
        "types": ["access_token", "jsapi_ticket"],
        "networks": ["127.0.0.0/8"],
    }
    assert made["expires_at"] == (START + timedelta(days=90)).isoformat().replace("+00:00", "Z")


async def test_a_key_is_made_and_ended_where_no_daemon_runs(
    left: Path, weixin: WeChat, clock: FakeClock
) -> None:
    kept = await created("shop", "--scope", "read", state=left)
    gone = await created("game", "--scope", "read", state=left)
    revoked = await command("keys", "revoke", gone["id"], state=left)

    async with running(left, weixin, clock) as caller:
        statuses = [
            (await caller.call("GET", "/tasks", key=key["key"])).status for key in (kept, gone)
        ]

    assert revoked.out == "revoked\n"
    assert statuses == [200, 401]


WRONG_NETWORK = ("--scope", "read", "--allow", "10.0.0.0/8", "--allow", "10.0.0.0/33")


async def test_commands_say_the_same_with_and_without_a_daemon(
    left: Path, weixin: WeChat, clock: FakeClock
) -> None:
    shop = await created("shop", "--scope", "read", "--allow", "10.0.0.0/8", state=left)
    gone = await created("game", "--scope", "read", state=left)
    first = await command("keys", "revoke", gone["id"], state=left)

    async def said() -> list[Ended]:
        return [
            await command(*words, state=left)
            for words in (
                ("keys", "list", "--json"),
                ("keys", "revoke", gone["id"]),
                ("keys", "revoke", "shop"),
                ("keys", "create", "shop", *WRONG_NETWORK),
            )
        ]

    alone = await said()
    second = await command("keys", "create", "shop", "--scope", "read", "--json", state=left)
    await command("keys", "revoke", json.loads(second.out)["id"], state=left)
    before = await command("keys", "list", "--json", state=left)
    async with running(left, weixin, clock):
        at_daemon = await said()
        third = await command("keys", "create", "shop", "--scope", "read", "--json", state=left)

    assert first.out == "revoked\n"
    assert _unused(before.out) == _unused(at_daemon[0].out)
    _, again, named, wrong = alone
    assert (again.code, again.err) == (0, "")
    assert again.out == f"no key {gone['id']} was active: nothing has changed\n"
    assert named.sentence == (
        f"wechat-scheduler: there is no API key with the id shop; the id of shop is {shop['id']}"
    )
    assert wrong.sentence == (
        "wechat-scheduler: --allow '10.0.0.0/33': is not a network such as 10.0.0.0/8"
    )
    assert [(one.code, one.out, one.err) for one in at_daemon[1:]] == [
        (one.code, one.out, one.err) for one in alone[1:]
    ]
    assert second.err == f"another key has the name shop already (ids: {shop['id']})\n"
    assert third.err == second.err


async def test_the_audit_tells_who_did_what(left: Path, weixin: WeChat, clock: FakeClock) -> None:
    async with running(left, weixin, clock) as caller:
        await caller.register({"type": 0})
        await caller.settle()
        await caller.value(f"{APPID}/0")
    made = await created("shop", "--scope", "read", state=left)

    alone = await command("audit", state=left)
    async with running(left, weixin, clock):
        at_daemon = await command("audit", state=left)

    heading, *lines = (line.split() for line in alone.out.splitlines())
    assert heading == ["TIME", "KEY", "ADDRESS", "ACTION", "COUNT", "OBJECT"]
    assert [line[1:] for line in lines] == [
        ["admin", "-", "key.created", "1", made["id"]],
        ["admin", "-", "credential.read", "1", f"{APPID}/access_token"],
        ["admin", "127.0.0.1", "job.registered", "1", f"{APPID}/access_token"],
    ]
    assert lines[1][0] == "2026-11-18T02:00:00Z"
    assert at_daemon.out == alone.out


async def test_a_key_is_ended_at_the_daemon(caller: Caller, tmp_path: Path) -> None:
    made = await created("shop", "--scope", "read", state=tmp_path)

    await command("keys", "revoke", made["id"], state=tmp_path)

    assert (await caller.call("GET", "/tasks", key=made["key"])).status == 401


def _unused(listed: str) -> list[dict[str, object]]:
    """The keys of a list, without their last uses: at a daemon the list is one."""
    return [one | {"last_used_at": None} for one in json.loads(listed)]


async def test_a_list_in_a_pipe_is_a_line_for_each_key(caller: Caller, tmp_path: Path) -> None:
    made = await created("my shop", "--scope", "read", "--appid", "wx1", state=tmp_path)
    await command("keys", "revoke", made["id"], state=tmp_path)

    listed = await command("keys", "list", state=tmp_path)

    heading, admin, shop = (line.split() for line in listed.out.splitlines())
    now = START.isoformat().replace("+00:00", "Z")
    assert heading == ["ID", "NAME", "STATE", "SCOPES", "EXPIRES", "LAST-USED", "LIMITS"]
    assert admin == ["admin", "made_at_the_first_start", "active", "admin", "-", now, "-"]
    assert shop == [made["id"], "my_shop", "revoked", "read", "-", "-", "wx1"]


async def test_a_list_as_json_is_what_the_daemon_says(caller: Caller, tmp_path: Path) -> None:
    await created("shop", "--scope", "read", "--expires", "1d", state=tmp_path)

    listed = await command("keys", "list", "--json", state=tmp_path)

    assert json.loads(listed.out) == (await caller.call("GET", "/v1/keys")).result


async def test_on_a_terminal_the_list_is_a_table(caller: Caller, tmp_path: Path) -> None:
    await created("shop", "--scope", "read", "--scope", "register", state=tmp_path)

    async with terminal("keys", "list", "--state", str(tmp_path), columns=120) as person:
        shown = await person.end()

    assert "LAST USED" in shown
    assert "never" in shown


async def test_the_audit_can_be_narrowed(caller: Caller, tmp_path: Path) -> None:
    await caller.register({"type": 0}, {"type": 1})
    key = await created("shop", "--scope", "read", state=tmp_path)

    found = [
        [entry["object"] for entry in json.loads(ended.out)]
        for words in (
            ("--action", "key.created"),
            ("--object", APPID, "--limit", "1"),
            ("--by", key["id"]),
        )
        for ended in [await command("audit", *words, "--json", state=tmp_path)]
    ]

    assert found == [[key["id"]], [f"{APPID}/jsapi_ticket"], []]


async def test_the_audit_goes_on_past_a_page(caller: Caller, tmp_path: Path) -> None:
    for number in range(3):
        await caller.register({"type": 0}, appid=f"wx{number}")

    ended = await command("audit", "--limit", "2", "--json", state=tmp_path)

    assert [entry["object"] for entry in json.loads(ended.out)] == [
        "wx2/access_token", "wx1/access_token",
    ]  # fmt: skip


async def test_what_is_wrong_is_one_sentence(caller: Caller, tmp_path: Path) -> None:
    words = ("keys", "create", "shop", "--scope", "read", "--type", "token")

    refused = await command(*words, state=tmp_path)
    unknown = await command("keys", "revoke", "key_none", state=tmp_path)

    assert refused.code == unknown.code == 1
    assert refused.sentence.startswith(
        "wechat-scheduler: --type 'token': unknown task type token; "
    )
    assert (
        unknown.sentence
        == "wechat-scheduler: there is no API key with the id key_none: the list of keys has their ids"
    )


async def test_a_scope_has_to_be_named(tmp_path: Path) -> None:
    ended = await command("keys", "create", "shop", state=tmp_path)

    assert ended.code == 2
    assert "--scope" in ended.err


async def test_where_nothing_was_ever_kept_nothing_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"

    ended = await command("keys", "create", "shop", "--scope", "read", state=folder)

    assert ended.code == 1
    assert ended.sentence.startswith(f"wechat-scheduler: no daemon runs on {folder}: start it")
    assert not folder.exists()


async def test_a_database_that_the_daemon_on_another_folder_uses_is_one_sentence(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    database = f"{tmp_path}/wechat-scheduler.db"

    async with running(tmp_path, weixin, clock):
        shutil.copy(tmp_path / "sealing.key", other)
        ended = await command("keys", "list", "--database", f"sqlite://{database}", state=other)

    assert ended.code == 1
    assert ended.sentence.startswith(
        f"wechat-scheduler: a daemon is using the database {database}: stop it first"
    )


async def test_a_daemon_that_is_named_is_asked_whatever_lies_here(
    caller: Caller, tmp_path: Path
) -> None:
    key = caller.daemon.admin_key

    ended = await command(
        "keys", "list", "--json", state=tmp_path / "elsewhere",
        WECHAT_SCHEDULER_URL=caller.daemon.url, WECHAT_SCHEDULER_KEY=key,
    )  # fmt: skip

    assert [one["id"] for one in json.loads(ended.out)] == ["admin"]


async def test_a_key_without_the_scope_is_told_so(caller: Caller, tmp_path: Path) -> None:
    made = await created("shop", "--scope", "read", state=tmp_path)

    environ = {"WECHAT_SCHEDULER_URL": caller.daemon.url, "WECHAT_SCHEDULER_KEY": made["key"]}
    ended = await command("keys", "list", state=tmp_path, **environ)

    assert ended.sentence == "wechat-scheduler: this API key lacks the scope admin"
