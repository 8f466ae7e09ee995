"""`jobs` and `healthcheck`, with a daemon that is running, or is not."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from rich.console import Console, RenderableType

from tests.cli.commands import Ended, invoke, terminal
from tests.clock import START, FakeClock
from tests.house import APPID, AUTHORIZER, COMPONENT, Caller, daemon, opener_for, wechat
from wechat_scheduler.cli.job_display import page, table
from wechat_scheduler.client import Contest, Fault, Job, Receiver

OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ0"
PARAMS = "http://127.0.0.1:9/params?secret=hunter2"


@pytest.fixture
async def caller(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Caller]:
    """A daemon on the state folder `tmp_path`, with a fake clock and without loops."""
    clock = FakeClock()
    with structlog.testing.capture_logs():  # else they are part of the output
        async with (
            wechat(clock) as real,
            daemon(tmp_path, real.url, clock=clock, opener=opener_for(request)) as opened,
        ):
            yield opened


async def command(*words: str, state: Path, **environ: str) -> Ended:
    """Runs the command in a thread: the daemon runs in this one."""
    return await asyncio.to_thread(invoke, *words, "--state", str(state), **environ)


async def test_a_list_in_a_pipe_is_a_line_for_each_job(caller: Caller, tmp_path: Path) -> None:
    await caller.register({"type": 0})
    await caller.call("PATCH", f"/v1/accounts/{APPID}", body={"name": "news"})
    await caller.settle()
    await caller.register({"type": 4, "subject": AUTHORIZER, "params": PARAMS}, appid=COMPONENT)

    listed = await command("jobs", "list", state=tmp_path)

    lines = listed.out.splitlines()
    heading, fresh, pending = (line.split(maxsplit=8) for line in lines)
    assert heading == [
        "APPID",
        "TYPE",
        "SUBJECT",
        "STATE",
        "EXPIRES",
        "NEXT",
        "FAILURES",
        "NAME",
        "PROBLEM",
    ]
    assert fresh[:5] == [APPID, "access_token", "-", "fresh", "2026-11-18T04:30:00Z"]
    assert fresh[6:] == ["0", "news", "-"]
    assert pending[:4] == [COMPONENT, "authorizer_access_token", AUTHORIZER, "pending"]
    assert len({line.rindex("  ") for line in lines}) == 1


async def test_a_list_as_json_is_what_the_daemon_says(caller: Caller, tmp_path: Path) -> None:
    await caller.register({"type": 0, "notify": PARAMS}, {"type": 1})
    await caller.register({"type": 0}, appid="wx4", appsecret="wrong-secret")
    await caller.settle()

    listed = await command("jobs", "list", "--json", state=tmp_path)

    assert json.loads(listed.out) == await caller.jobs()


async def test_a_list_can_be_narrowed(caller: Caller, tmp_path: Path) -> None:
    await caller.register({"type": 0}, {"type": 1})
    await caller.register({"type": 0}, appid="wx4")

    by_appid = await command("jobs", "list", "--appid", "wx4", state=tmp_path)
    by_type = await command("jobs", "list", "--type", "1", state=tmp_path)

    assert [line.split()[0] for line in by_appid.out.splitlines()] == ["APPID", "wx4"]
    assert [line.split()[1] for line in by_type.out.splitlines()] == ["TYPE", "jsapi_ticket"]


async def test_a_job_shows_what_is_wrong_and_what_to_do(caller: Caller, tmp_path: Path) -> None:
    await caller.register({"type": 0, "notify": PARAMS}, appsecret="wrong-secret")
    await caller.settle()

    shown = await command("jobs", "show", APPID, "0", state=tmp_path)

    assert shown.out.startswith(f"{APPID}/access_token\n  state         pending\n")
    assert "/cgi-bin/stable_token: 40125 invalid appsecret (rid " in shown.out
    assert "→ register the account again with its AppSecret" in shown.out
    assert "    notify      http://127.0.0.1:9/params\n" in shown.out
    assert not any(line.endswith(" ") for line in shown.out.splitlines())


NAMING_A_JOB = (["show"], ["refresh"], ["remove", "--yes"])


async def test_a_job_that_is_not_there_is_the_same_sentence_in_every_command(
    caller: Caller, tmp_path: Path
) -> None:
    ended = [
        await command("jobs", *words, APPID, "0", "nosub", state=tmp_path) for words in NAMING_A_JOB
    ]

    assert {(one.code, one.sentence) for one in ended} == {
        (
            1,
            f"wechat-scheduler: no job matches {APPID} 0 nosub; `wechat-scheduler jobs list` lists all "
            "jobs",
        )
    }


async def test_an_unknown_type_is_answered_in_every_command_with_those_that_are_known(
    caller: Caller, tmp_path: Path
) -> None:
    ended = [await command("jobs", *words, APPID, "9", state=tmp_path) for words in NAMING_A_JOB]

    (said,) = {(one.code, one.sentence) for one in ended}
    assert said[0] == 1
    assert said[1].startswith("wechat-scheduler: unknown task type 9; use one of 0 access_token, ")


async def test_a_key_that_may_only_change_jobs_is_told_what_is_not_there(
    caller: Caller, tmp_path: Path
) -> None:
    wish = {"name": "shop", "scopes": ["register"]}
    key = (await caller.call("POST", "/v1/keys", body=wish)).result["key"]

    ended = await command("jobs", "refresh", APPID, "0", "--key", key, state=tmp_path)

    assert ended.code == 1
    assert ended.sentence == f"wechat-scheduler: no access_token is registered for {APPID}"


async def test_a_refresh_makes_the_daemon_ask(caller: Caller, tmp_path: Path) -> None:
    await caller.register({"type": 0})
    await caller.settle()

    asked = await command("jobs", "refresh", APPID, "access_token", state=tmp_path)
    await caller.settle()

    assert (asked.code, asked.err) == (0, "")
    assert (await caller.job())["calls_today"] == 2


async def test_a_job_is_removed_only_with_a_confirmation(caller: Caller, tmp_path: Path) -> None:
    await caller.register({"type": 0})

    refused = await command("jobs", "remove", APPID, "0", state=tmp_path)
    before = await caller.jobs()
    done = await command("jobs", "remove", APPID, "0", "--yes", state=tmp_path)

    assert (refused.code, len(before)) == (2, 1)
    assert "no terminal to ask on: give --yes" in refused.err
    assert (done.code, await caller.jobs()) == (0, [])


async def test_a_person_at_a_terminal_is_asked_for_confirmation(
    caller: Caller, tmp_path: Path
) -> None:
    await caller.register({"type": 0})
    words = ("jobs", "remove", APPID, "0", "--state", str(tmp_path))

    for answer, left in (("n", 1), ("y", 0)):
        async with terminal(*words) as person:
            question = await person.until("[y/N]: ")
            person.type(f"{answer}\r")
            await person.end()

        assert f"{APPID}/access_token is kept for admin. Remove it?" in question
        assert len(await caller.jobs()) == left


async def test_of_several_jobs_one_must_be_named(caller: Caller, tmp_path: Path) -> None:
    tasks = [{"type": 4, "subject": f"wx{n}", "params": PARAMS} for n in (1, 2)]
    await caller.register(*tasks, appid=COMPONENT)

    several = await command("jobs", "remove", COMPONENT, "4", "--yes", state=tmp_path)
    one = await command("jobs", "remove", COMPONENT, "4", "wx1", "--yes", state=tmp_path)

    assert several.code == 1
    assert "has several authorizer_access_token: name one" in several.sentence
    assert one.code == 0
    assert [job["subject"] for job in await caller.jobs()] == ["wx2"]


def job(**fields: Any) -> Job:
    """The job of a fresh access_token, with other `fields`."""
    return Job(
        **{
            "appid": APPID,
            "kind": "access_token",
            "state": "fresh",
            "version": 3,
            "issued_at": START - timedelta(minutes=8),
            "expires_at": START + timedelta(minutes=112),
            "next_attempt_at": START + timedelta(minutes=105),
            "receivers": (Receiver(key="admin"),),
            **fields,
        }
    )


def failing(**fields: Any) -> Job:
    fault = Fault(at=START, message="invalid ip", advice="add the IP", rid="6b-0f", errcode=40164)
    pending = {"state": "pending", "issued_at": None, "expires_at": None, "failures": 7}
    return job(error=fault, **{**pending, **fields})


def seen(shown: RenderableType, *, columns: int) -> list[str]:
    """The lines on a screen without colours."""
    screen = io.StringIO()
    Console(file=screen, width=columns, highlight=False).print(shown)
    return [line.rstrip() for line in screen.getvalue().splitlines()]


def test_on_a_narrow_screen_a_row_keeps_all_that_matters() -> None:
    jobs = [
        job(),
        job(kind="oauth2_access_token", subject=OPENID, attempting=True),
        failing(kind="authorizer_access_token", subject=AUTHORIZER, appid=COMPONENT),
    ]

    lines = seen(table(jobs, START, width=80), columns=80)

    assert [line.split() for line in lines[:7]] == [
        ["APPID", "TYPE", "STATE", "EXPIRES", "NEXT"],
        ["SUBJECT"],
        [APPID, "access_token", "fresh", "1h52m", "1h45m"],
        [APPID, "oauth2_access_token", "fresh", "1h52m", "running"],
        [OPENID],
        [COMPONENT, "authorizer_access_token", "pending", "!", "-", "1h45m"],
        [AUTHORIZER],
    ]


def test_on_a_wide_screen_the_subject_has_a_column() -> None:
    jobs = [job(kind="oauth2_access_token", subject=OPENID)]

    heading, row = seen(table(jobs, START, width=120), columns=120)

    assert heading.split() == ["APPID", "TYPE", "STATE", "EXPIRES", "NEXT", "SUBJECT"]
    assert row.split()[-1] == OPENID


def test_a_table_has_names_if_there_are_any() -> None:
    named = seen(table([job(name="晨报"), job()], START, width=100), columns=100)
    unnamed = seen(table([job()], START, width=100), columns=100)
    about = seen(page(job(name="晨报"), START), columns=100)

    assert named[0].split()[:3] == ["APPID", "NAME", "TYPE"]
    assert named[1].split()[:3] == [APPID, "晨报", "access_token"]
    assert named[2].split()[:2] == [APPID, "access_token"]
    assert unnamed[0].split()[:2] == ["APPID", "TYPE"]
    assert about[1].split() == ["account", "晨报"]


def test_the_problems_of_each_job_stand_below_the_table() -> None:
    told = Receiver(key="shop", notify="http://shop/n", error="http://shop/n did not answer")
    jobs = [job(), failing(), job(kind="jsapi_ticket", receivers=(told,))]

    lines = seen(table(jobs, START, width=80), columns=80)

    assert lines[4:] == [
        "",
        f"! {APPID}/access_token",
        "  invalid ip (rid 6b-0f)",
        "  → add the IP",
        "",
        f"! {APPID}/jsapi_ticket",
        "  http://shop/n did not answer",
    ]


def test_a_thousand_troubles_of_one_kind_do_not_fill_the_screen() -> None:
    lines = seen(table([failing()] * 1000, START, width=80), columns=80)

    assert lines[-1] == "! and 990 more"
    assert len(lines) < 1100


def test_an_instant_in_the_past_is_shown_as_past() -> None:
    late = job(
        state="expired",
        expires_at=START - timedelta(minutes=12),
        next_attempt_at=START - timedelta(seconds=2),
    )

    _, row = seen(table([late], START, width=80), columns=80)

    assert row.split()[2:] == ["expired", "12m", "ago", "now"]


def test_a_page_says_how_far_away_everything_is() -> None:
    lines = seen(page(job(waits_for="component_verify_ticket"), START), columns=80)

    facts = dict(line.strip().split("  ", maxsplit=1) for line in lines[1:])
    assert facts["issued"].strip().startswith("8 min ago (20")
    assert facts["issued"].endswith("), version 3")
    assert facts["expires"].strip().startswith("in 1 h 52 min (20")
    assert facts["next attempt"].strip().startswith("in 1 h 45 min (20")
    assert facts["waits for"].strip() == "component_verify_ticket"
    assert facts["kept for"].strip() == "admin"


def test_a_page_shows_the_failures_and_the_systems_not_notified() -> None:
    shop = Receiver(
        key="shop",
        notify="http://shop/n",
        params="http://shop/p",
        attempts=4,
        error="notify of http://shop/n did not answer in time",
    )

    lines = [line.strip() for line in seen(page(failing(receivers=(shop,)), START), columns=100)]

    assert lines[4:] == [
        "error         invalid ip (rid 6b-0f)",
        f"now ({START.astimezone():%Y-%m-%d %H:%M:%S}), the last of 7 failures in a row",
        "→ add the IP",
        "kept for      shop",
        "notify      http://shop/n",
        "failed 4 times in a row: notify of http://shop/n did not answer in time",
        "params      http://shop/p",
    ]


@pytest.mark.parametrize(
    "view", [lambda job: table([job], START, width=80), lambda job: page(job, START)]
)
def test_texts_of_others_cannot_control_the_terminal(
    view: Callable[[Job], RenderableType],
) -> None:
    evil = Fault(at=START, message="\x1b[2J[red]\rfine", advice="\x07")

    shown = "\n".join(seen(view(job(error=evil)), columns=80))

    assert "\ufffd[2J[red]\ufffdfine" in shown
    assert not {"\x1b", "\r", "\x07"} & set(shown)


def test_a_job_shows_that_another_program_fetches_its_token() -> None:
    contest = Contest(at=START, message="another program fetches it", advice="stop them")

    shown = "\n".join(seen(page(job(contested=contest), START), columns=80))

    assert "contested     another program fetches it" in shown
    assert "→ stop them" in shown


def test_chinese_advice_is_whole_at_any_width() -> None:
    advice = "add the IP 203.0.113.9: 微信开发者平台 → 我的业务 → 公众号/服务号 → 基础信息 → 开发密钥 → IP 白名单"
    refused = job(error=Fault(at=START, message="invalid ip", advice=advice))

    shown = {"".join(seen(page(refused, START), columns=columns)) for columns in range(60, 130)}

    whole = "".join(advice.split())
    assert [text for text in shown if whole not in "".join(text.split())] == []
