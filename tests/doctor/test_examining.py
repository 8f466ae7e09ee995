"""The findings of `doctor`."""

import os
import random
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.business import Business
from tests.clock import FakeClock
from tests.house import APPID, WeChat, daemon, daemon_config
from tests.postgres import PostgresServer, connected
from tests.reused import postgres_database
from tests.sending.town import town
from tests.template import postgres_template
from tests.webhooks.test_client import self_signed
from wechat_scheduler.config.settings import Config
from wechat_scheduler.doctor import nodes, state_folder
from wechat_scheduler.doctor.examine import examine
from wechat_scheduler.doctor.finding import Finding, Level
from wechat_scheduler.engine.clock import Clock, SystemClock
from wechat_scheduler.sandbox.options import AccountReceiver, PushMode
from wechat_scheduler.storage.sealing_keys import new_key, put_new_key_in_front

LIMITED = """
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 7', current_database()); END $$
"""


async def found(
    config: Config, *, probe: bool = False, clock: Clock | None = None
) -> dict[str, list[Finding]]:
    """The findings, by check."""
    findings: dict[str, list[Finding]] = {}
    clock = clock or SystemClock()
    async for finding in examine(config, probe=probe, clock=clock, rng=random.Random(3)):
        findings.setdefault(finding.check, []).append(finding)
    return findings


async def one(config: Config, check: str, *, probe: bool = False) -> Finding:
    (finding,) = (await found(config, probe=probe))[check]
    return finding


async def test_each_check_is_ok_if_nothing_is_wrong(config: Config, weixin: WeChat) -> None:
    async with daemon(config.state.dir, weixin.url):
        findings = await found(config, probe=True)

    levels = {check: [it.level for it in group] for check, group in findings.items()}
    assert levels == {
        "state": [Level.OK],
        "daemon": [Level.OK],
        "dns": [Level.OK],
        "wechat": [Level.OK],
        "clock": [Level.OK],
        "store": [Level.OK],
        "sealing key": [Level.OK],
        APPID: [Level.OK, Level.OK],
        "egress ip": [Level.OK],
    }


async def test_it_changes_nothing_and_asks_wechat_nothing_unless_told_to(
    config: Config, weixin: WeChat
) -> None:
    before, calls = files(config.state.dir), weixin.sandbox.calls()

    await found(config)

    assert files(config.state.dir) == before
    assert weixin.sandbox.calls() == calls


async def test_a_probe_leaves_the_token_that_is_in_use(config: Config, weixin: WeChat) -> None:
    async def refreshed() -> str:
        await running.call("POST", f"/task/{APPID}/0/refresh")
        await running.settle()
        return await running.value(f"{APPID}/0")

    async with daemon(config.state.dir, weixin.url, loops=False) as running:
        value = await refreshed()
        calls = weixin.sandbox.calls("/cgi-bin/stable_token")

        await found(config, probe=True)

        assert weixin.sandbox.calls("/cgi-bin/stable_token") > calls
        assert await refreshed() == value


async def test_before_the_first_start_nothing_fails(tmp_path: Path, weixin: WeChat) -> None:
    findings = await found(daemon_config(tmp_path / "state", weixin.url))

    assert {check: group[0].level for check, group in findings.items()} == {
        "state": Level.WARN,
        "daemon": Level.WARN,
        "dns": Level.OK,
        "wechat": Level.OK,
        "clock": Level.OK,
        "store": Level.WARN,
    }
    assert not (tmp_path / "state").exists()


def open_to_others(config: Config) -> None:
    (config.state.dir / "wechat-scheduler.db").chmod(0o644)


def no_folder(config: Config) -> None:
    for file in config.state.dir.iterdir():
        file.unlink()
    config.state.dir.rmdir()
    config.state.dir.touch()


def newer_schema(config: Config) -> None:
    with closing(sqlite3.connect(config.state.dir / "wechat-scheduler.db")) as database, database:
        database.execute("UPDATE meta SET value = '999' WHERE name LIKE 'schema_%'")


