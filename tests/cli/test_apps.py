"""`apps`, `messages` and `deliveries`, with a daemon that is running."""

import json
from pathlib import Path

from tests.cli.commands import terminal
from tests.cli.test_jobs import caller, command
from tests.clock import START
from tests.house import APPID, Caller
from wechat_scheduler.audience.use_counts import UseChange, UseReport

__all__ = ["caller"]

USES = """\
TEMPLATE  REMAINING  CERTAIN  OFF  CHANGED               NAMES
T1        1          no       no   2026-11-18T02:30:00Z  -
"""


async def test_an_app_sends_and_its_deliveries_are_listed_cancelled_and_replayed(
    caller: Caller, tmp_path: Path
) -> None:
    async def run(*words: str) -> str:
        ended = await command(*words, state=tmp_path)
        assert ended.code == 0, ended.err
        return ended.out

    made = await run("apps", "create", "shop", "--appid", APPID, "--zone", "Asia/Tokyo")
    facts = dict(line.split("  ", 1) for line in made.splitlines())
    app = facts["id"].strip()
    uid = (await run("apps", "bind", app, "alice", "o_alice")).strip()
    granted = UseReport(template_id="T1", change=UseChange.GRANTED)
    await caller.daemon.ground.stores.uses.count(APPID, "o_alice", [granted], event="e1", now=START)
    topic = (await run("apps", "topics", app, "--create", "news")).splitlines()[1].split()[0]
    sent = await run("messages", "send", "--app", app, "--to", "alice", "--to", "bob", "hello")
    message = sent.split()[1]
    listed = await run("deliveries", "list", "--in", "pending")
    delivery = listed.splitlines()[1].split()[0]
    cancelled = await run("deliveries", "cancel", "--message", message)
    replayed = await run("deliveries", "replay", delivery)
    page = await run("deliveries", "show", delivery)
    shown = json.loads(await run("messages", "show", message, "--json"))
    messages = await run("messages", "list")

    assert [name.strip() for name in facts if name != "id"] == [
        "name", "account", "app token", "app key", "signing secret",
    ]  # fmt: skip
    assert APPID in (await run("apps", "list")).splitlines()[1]
    assert "zone" in await run("apps", "show", app)
    subscribers = (await run("apps", "subscribers", app)).splitlines()
    assert subscribers[1].split()[1:5] == [uid, "o_alice", "assumed", "no"]
    assert topic in await run("apps", "topics", app)
    assert await run("apps", "uses", app, "alice") == USES
    assert "bob" in sent
    assert "the app knows no user by this name" in sent
    assert listed.splitlines()[1].split()[2:] == ["pending", "shop", "hello", "alice", "-"]
    assert messages.splitlines()[1].split()[2:] == ["pending", "shop", "hello", "alice"]
    assert (cancelled, replayed) == ("1 cancelled\n", "1 will be sent again\n")
    assert "pending" in page
    assert shown["counts"] == {"pending": 1}


async def test_a_message_of_a_mini_program_opens_one_of_its_pages(
    caller: Caller, tmp_path: Path
) -> None:
    made = await command(
        "apps", "create", "shop", "--appid", APPID, "--mini-program", "--json", state=tmp_path
    )
    app = str(json.loads(made.out)["id"])
    await command("apps", "bind", app, "alice", "o_alice", state=tmp_path)
    to, page = ("--app", app, "--to", "alice"), f"{APPID}/pages/order?id=7"

    sent = await command("messages", "send", *to, "--mini-program", page, "hi", state=tmp_path)
    refused = await command(
        "messages", "send", *to, "--mini-program", "wx9/a", "hi", state=tmp_path
    )
    shown = await command("messages", "show", sent.out.split()[1], state=tmp_path)

    assert json.loads(made.out)["mini_program"] is True
    assert page in shown.out
    assert "open its own pages only" in refused.err


async def test_tokens_are_reset_and_apps_removed(caller: Caller, tmp_path: Path) -> None:
    made = await command("apps", "create", "shop", "--appid", APPID, "--json", state=tmp_path)
    app = json.loads(made.out)
    bind = ("apps", "bind", str(app["id"]), "alice")
    await command(*bind, "o_alice", state=tmp_path)

    taken = await command(*bind, "o_amy", "--no-move", state=tmp_path)
    token = await command("apps", "reset-token", str(app["id"]), state=tmp_path)
    users = await command("apps", "wecron-token", "alice", "--app", str(app["id"]), state=tmp_path)
    asked = await command("apps", "renew-links", str(app["id"]), state=tmp_path)
    renewed = await command("apps", "renew-links", str(app["id"]), "--yes", state=tmp_path)
    unasked = await command("apps", "remove", str(app["id"]), state=tmp_path)
    removed = await command("apps", "remove", str(app["id"]), "--yes", state=tmp_path)
    gone = await command("apps", "show", str(app["id"]), state=tmp_path)

    assert "the name 'alice' is that of another user" in taken.err
    assert token.out.startswith("AT_")
    assert token.out.strip() != app["token"]
    assert users.out.startswith("wct_")
    assert (asked.code, renewed.out) == (2, "renewed\n")
    assert unasked.code == 2
    assert removed.out == "removed\n"
    assert gone.sentence == f"wechat-scheduler: there is no app {app['id']}"


async def test_a_qr_code_is_made_with_its_expiry(caller: Caller, tmp_path: Path) -> None:
    await caller.register({"type": 0})
    await caller.settle()
    made = await command("apps", "create", "shop", "--appid", APPID, "--json", state=tmp_path)
    app = str(json.loads(made.out)["id"])

    drawn = await command("apps", "qrcode", app, "--expires", "10m", state=tmp_path)

    facts = dict(line.split(maxsplit=1) for line in drawn.out.splitlines())
    assert facts["image"].startswith("http")
    assert facts["until"] == "2026-11-18T02:40:00Z"


async def test_a_replay_needs_either_a_delivery_or_a_filter(tmp_path: Path) -> None:
    for words in ((), ("17", "--in", "dead")):
        ended = await command("deliveries", "replay", *words, state=tmp_path)

        assert ended.code == 2
        assert "name one delivery, or choose some with options" in ended.err


async def test_a_terminal_shows_times_of_this_machine_and_says_what_zero_means(
    caller: Caller, tmp_path: Path
) -> None:
    made = await command("apps", "create", "shop", "--appid", APPID, "--json", state=tmp_path)
    app = str(json.loads(made.out)["id"])
    where = ("--state", str(tmp_path))
    piped = await command("apps", "show", app, state=tmp_path)
    async with terminal("apps", "show", app, *where, TZ="Asia/Tokyo") as person:
        shown = await person.end()
    async with terminal("apps", "topics", app, *where) as person:
        topics = await person.end()

    assert "created at            2026-11-18T02:30:00Z\n" in piped.out
    assert "created at            2026-11-18 11:30:00\r\n" in shown
    assert "per minute            no limit" in shown
    assert topics.splitlines()[-1] == "(none)"
