"""What the operator's page promises, and the unit that it installs."""

import re
import shutil
from configparser import RawConfigParser
from datetime import timedelta
from pathlib import Path
from subprocess import run

from tests.clock import FakeClock
from tests.documents import OPERATIONS, PACKAGE, UNIT, own_commands, parse, sentences
from tests.house import APPID, daemon, wechat
from tests.postgres import PostgresServer
from tests.reused import postgres_database
from wechat_scheduler.config import loading, notation
from wechat_scheduler.config.contradictions import longest_attempt
from wechat_scheduler.web.kit.route import Proof
from wechat_scheduler.web.native.routes import NATIVE
from wechat_scheduler.web.routes import all_routes

NOBODY = "http://127.0.0.1:1"


async def test_an_old_key_is_shut_out_as_the_operators_page_says(tmp_path: Path) -> None:
    (told,) = [words for words in own_commands(OPERATIONS) if words[:2] == ["keys", "revoke"]]
    keys = []
    for _ in range(2):
        (tmp_path / "admin.key").unlink(missing_ok=True)
        async with daemon(tmp_path, NOBODY) as keeper:
            keys.append(keeper.daemon.admin_key)

    async with daemon(tmp_path, NOBODY) as keeper:
        await keeper.call("DELETE", f"/v1/keys/{told[2]}", key=keys[1])
        statuses = [(await keeper.call("GET", "/tasks", key=key)).status for key in keys]

    assert statuses == [401, 200]


async def test_daemons_on_one_postgresql_share_what_they_keep_and_who_may_ask(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    clock = FakeClock()
    async with (
        postgres_database(postgres) as url,
        wechat(clock) as weixin,
        daemon(first, weixin.url, clock=clock, state__database=url) as keeper,
    ):
        second.mkdir()
        for name in ("sealing.key", "admin.key"):
            shutil.copy(first / name, second / name)
        async with daemon(second, weixin.url, clock=clock, state__database=url) as other:
            await keeper.register({"type": 0})
            await other.settle()

            answer = await other.call("GET", f"/task/{APPID}/0", key=keeper.daemon.admin_key)

            assert answer.result == await keeper.value(f"{APPID}/0")


def test_every_warning_and_error_of_the_log_is_explained_with_its_level() -> None:
    levels = {"warning": "warning", "error": "**error**", "exception": "**error**"}
    logged = {
        (said.text, levels[level])
        for said in sentences(PACKAGE)
        if (level := said.call.partition(".")[2]) in levels
        and said.call.startswith("log")
        and re.fullmatch(r"(?!sandbox)[a-z_]+\.[a-z_]+", said.text)
    }

    rows = re.findall(r"(?m)^\| (`.*`) \| (.*?) \|", OPERATIONS.read_text("utf-8"))
    explained = {
        (event, level)
        for events, said in rows
        for event in re.findall(r"`([^`]+)`", events)
        for level in said.split(", ")
    }

    assert len(logged) > 30
    assert logged <= explained


def _unit() -> RawConfigParser:
    """A key that stands there twice counts once: what is read here stands there once."""
    unit = RawConfigParser(strict=False, comment_prefixes="#")
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # as its page says
    unit.read_string(UNIT.read_text("utf-8"))
    return unit


def test_the_unit_starts_the_program_and_lets_it_finish() -> None:
    service = _unit()["Service"]
    config = loading.load(file=Path("/dev/null"), flags={}, environ={"HOME": "/home/x"}).config
    grace = notation.DURATION.read(service["TimeoutStopSec"])

    context = parse(service["ExecStart"].split()[1:])

    assert context.info_name == "serve"
    assert isinstance(grace, timedelta)
    assert grace > config.server.shutdown_grace + longest_attempt(config)
    assert service["StateDirectory"] == "wechat-scheduler"


def test_systemd_has_nothing_to_say_about_the_unit(tmp_path: Path) -> None:
    program = tmp_path / "wechat-scheduler"
    program.touch(mode=0o755)
    unit = tmp_path / UNIT.name
    installed = _unit()["Service"]["ExecStart"].split()[0]
    unit.write_text(UNIT.read_text("utf-8").replace(installed, str(program)), encoding="utf-8")

    analyze = shutil.which("systemd-analyze") or "true"  # a machine without systemd has no opinion
    verified = run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)

    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_the_proxy_lets_through_what_users_and_wechat_open_and_nothing_of_our_api() -> None:
    page = OPERATIONS.read_text("utf-8")
    (given,) = re.findall(r"location ~ (\^/\S+) \{", page)
    table = page.partition("| path | used by |")[2].partition("the paths of the")[0]
    proofs = (Proof.WECHAT, Proof.CAPABILITY)
    proven = {route.path for route in all_routes() if route.scope in proofs}

    passed = {path for path in proven if re.match(given, path)}

    # This one is a call of a program, with the other calls of WxPusher's API.
    assert proven - passed == {"/api/fun/scan-qrcode-uid"}
    assert [it.path for it in NATIVE if it.path not in proven and re.match(given, it.path)] == []
    assert set(re.findall(r"`/([a-z/]+)/`", table)) == set(given[3:-2].split("|"))