def expanded_schema(config: Config) -> None:
    with closing(sqlite3.connect(config.state.dir / "wechat-scheduler.db")) as database, database:
        database.execute("UPDATE meta SET value = '999' WHERE name = 'schema_version'")


def older_schema(config: Config) -> None:
    with closing(sqlite3.connect(config.state.dir / "wechat-scheduler.db")) as database, database:
        database.execute("UPDATE meta SET value = '1' WHERE name = 'schema_version'")


def moved_away(config: Config) -> None:
    with closing(sqlite3.connect(config.state.dir / "wechat-scheduler.db")) as database, database:
        database.execute("INSERT INTO meta VALUES ('moved', 'postgresql://host/name')")


def no_database(config: Config) -> None:
    (config.state.dir / "wechat-scheduler.db").write_bytes(b"this is not SQLite" * 1000)


def lost_key(config: Config) -> None:
    config.state.sealing_key_file.unlink()


def another_key(config: Config) -> None:
    config.state.sealing_key_file.write_text(new_key())


def begun_rotation(config: Config) -> None:
    put_new_key_in_front(config.state.sealing_key_file)


@pytest.mark.parametrize(
    ("spoil", "check", "level", "says", "advice"),
    [
        (open_to_others, "state", Level.FAIL, "other users have access to", "chmod go= "),
        (no_folder, "state", Level.FAIL, "is a file", "--state"),
        (newer_schema, "store", Level.FAIL, "schema version 999 is newer", "install the newer"),
        (expanded_schema, "store", Level.WARN, "newer versions only added to it", "upgrade"),
        (older_schema, "store", Level.WARN, "the next start brings it to", "make a backup"),
        (no_database, "store", Level.FAIL, "the file is not a SQLite database", "backup"),
        (moved_away, "store", Level.FAIL, "was moved to postgresql://host/name", "[state]"),
        (
            lost_key,
            "sealing key",
            Level.FAIL,
            "or name the file of the unit's LoadCredential=",
            "no secret can be",
        ),
        (another_key, "sealing key", Level.FAIL, "the sealing key is lost", "no secret can be"),
        (begun_rotation, "sealing key", Level.WARN, "an older key", "keys rotate-sealing"),
    ],
)
async def test_what_is_wrong_with_the_state_comes_with_what_to_do(
    config: Config,
    spoil: Callable[[Config], None],
    check: str,
    level: Level,
    says: str,
    advice: str,
) -> None:
    spoil(config)

    finding = await one(config, check)

    assert (finding.level, says in finding.says, advice in finding.advice) == (level, True, True)


async def test_a_daemon_that_hangs_differs_from_none(config: Config, weixin: WeChat) -> None:
    before = await one(config, "daemon")
    async with daemon(config.state.dir, weixin.url):
        with socket.create_server(("127.0.0.1", 0)) as dead:
            port = dead.getsockname()[1]
        (config.state.dir / "daemon.url").write_text(f"http://127.0.0.1:{port}\n")
        hanging = await one(config, "daemon")

    assert (before.level, before.says) == (Level.WARN, "no daemon runs on this state")
    assert hanging.level is Level.FAIL
    assert "read what it wrote" in hanging.advice


async def test_a_clock_that_is_off_is_a_warning_with_how_much(config: Config) -> None:
    (finding,) = (await found(config, clock=FakeClock()))["clock"]

    assert finding.level is Level.WARN
    assert "WeChat's" in finding.says
    assert "timedatectl" in finding.advice


async def test_a_store_of_a_later_time_is_a_warning(config: Config, weixin: WeChat) -> None:
    clock = FakeClock(SystemClock().now() + timedelta(days=1))
    async with daemon(config.state.dir, weixin.url, clock=clock):
        pass

    finding = await one(config, "stored instants")

    assert finding.level is Level.WARN
    assert "s behind the newest of them" in finding.says


async def test_a_database_that_was_emptied_fails_with_what_to_do(config: Config) -> None:
    os.truncate(config.state.dir / "wechat-scheduler.db", 0)

    finding = await one(config, "store")

    assert finding.level is Level.FAIL
    assert "is missing or empty" in finding.says
    assert finding.advice.startswith("restore a backup")


async def test_a_disk_without_room_fails(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_folder, "LEAST_ROOM", 1 << 60)

    finding = await one(config, "disk")

    assert finding.level is Level.FAIL
    assert "free some space" in finding.advice


@pytest.mark.parametrize(
    ("api", "check", "says"),
    [
        ("http://wechat.invalid", "dns", "wechat.invalid has no address"),
        ("http://127.0.0.1:9", "wechat", "no answer from 127.0.0.1:9"),
    ],
)
async def test_a_blocked_connection_to_wechat_is_named(
    config: Config, api: str, check: str, says: str
) -> None:
    finding = await one(daemon_config(config.state.dir, api), check)

    assert (finding.level, says in finding.says) == (Level.FAIL, True)
    assert "firewall" in finding.advice


async def test_an_untrusted_certificate_differs_from_a_firewall(
    config: Config, tmp_path: Path
) -> None:
    async with Business(tls=self_signed(tmp_path / "certificate")) as impostor:
        finding = await one(daemon_config(config.state.dir, impostor.url("")), "wechat")

    assert (finding.level, finding.says) == (
        Level.FAIL,
        "no TLS with 127.0.0.1: self-signed certificate",
    )
    assert "ca-certificates" in finding.advice


async def test_what_wechat_refuses_is_shown_with_its_advice_and_the_address_it_sees(
    config: Config, weixin: WeChat
) -> None:
    weixin.sandbox.script("/cgi-bin/stable_token", errcode=40164, times=None)

    findings = await found(config, probe=True)

    kept, probe = findings[APPID]
    (egress,) = findings["egress ip"]
    assert (kept.level, probe.level, egress.level) == (Level.OK, Level.FAIL, Level.FAIL)
    assert "40164" in probe.says
    assert "IP 白名单" in probe.advice
    assert "1.2.3.4" in egress.says


async def test_a_credential_that_failed_is_shown_without_a_probe(
    config: Config, weixin: WeChat
) -> None:
    weixin.sandbox.script("/cgi-bin/stable_token", errcode=40125, times=None)
    async with daemon(config.state.dir, weixin.url, loops=False) as running:
        await running.call("POST", f"/task/{APPID}/0/refresh")
        await running.settle()

    finding = await one(config, APPID)

    assert finding.level is Level.FAIL
    assert finding.says.startswith("access_token is fresh: /cgi-bin/stable_token: 40125")
    assert "AppSecret" in finding.advice


async def test_business_systems_are_reached_without_a_notification_or_a_question(
    config: Config, weixin: WeChat
) -> None:
    async with Business() as business, daemon(config.state.dir, weixin.url, loops=False) as running:
        refresh_token = {"type": 2, "openid": "o1", "params": business.url("/p?secret=1")}
        await running.register({"type": 0, "notify": business.url("/n?secret=1")}, refresh_token)

        findings = await found(config, probe=True)

        assert {call.method for call in business.calls} == {"HEAD"}
    (notify,), (params,) = findings["notify"], findings["params"]
    assert (notify.level, params.level) == (Level.OK, Level.OK)
    assert "secret" not in f"{notify} {params}"


async def test_a_business_system_that_is_away_is_a_failure(config: Config, weixin: WeChat) -> None:
    async with daemon(config.state.dir, weixin.url, loops=False) as running:
        await running.register({"type": 0, "notify": "http://127.0.0.1:9/n?secret=1"})
        await running.settle()

    without, probed = (await found(config))["notify"], (await found(config, probe=True))["notify"]

    assert [finding.level for finding in without] == [Level.WARN]
    assert [finding.level for finding in probed] == [Level.WARN, Level.FAIL]
    assert "secret" not in f"{without} {probed}"


async def test_a_platform_without_tickets_gets_a_command_to_test_it(
    config: Config, weixin: WeChat
) -> None:
    platform = "wx2222222222222222"
    secrets = {"token": "atoken", "encoding_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"}
    async with daemon(config.state.dir, weixin.url, loops=False) as running:
        await running.call("PUT", f"/callbacks/{platform}", body=secrets)

    finding = await one(config, "callback")

    assert finding.level is Level.WARN
    assert platform in finding.says
    assert f"/wechat/callback/{platform} must answer 403" in finding.advice


async def test_the_needs_of_sending_are_checked_if_there_are_apps(
    config: Config, weixin: WeChat
) -> None:
    url = "https://wechat.example.com"
    async with daemon(config.state.dir, weixin.url, loops=False) as running:
        await running.call("POST", "/v1/apps", body={"name": "shop", "appid": APPID})
        before = await found(config)
        await running.call("POST", "/v1/apps", body={"name": "lost", "appid": "wxnobody"})
        after = await found(daemon_config(config.state.dir, weixin.url, server__public_url=url))

    assert before["app"][0].level is Level.OK
    assert "server.public_url" in before["public url"][0].advice
    assert {"posters", "legal workdays"} <= before.keys()
    (app,), (public,) = after["app"], after["public url"]
    assert (app.level, public.level) == (Level.WARN, Level.OK)
    assert ("lost" in app.says, "register wxnobody" in app.advice) == (True, True)
    assert url in public.says


async def test_dead_messages_are_counted_by_cause(tmp_path: Path) -> None:
    async with town(tmp_path, clock=FakeClock(SystemClock().now())) as place:
        config = daemon_config(tmp_path, place.wechat.url)
        before = await one(config, "deliveries")
        for errcode in (43101, 47003):
            place.wechat.sandbox.script("/cgi-bin/message/custom/send", errcode=errcode)
            place.wechat.sandbox.script("/cgi-bin/message/template/send", errcode=errcode)
            body = {"app": place.app.id, "text": "hi", "to": [await place.follow()]}
            await place.call("POST", "/v1/messages", body)
            await place.settle()

        finding = await one(config, "deliveries")

    assert before.level is Level.OK
    assert finding.level is Level.WARN
    assert finding.says.startswith("2 died in the last 7 days, the last at 20")
    assert finding.says.endswith(" UTC: 1 by errcode 43101, 1 by errcode 47003")
    assert "deliveries list --in dead" in finding.advice


@pytest.mark.parametrize(
    ("font", "advice"), [("/nowhere/font.ttf", "need no posters"), (__file__, "")]
)
async def test_a_font_that_is_not_there_is_no_failure(
    config: Config, weixin: WeChat, font: str, advice: str
) -> None:
    async with daemon(config.state.dir, weixin.url, loops=False) as running:
        await running.call("POST", "/v1/apps", body={"name": "shop", "appid": APPID})

    finding = await one(
        daemon_config(config.state.dir, weixin.url, reminders__font=font), "posters"
    )

    assert advice in finding.advice
    assert finding.level is (Level.WARN if advice else Level.OK)


async def test_an_ordinary_account_is_ok_after_the_first_event_of_a_user(
    config: Config, weixin: WeChat
) -> None:
    secrets = {"token": "atoken", "encoding_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"}
    async with daemon(config.state.dir, weixin.url, loops=False) as running:
        await running.call("PUT", f"/callbacks/{APPID}", body=secrets)
        before = await one(config, "callback")
        path = f"{running.daemon.url}/wechat/callback/{APPID}"
        await weixin.sandbox.register_account(
            AccountReceiver(appid=APPID, url=path, mode=PushMode.SAFE, **secrets)
        )
        weixin.sandbox.people.follow(APPID, "o-alice")
        while await weixin.sandbox.push_once():
            await running.settle()

        after = await one(config, "callback")

    assert (before.level, after.level) == (Level.WARN, Level.OK)
    assert after.says == f"WeChat's pushes for {APPID} arrive"


async def test_pushes_that_are_signed_with_another_token_are_told_as_the_daemon_tells_them(
    config: Config, weixin: WeChat
) -> None:
    secrets = {"token": "atoken", "encoding_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"}
    async with daemon(config.state.dir, weixin.url, loops=False) as running:
        await running.call("PUT", f"/callbacks/{APPID}", body=secrets)
        path = f"{running.daemon.url}/wechat/callback/{APPID}"
        receiver = AccountReceiver(appid=APPID, url=path, mode=PushMode.SAFE, **secrets)
        await weixin.sandbox.register_account(receiver)
        await running.call("DELETE", f"/callbacks/{APPID}")
        await running.call("PUT", f"/callbacks/{APPID}", body=secrets | {"token": "another"})
        weixin.sandbox.people.follow(APPID, "o-alice")
        await weixin.sandbox.push_once()
        listed = await running.call("GET", "/callbacks")

        finding = await one(config, "callback")

    (shown,) = listed.result
    assert "the token is different" in shown["advice"]
    assert (finding.level, finding.says) == (Level.WARN, f"{APPID}: {shown['advice']}")
    assert "compare" in finding.advice


async def test_postgresql_is_checked_in_the_same_way(
    tmp_path: Path, weixin: WeChat, postgres: PostgresServer
) -> None:
    async with postgres_database(postgres) as url:
        async with daemon(tmp_path, weixin.url, loops=False, state__database=url) as running:
            await running.register({"type": 0})
            await running.settle()

        findings = await found(daemon_config(tmp_path, weixin.url, state__database=url))

    assert findings["store"][0].says.startswith("postgresql answers, schema version")
    assert findings[APPID][0].level is Level.OK
    assert findings["connections"][0].says.startswith(
        "1 daemon opens up to 11 connections, 11 more"
    )


async def test_daemons_that_open_more_connections_than_the_database_gives_are_told_what_to_change(
    tmp_path: Path, weixin: WeChat, postgres: PostgresServer
) -> None:
    async with postgres.fresh_database(await postgres_template(postgres)) as url:
        async with daemon(tmp_path, weixin.url, loops=False, state__database=url):
            pass
        settings = {"state__database": url, "state__connections": 4}
        config = daemon_config(tmp_path, weixin.url, **settings)
        pooled = daemon_config(
            tmp_path, weixin.url, **settings, state__listen_database="postgresql:///"
        )
        async with connected(url) as connection:
            await connection.execute(LIMITED)

        finding = await one(config, "connections")
        behind_a_pooler = await found(pooled)

    assert finding.level is Level.WARN
    assert "up to 5 connections, 5 more in a restart; the database gives 7" in finding.says
    assert "max_connections by 3 " in finding.advice
    assert "state.connections to 2" in finding.advice
    assert "connections" not in behind_a_pooler


@pytest.mark.parametrize(
    ("daemons", "each", "level"), [(7, 11, Level.OK), (8, 11, Level.WARN), (60, 3, Level.WARN)]
)
def test_the_room_for_connections_is_that_of_one_daemon_more(
    daemons: int, each: int, level: Level
) -> None:
    finding = nodes.room_for(daemons, each, 97)

    assert finding.level is level
    assert ("lower the number of daemons" in finding.advice) == (daemons == 60)


async def test_a_postgresql_that_is_away_is_named_without_its_password(
    tmp_path: Path, weixin: WeChat
) -> None:
    url = "postgresql://user:planted@127.0.0.1:9/name"

    finding = await one(daemon_config(tmp_path, weixin.url, state__database=url), "store")

    assert finding.level is Level.FAIL
    assert "planted" not in str(finding)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
